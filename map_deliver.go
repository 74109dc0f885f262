// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/collector/client"
	"go.uber.org/zap"

	"github.com/partbuffer/partbufferprocessor/internal/key"
	"github.com/partbuffer/partbufferprocessor/internal/signal"
	"github.com/partbuffer/partbufferprocessor/partbuffer"
)

// process delivers the newest items of one partition. It is partbuffer's Process function. Items whose delivery
// failed and may be tried again return to the map, unless it is the last one that this lane makes.
func (m *mapLane[D, I]) process(ctx context.Context, batch partbuffer.Batch[entry[I]]) (err error) {
	left := len(batch.Items)
	var back []entry[I]
	var errs []error
	defer func() { // whatever ends this early, no item goes uncounted
		value := recover()
		if left == 0 {
			return
		}
		if value == nil { // the goroutine ends, and what is returned is not seen
			m.lose(left+len(back), reasonPanic, partbuffer.ErrGoexit)
			return
		}
		panicked := m.panicked(value, left)
		m.lose(left, reasonPanic, panicked)
		err = m.giveBack(back, append(errs, panicked))
	}()
	defer m.lane.touched()
	ctx = client.NewContext(ctx, m.lane.info)
	builder := m.builders.Get().(signal.Builder[D, I])
	for rest := batch.Items; len(rest) > 0; {
		out, n := m.build(ctx, builder, rest)
		m.telemetry.window(ctx, batch.Trigger, time.Since(batch.Oldest))
		m.measure(ctx, &out)
		err := m.attempt(ctx, m.lane, &out, out.data)
		left -= n
		switch {
		case err == nil:
			m.account.delivered.Add(int64(n))
		case batch.Trigger != partbuffer.TriggerShutdown && reasonOf(ctx, err) == reasonError:
			back = append(back, rest[:n]...)
			errs = append(errs, err)
		default:
			m.lose(n, reasonOf(ctx, err), err)
			errs = append(errs, err)
		}
		rest = rest[n:]
	}
	m.builders.Put(builder)
	return m.giveBack(back, errs)
}

// giveBack returns the error by which entries return to the map, or the errors alone where there are none.
func (m *mapLane[D, I]) giveBack(back []entry[I], errs []error) error {
	err := errors.Join(errs...)
	if len(back) == 0 {
		return err
	}
	m.reportBack(len(back), err)
	return &partbuffer.UnprocessedError[key.Digest, winner[I]]{Entries: back, Err: err}
}

// build makes a batch of the leading entries, of as many as fit.
func (m *mapLane[D, I]) build(ctx context.Context, b signal.Builder[D, I], entries []entry[I]) (out outbound[D], n int) {
	limit := m.cfg.SendBatchMaxBytes
	for n = len(entries); ; {
		var trace collected
		for i := range entries[:n] {
			b.Add(&entries[i].Value.item, entries[i].Updates)
			trace.add(entries[i].Value.ctx) //nolint:contextcheck // that of its request, kept for the span in it
		}
		out = outbound[D]{data: b.Take(), items: n, trace: trace.contributors}
		if limit == 0 {
			return out, n
		}
		out.bytes = m.signal.Bytes(out.data)
		if out.bytes <= limit {
			return out, n
		}
		if n == 1 {
			m.oversize(ctx, out)
			return out, n
		}
		n = max(1, min(n-1, n*limit/out.bytes))
	}
}

// reportBack logs that items go out with the next window.
func (m *mapLane[D, I]) reportBack(items int, cause error) {
	if n, ok := m.backLog.now(int64(items)); ok {
		m.logger.Warn("A delivery failed. Its items go with the next window, unless newer ones come.",
			append(m.circumstances(items, cause), zap.Int64("items_since_last_log", n))...)
	}
}

// lostEntries accounts for entries that never reach delivery. It is partbuffer's Dropped observer.
func (m *mapLane[D, I]) lostEntries(_ []entry[I], weight partbuffer.Weight, cause error) {
	m.lose(weight.Items, reasonShutdown, cause)
}
