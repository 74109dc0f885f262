// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/client"
	"go.uber.org/zap"

	"github.com/partbuffer/partbufferprocessor/internal/failure"
	"github.com/partbuffer/partbufferprocessor/internal/signal"
	"github.com/partbuffer/partbufferprocessor/partbuffer"
)

// delivery sends the batches of one lane on. Its process may be called concurrently.
type delivery[D comparable] struct {
	*buffer[D]
	lane *lane[D]
}

// outbound is one batch on its way to the next component.
type outbound[D any] struct {
	data  D
	items int
	bytes int // 0 = not known
	kept  bool
	trace contributors
	open  *int // items of the batch that nothing has become of yet
}

// process merges what was buffered into one batch and delivers it. It is partbuffer's Process function.
func (d *delivery[D]) process(ctx context.Context, batch partbuffer.Batch[request[D]]) (err error) {
	left := batch.Weight.Items
	defer func() { // whatever ends this early, no item goes uncounted
		value := recover()
		if value != nil {
			err = d.panicked(value, left)
		}
		if left == 0 {
			return
		}
		if value == nil {
			err = partbuffer.ErrGoexit
		}
		d.lose(left, reasonPanic, err)
	}()
	ctx = client.NewContext(ctx, d.lane.info)
	d.telemetry.batch(ctx, batch.Trigger, time.Since(batch.Oldest))
	if len(batch.Items) == 1 {
		r := batch.Items[0]
		if batch.Trigger == partbuffer.TriggerPassThrough || !d.cfg.MergeResources {
			return d.send(ctx, outbound[D]{
				data: r.data, items: int(r.items), bytes: int(r.bytes), kept: r.kept, trace: contributorsOf(batch.Items), open: &left,
			})
		}
	}
	return d.merge(ctx, batch.Items, &left)
}

// merge makes one batch of requests. Where one can not be merged, which only profiles can, it is sent alone.
//
// A merger goes back to the pool, which all lanes share, only when it is empty.
func (d *delivery[D]) merge(ctx context.Context, requests []request[D], left *int) error {
	merger := d.mergers.Get().(signal.Merger[D])
	var errs []error
	items := 0
	for i, r := range requests {
		if err := merger.Add(r.data); err != nil {
			errs = append(errs, d.send(ctx, outbound[D]{
				data: r.data, items: int(r.items), bytes: int(r.bytes), kept: r.kept, trace: contributorsOf(requests[i : i+1]), open: left,
			}))
			continue
		}
		d.unref(r.data)
		items += int(r.items)
	}
	out := merger.Take()
	d.mergers.Put(merger)
	if items > 0 {
		errs = append(errs, d.send(ctx, outbound[D]{data: out, items: items, trace: contributorsOf(requests), open: left}))
	}
	return failure.Join(errs...)
}

// send delivers a batch, in several where merging made it larger than it may be.
func (d *delivery[D]) send(ctx context.Context, out outbound[D]) error {
	limit := d.cfg.SendBatchMaxBytes
	if limit == 0 {
		return d.deliver(ctx, out)
	}
	if out.bytes == 0 && d.mergeGrows {
		out.bytes = d.signal.Bytes(out.data)
	}
	var errs []error
	for out.bytes > limit && out.items > 1 {
		head := out
		var ok bool
		if head.data, ok = d.signal.Split(out.data, 0, limit); !ok {
			head.data, _ = d.signal.Split(out.data, 1, 0)
		}
		head.kept = false
		head.items, head.bytes = d.signal.Items(head.data), d.signal.Bytes(head.data)
		errs = append(errs, d.deliver(ctx, head))
		out.items, out.bytes = d.signal.Items(out.data), d.signal.Bytes(out.data)
	}
	if out.bytes > limit {
		d.oversize(ctx, out)
	}
	return failure.Join(append(errs, d.deliver(ctx, out))...)
}

func (b *buffer[D]) oversize(ctx context.Context, out outbound[D]) {
	b.telemetry.oversize(ctx)
	if more, ok := b.oversizeLog.now(1); ok {
		b.logger.Warn("A single item is larger than send_batch_max_bytes and is sent alone.",
			zap.Int("bytes", out.bytes), zap.Int("send_batch_max_bytes", b.cfg.SendBatchMaxBytes), zap.Int64("items_since_last_log", more))
	}
}

// attempt hands a batch to the next component once and tells about that.
func (b *buffer[D]) attempt(ctx context.Context, lane *lane[D], out *outbound[D], data D) (err error) {
	ctx, cancel := b.withDeadline(ctx)
	defer cancel()
	ctx, span := b.startSpan(ctx, out.trace, out.items)
	begin := time.Now()
	err = partbuffer.ErrGoexit // unless next returns
	defer func() {
		b.telemetry.delivered(ctx, time.Since(begin))
		endSpan(span, err)
		lane.note(err)
	}()
	err = b.next(ctx, data, out.items)
	if cause := context.Cause(ctx); err != nil && cause != nil && !errors.Is(err, cause) {
		err = &endedError{cause: cause, err: err}
	}
	return err
}

// endedError is the error of a delivery whose context ended meanwhile. The next component may say no more than that a
// deadline passed, as a gRPC client does.
type endedError struct{ cause, err error }

func (e *endedError) Error() string { return e.cause.Error() + ": " + e.err.Error() }

func (e *endedError) Is(target error) bool { return errors.Is(e.cause, target) }

func (e *endedError) Unwrap() error { return e.err }

// measure records the size of a batch.
func (b *buffer[D]) measure(ctx context.Context, out *outbound[D]) {
	b.telemetry.size(ctx, out.items, func() int {
		if out.bytes == 0 {
			out.bytes = b.signal.Bytes(out.data)
		}
		return out.bytes
	})
}

func (b *buffer[D]) withDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	if b.cfg.DeliveryTimeout == 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, b.cfg.DeliveryTimeout,
		fmt.Errorf("delivery_timeout of %v: %w", b.cfg.DeliveryTimeout, context.DeadlineExceeded))
}

// next calls the next component. What was handed over is gone, except under a reference from before.
func (b *buffer[D]) next(ctx context.Context, data D, items int) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = b.panicked(value, items)
		}
	}()
	return b.traits.deliver(ctx, data)
}
