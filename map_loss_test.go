// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/partbuffer/partbufferprocessor/partbuffer"
)

// keyed returns n samples of as many keys, with ids from first on.
func keyed(prefix string, first, n int) (samples []sample) {
	for _, id := range numbers(first, n) {
		samples = append(samples, sample{id: id, key: fmt.Sprint(prefix, id), at: 1})
	}
	return samples
}

// TestAWindowThatEndsEarlyIsCounted has a window of several batches, of which the first is refused and the second ends
// everything.
func TestAWindowThatEndsEarlyIsCounted(t *testing.T) {
	for name, end := range map[string]func(){"panic in delivery": func() { panic("downstream") }, "goexit": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				k := logsMapKind()
				r := newMapRig(t, k, mapConfig(func(c *Config) { c.SendBatchMaxBytes, c.Partitions = 400, 1 }))
				calls := 0
				r.react = func(context.Context, batch[plog.Logs]) error {
					switch calls++; calls {
					case 1:
						return errDown
					case 2:
						end()
					}
					return nil
				}
				require.NoError(t, r.consume(context.Background(), k.request(keyed("k", 0, 20))))
				window(r)
				window(r)
				assert.Positive(t, r.labeled("dropped_items", "reason", "panic"))
				r.end()
			})
		})
	}
}

// TestNothingIsUncountedWhenShutdownGivesUp lets requests be taken apart while Shutdown gives up.
func TestNothingIsUncountedWhenShutdownGivesUp(t *testing.T) {
	k := logsMapKind()
	for round := range 60 {
		r := newMapRig(t, k, mapConfig(func(c *Config) { c.Map.MaxKeys, c.Map.OnMaxKeys, c.Partitions = 10, "pass_through", 256 }))
		over, cancel := context.WithCancel(context.Background())
		cancel()
		const request = 500
		sent := make(chan int)
		started := make(chan struct{})
		go func() {
			for i := 0; ; i++ {
				if i == 1 {
					close(started)
				}
				if r.consume(context.Background(), k.request(keyed(fmt.Sprint(i, "-"), 0, request))) != nil {
					sent <- request * (i + 1)
					return
				}
			}
		}()
		<-started
		for range round * 20 {
			runtime.Gosched()
		}
		_ = r.processor.Shutdown(over)
		n := <-sent
		for r.buffer.balance().inFlight > 0 { // the destination takes no time
			runtime.Gosched()
		}
		b := r.buffer.balance()
		require.EqualValues(t, n, b.accepted+b.refused, "round %d: %+v", round, b)
		require.Equal(t, b.accepted, b.delivered+b.superseded+b.lost()+b.buffered, "round %d: %+v", round, b)
	}
}

// TestARefusedRequestIsWholeAgain is for senders that try again with what they have.
func TestARefusedRequestIsWholeAgain(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		k := logsMapKind()
		r := newMapRig(t, k, mapConfig(func(c *Config) {
			c.Map.MaxKeys, c.Map.OnMaxKeys, c.Partitions, c.MaxBufferedItems, c.OnOverflow = 1, "pass_through", 1, 3, "reject"
		}))
		blocked := make(chan struct{})
		r.react = func(context.Context, batch[plog.Logs]) error { <-blocked; return nil }
		require.NoError(t, r.consume(context.Background(), k.request(keyed("live", 0, 1))))
		require.NoError(t, r.consume(context.Background(), k.request(keyed("around", 1, 2))))
		<-time.After(time.Second)
		synctest.Wait()
		data := k.request(keyed("refused", 3, 4))
		require.ErrorContains(t, r.consume(context.Background(), data), "max_buffered_items is 3")
		if !r.buffer.pooled { // else what is refused goes back to the pool with its request
			var ids []int
			for _, item := range k.read(data) {
				ids = append(ids, item.id)
			}
			slices.Sort(ids)
			assert.Equal(t, numbers(3, 4), ids)
		}
		close(blocked)
		r.end()
	})
}

// TestSpareItemsDoNotPileUp would otherwise keep the content of one large burst for ever.
func TestSpareItemsDoNotPileUp(t *testing.T) {
	s := &mapScratch[int]{spare: numbers(0, 5000), verdicts: make([]partbuffer.Verdict, 3)}
	s.trim()
	assert.Equal(t, numbers(5000-fewSpare-6, fewSpare+6), s.spare, "the oldest go")
	assert.Zero(t, s.spare[:cap(s.spare)][len(s.spare)], "and are not referred to")
}

// TestALaneRemembersFromItsLastDelivery has a destination that was down for longer than the lane is idle.
func TestALaneRemembersFromItsLastDelivery(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		k := logsMapKind()
		r := newMapRig(t, k, mapConfig(func(c *Config) {
			c.Partitions, c.MetadataKeys, c.MetadataIdleTimeout, c.Map.Remember = 1, []string{"tenant"}, time.Minute, 10*time.Minute
		}))
		var up atomic.Bool
		r.react = func(context.Context, batch[plog.Logs]) error {
			if !up.Load() {
				return errDown
			}
			return nil
		}
		require.NoError(t, r.consume(tenant("a"), k.request([]sample{{id: 1, key: "k", at: 2}})))
		<-time.After(30 * time.Minute)
		up.Store(true)
		<-time.After(5 * time.Minute)
		k.received(r)
		require.NoError(t, r.consume(tenant("a"), k.request([]sample{{id: 2, key: "k", at: 1}})))
		window(r)
		assert.Empty(t, k.received(r), "older than what left five minutes ago")
		r.end()
	})
}

// TestAWinnerKeepsNothingOfItsContextButTheSpan looks for what a request's context holds.
func TestAWinnerKeepsNothingOfItsContextButTheSpan(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		k := logsMapKind()
		r := newMapRig(t, k, mapConfig(nil))
		held := new([1 << 20]byte)
		gone := weak.Make(held)
		ctx, span := r.telemetry.NewTelemetrySettings().TracerProvider.Tracer("receiver").
			Start(context.WithValue(context.Background(), contextKey{}, held), "receive")
		require.NoError(t, r.consume(ctx, k.request(keyed("k", 0, 1))))
		span.End()
		id := span.SpanContext().SpanID()
		ctx, span, held = nil, nil, nil //nolint:ineffassign,wastedassign // so that nothing here keeps them
		runtime.GC()
		assert.Nil(t, gone.Value())
		window(r)
		spans := r.telemetry.SpanRecorder.Ended()
		assert.Equal(t, id, spans[len(spans)-1].Parent().SpanID())
		r.end()
	})
}
