// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"google.golang.org/grpc/codes"

	"github.com/partbuffer/partbufferprocessor/e2e/ledger"
	"github.com/partbuffer/partbufferprocessor/e2e/otlp"
)

const (
	capacity    = 2000 // items per second that the destination takes
	offered     = 10 * capacity
	warmUp      = 3 * time.Second // until everything is full that ever will be
	overloaded  = 7 * time.Second
	maxBuffered = 4000 // items

	memoryLimit     = 128 * mebibyte // as GOMEMLIMIT
	residentCeiling = 128 * mebibyte // the binary itself included
	heapCeiling     = 64 * mebibyte
	memoryGrowth    = 12 * mebibyte // what counts as none
)

// overload is what became of ten times more than the destination takes.
type overload struct {
	*rig

	got  *answers
	end  terms
	book ledger.Report
}

// Ten times more than the destination takes, for long enough to fill any memory
// that is not bounded: memory stays where it is, the destination is kept busy,
// every sender is told the truth, and everything is accounted for.
func TestOverload(t *testing.T) {
	tests := map[string]struct {
		// A request that waits in the collector is in its memory, too: where senders
		// wait, it is their deadline that bounds that.
		deadline time.Duration
		check    func(*testing.T, overload)
	}{
		"block":       {deadline: time.Second, check: overloadBlocks},
		"reject":      {deadline: patience, check: overloadIsRejected},
		"drop_oldest": {deadline: patience, check: overloadDropsOldest},
	}
	for policy, tt := range tests {
		t.Run(policy, func(t *testing.T) {
			r := start(t, setup{
				processor: partbuffer,
				options: []string{
					"on_overflow: " + policy, fmt.Sprintf("max_buffered_items: %d", maxBuffered),
					"send_batch_size: 200", "send_batch_max_size: 200",
				},
				env: []string{fmt.Sprintf("GOMEMLIMIT=%d", memoryLimit)},
			})
			r.sink.Pace(capacity, 4)
			l := load{
				clients: []otlp.Client{r.dial(t, otlp.GRPC), r.dial(t, otlp.HTTPProtobuf)},
				signal:  otlp.Traces, items: 100, perSecond: offered, deadline: tt.deadline,
			}
			o := overload{rig: r}
			begin := time.Now()
			ctx, cancel := context.WithDeadline(t.Context(), begin.Add(overloaded))
			defer cancel()
			warm, cancelWarm := context.WithDeadline(ctx, begin.Add(warmUp))
			defer cancelWarm()
			var senders sync.WaitGroup
			senders.Go(func() { o.got = r.offer(ctx, l) })
			_ = r.watchMemory(warm, t)
			m := r.watchMemory(ctx, t)
			end := time.Now()
			senders.Wait()
			// What it held at the end need not be waited for at the destination's pace.
			r.sink.Pace(0, 0)
			o.end = r.requireSettled(t, otlp.Traces)
			o.book = r.ledger(otlp.Traces).Report()

			goodput := r.goodput(begin.Add(warmUp), end)
			t.Logf("offered %d items: %s; the sink took %.0f%% of its capacity", o.got.total(), o.got, 100*goodput/capacity)
			t.Logf("%s; %+v", o.book, o.end)
			assert.Greater(t, o.got.total(), 8*capacity*int(overloaded.Seconds()), "the machine can make the load")
			assert.GreaterOrEqual(t, goodput, 0.9*capacity, "items per second at the sink")
			assert.Empty(t, r.sink.CutOff(), "no delivery was given up")
			requireBounded(t, m)
			tt.check(t, o)
			assert.InDelta(t, o.end.delivered, o.book.Delivered, 0, "the sink and the collector count the same")
			assert.Empty(t, o.book.Duplicated)
			assert.Empty(t, o.book.Spurious)
			assert.Empty(t, o.book.Corrupted)
			r.stop(t)
		})
	}
}

// goodput is how many spans per second the sink was done with between two times.
func (r *rig) goodput(from, to time.Time) float64 {
	n := 0
	for _, b := range r.sink.Batches(otlp.Traces) {
		if b.Taken.After(from) && b.Taken.Before(to) {
			n += len(b.Items)
		}
	}
	return float64(n) / to.Sub(from).Seconds()
}

func requireBounded(t *testing.T, m memory) {
	t.Helper()
	first, second := halves(m.resident)
	t.Logf("resident set: mean %s in the first half, %s in the second, peak %s; heap: peak %s; %d samples",
		inMiB(first), inMiB(second), inMiB(slices.Max(m.resident)), inMiB(slices.Max(m.heap)), len(m.resident))
	assert.Less(t, second, first+memoryGrowth, "the resident set does not grow")
	assert.Less(t, slices.Max(m.resident), float64(residentCeiling), "resident set")
	// The heap goes up and down between collections, so that its halves say nothing.
	assert.Less(t, slices.Max(m.heap), float64(heapCeiling), "heap")
}

// Senders wait, and those that would not wait long enough gave up themselves. Nothing is lost.
func overloadBlocks(t *testing.T, o overload) {
	assert.Subset(t, []otlp.Answer{
		{},
		otlp.DeadlineExceeded,
		// The collector may notice the end of a deadline before the client does. All of these may be tried again.
		{Code: codes.Unavailable},
		{HTTP: http.StatusServiceUnavailable},
	}, o.got.kinds())
	assert.Contains(t, o.got.kinds(), otlp.DeadlineExceeded, "there was an overload")
	assert.Positive(t, o.got.acknowledged())
	assert.Empty(t, o.book.Missing, "what was acknowledged is delivered")
	assert.Zero(t, o.end.dropped)
}

// Whoever comes when there is no room is told to come again, and when.
func overloadIsRejected(t *testing.T, o overload) {
	hints := make(map[otlp.Answer]bool)
	for _, answer := range o.got.kinds() {
		if answer == (otlp.Answer{}) {
			continue
		}
		assert.True(t, answer.Hint, "%s says when to try again", answer)
		assert.Positive(t, answer.RetryAfter, "%s", answer)
		hints[otlp.Answer{Code: answer.Code, HTTP: answer.HTTP}] = true
	}
	assert.Equal(t, map[otlp.Answer]bool{
		{Code: codes.Unavailable}:             true,
		{HTTP: http.StatusServiceUnavailable}: true,
	}, hints, "over gRPC and over HTTP")
	refused := o.got.total() - o.got.acknowledged()
	assert.InDelta(t, refused, o.counted(t, otlp.Traces, "refused_items", nil), 0)
	assert.InDelta(t, o.got.acknowledged(), o.end.accepted, 0, "accepted is what was acknowledged")
	assert.Empty(t, o.book.Missing, "what was acknowledged is delivered")
	assert.Zero(t, o.end.dropped)
}

// Nobody is refused, and what gave way is counted, item by item.
func overloadDropsOldest(t *testing.T, o overload) {
	assert.Equal(t, []otlp.Answer{{}}, o.got.kinds())
	assert.InDelta(t, o.got.acknowledged(), o.end.accepted, 0, "accepted is what was acknowledged")
	dropped := o.counted(t, otlp.Traces, "dropped_items", map[string]string{"reason": "overflow"})
	assert.InDelta(t, o.got.acknowledged()-o.book.Delivered, dropped, 0)
	assert.InDelta(t, len(o.book.Missing), dropped, 0)
	assert.InDelta(t, o.end.dropped, dropped, 0, "nothing is dropped for another reason")
}
