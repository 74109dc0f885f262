// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBlockedWritersAreServedInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate[int](t)
		q := newQueue(t, QueueOptions[int]{Process: g.process, Partitions: 1, Limits: Limits{Capacity: Weight{Items: 1}}})
		pushed(t, q, 0)
		var order []int
		for i := range 5 {
			go func() {
				if q.Push(context.Background(), i+1) == nil {
					order = append(order, i+1)
				}
			}()
			synctest.Wait()
		}
		require.ErrorIs(t, func() error {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			return q.Push(ctx, 9)
		}(), context.DeadlineExceeded)
		for range 5 {
			g.open <- struct{}{}
			synctest.Wait()
		}
		assert.Equal(t, []int{1, 2, 3, 4, 5}, order)
		assert.Equal(t, 1, q.Stats().Refused.Items)
		g.release()
	})
}

func TestShutdownReleasesBlockedWriters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate[int](t)
		q := newQueue(t, QueueOptions[int]{Process: g.process, Partitions: 1, Limits: Limits{Capacity: Weight{Items: 1}}})
		pushed(t, q, 0)
		blocked := make(chan error, 1)
		go func() { blocked <- q.Push(context.Background(), 1) }()
		synctest.Wait()
		ended := make(chan error, 2)
		for range 2 { // concurrently
			go func() { ended <- q.Shutdown(context.Background()) }()
		}
		require.ErrorIs(t, <-blocked, ErrClosed)
		synctest.Wait()
		assert.Empty(t, ended, "what is in process is waited for")
		g.release()
		require.NoError(t, <-ended)
		require.NoError(t, <-ended)
	})
}

func TestRejectIsExactAndMakesTheBufferGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger[int]
		q := newQueue(t, QueueOptions[int]{
			Process: l.process, Overflow: Reject, Partitions: 3,
			Limits: Limits{Interval: never, Trigger: Weight{Items: 100}, Capacity: Weight{Items: 10}},
		})
		for i := range 10 {
			pushed(t, q, i)
		}
		require.ErrorIs(t, q.Push(t.Context(), 10), ErrFull)
		synctest.Wait()
		assert.Equal(t, []Trigger{TriggerOverflow}, l.triggers(), "full never means stuck")
		pushed(t, q, 11)
	})
}

func TestFullNeverMeansStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger[int]
		q := newQueue(t, QueueOptions[int]{
			Process: l.process, Partitions: 3, Route: func(i int) uint64 { return uint64(i) },
			Limits: Limits{Interval: never, Trigger: Weight{Items: 100}, Capacity: Weight{Items: 10}},
		})
		for i := range 500 { // hangs for ever where nobody makes a buffer go
			pushed(t, q, i)
		}
	})
}

func TestDropOldestDropsWholeRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate[parcel](t)
		var dropped []parcel
		q := newQueue(t, QueueOptions[parcel]{
			Process: g.process, Weigh: weighParcel, Split: splitParcel, Overflow: DropOldest, Partitions: 1,
			Observer: Observer[parcel]{Dropped: func(items []parcel, _ Weight, reason error) {
				assert.Equal(t, ErrDropped, reason)
				dropped = append(dropped, items...)
			}},
			Limits: Limits{Interval: never, Trigger: Weight{Items: 4}, MaxBatch: Weight{Items: 4}, Capacity: Weight{Items: 14}},
		})
		pushed(t, q, numbered(0, 4)) // in process
		synctest.Wait()
		pushed(t, q, numbered(10, 3), numbered(20, 3), numbered(30, 3)) // 10 10 10 20 | 20 20 30 30 | 30
		pushed(t, q, numbered(40, 4))                                   // needs 3: all of request 10
		assert.Equal(t, []parcel{numbered(10, 3)}, dropped)
		pushed(t, q, numbered(50, 2)) // needs 1: request 20, of which the other piece goes as well
		g.release()
		require.NoError(t, q.Shutdown(t.Context()))
		var all parcel
		for _, b := range g.batches() {
			for _, p := range b.Items {
				all = append(all, p...)
			}
		}
		assert.Equal(t, parcel{0, 1, 2, 3, 30, 31, 32, 40, 41, 42, 43, 50, 51}, all)
		assert.Equal(t, 6, q.Stats().Dropped.Items)
	})
}

func TestDropOldestRefusesWhereEverythingIsInProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate[int](t)
		q := newQueue(t, QueueOptions[int]{Process: g.process, Overflow: DropOldest, Partitions: 1, Limits: Limits{Capacity: Weight{Items: 1}}})
		pushed(t, q, 1)
		synctest.Wait()
		require.ErrorIs(t, q.Push(t.Context(), 2), ErrFull)
		g.release()
	})
}

func TestMoreThanTheCapacityIsAdmittedPieceByPiece(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate[parcel](t)
		q := newQueue(t, QueueOptions[parcel]{
			Process: g.process, Weigh: weighParcel, Split: splitParcel, Partitions: 1,
			Limits: Limits{Interval: time.Second, Trigger: Weight{Items: 4}, MaxBatch: Weight{Items: 4}, Capacity: Weight{Items: 10}},
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := q.Push(ctx, numbered(0, 25))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		partial, ok := errors.AsType[*PartialError](err)
		require.True(t, ok)
		assert.Equal(t, 8, partial.Accepted.Items)
		assert.Equal(t, 17, partial.Refused.Items)
		assert.Equal(t, 0, partial.Whole)
		g.release()
		require.NoError(t, q.Push(t.Context(), numbered(100, 25)))
		require.NoError(t, q.Shutdown(t.Context()))
		assert.Equal(t, 33, q.Stats().Processed.Items)
	})
}

func TestMoreThanTheCapacityThatCanNotBeCutIsAdmittedAlone(t *testing.T) {
	for _, policy := range []Overflow{Block, Reject, DropOldest} {
		t.Run(policy.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var l ledger[parcel]
				q := newQueue(t, QueueOptions[parcel]{
					Process: l.process, Weigh: weighParcel, Overflow: policy, Limits: Limits{Capacity: Weight{Items: 10}},
				})
				require.NoError(t, q.Push(t.Context(), numbered(0, 25)), "never refused for ever")
				synctest.Wait()
				assert.Equal(t, []int{25}, sizes(l.batches()))
			})
		})
	}
}

func TestShutdownThatGivesUpCountsWhatIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate[int](t)
		canceled := false
		var reasons []error
		q := newQueue(t, QueueOptions[int]{
			Process: func(ctx context.Context, b Batch[int]) error {
				err := g.process(ctx, b)
				canceled = ctx.Err() != nil
				return err
			},
			Partitions: 1,
			Observer: Observer[int]{
				Dropped: func(_ []int, _ Weight, reason error) { reasons = append(reasons, reason) },
				Stopped: func(_ int, _ time.Duration, reason error) { reasons = append(reasons, reason) },
			},
		})
		pushed(t, q, 1, 2, 3)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := q.Shutdown(ctx)
		gaveUp, ok := errors.AsType[*ShutdownError](err)
		require.True(t, ok)
		assert.Equal(t, 2, gaveUp.Dropped.Items)
		assert.Equal(t, 1, gaveUp.InFlight.Items)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Len(t, reasons, 3)
		require.ErrorIs(t, reasons[2], error(gaveUp))
		g.release()
		require.ErrorIs(t, q.Shutdown(t.Context()), context.DeadlineExceeded, "the outcome stays")
		assert.True(t, canceled, "those in flight are told")
	})
}
