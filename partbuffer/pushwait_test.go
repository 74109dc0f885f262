// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPushWaitReturnsWhenProcessed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger[int]
		q := newQueue(t, QueueOptions[int]{Process: l.process, Limits: Limits{Interval: time.Second}})
		begin := time.Now()
		require.NoError(t, q.PushWait(t.Context(), 1, 2))
		assert.Equal(t, time.Second, time.Since(begin))
		assert.Equal(t, [][]int{{1, 2}}, l.items())
	})
}

// Six items in three batches of two partitions: every batch's error once.
func TestPushWaitReportsEveryBatchOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, QueueOptions[int]{
			Process: func(_ context.Context, b Batch[int]) error {
				if b.Partition == 1 {
					return nil
				}
				return fmt.Errorf("lost %v", b.Items)
			},
			Partitions: 2, Route: func(i int) uint64 { return uint64(i) },
			Limits: Limits{Interval: time.Second, Trigger: Weight{Items: 2}},
		})
		assert.EqualError(t, q.PushWait(t.Context(), 0, 1, 2, 3, 4, 5), "lost [0 2]\nlost [4]")
	})
}

func TestPushWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger[int]
		q := newQueue(t, QueueOptions[int]{Process: l.process, Limits: Limits{Interval: time.Minute}})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, q.PushWait(ctx, 1), context.DeadlineExceeded)
		require.NoError(t, q.Flush(t.Context()))
		assert.Equal(t, [][]int{{1}}, l.items(), "accepted is accepted")
	})
}

func TestPushWaitHearsOfWhatWasDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger[int]
		q := newQueue(t, QueueOptions[int]{
			Process: l.process, Overflow: DropOldest, Partitions: 1,
			Limits: Limits{Interval: time.Second, Capacity: Weight{Items: 2}},
		})
		first := make(chan error, 1)
		go func() { first <- q.PushWait(t.Context(), 1) }()
		synctest.Wait()
		pushed(t, q, 2, 3)
		require.ErrorIs(t, <-first, ErrDropped)
		require.NoError(t, q.Flush(t.Context()))
		assert.Equal(t, [][]int{{2, 3}}, l.items())
	})
}

// The write was let in, but while its item is being routed Shutdown gives up.
func TestPushWaitHearsOfWhatShutdownGaveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		routing, routed := make(chan struct{}), make(chan struct{})
		q := newQueue(t, QueueOptions[int]{
			Process: func(context.Context, Batch[int]) error { return nil },
			Route: func(int) uint64 {
				routing <- struct{}{}
				<-routed
				return 0
			},
			Limits: Limits{Interval: time.Second},
		})
		result := make(chan error, 1)
		go func() { result <- q.PushWait(context.Background(), 1) }()
		<-routing
		enough, cancel := context.WithCancel(t.Context())
		cancel()
		var gaveUp *ShutdownError
		require.ErrorAs(t, q.Shutdown(enough), &gaveUp)
		close(routed)
		require.ErrorIs(t, <-result, ErrClosed)
		assert.Equal(t, Weight{Items: 1}, q.Stats().Dropped)
	})
}

// Such an item never is in the buffer that its writer finds.
func TestPushWaitHearsOfAnItemThatIsABatchByItself(t *testing.T) {
	for name, opts := range map[string]QueueOptions[parcel]{
		"because it is large enough":    {Partitions: 3, Limits: Limits{Trigger: Weight{Items: 10}}},
		"because it can not be cut":     {Partitions: 1, Limits: Limits{MaxBatch: Weight{Items: 10}}},
		"behind others, in their order": {Partitions: 2, Route: func(parcel) uint64 { return 1 }, Limits: Limits{MaxBatch: Weight{Items: 10}}},
		"because every push is one":     {Partitions: 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				opts.Weigh = weighParcel
				opts.Process = func(_ context.Context, b Batch[parcel]) error {
					if b.Weight.Items == 15 {
						return errRefused
					}
					return nil
				}
				if !opts.Limits.Trigger.isZero() || !opts.Limits.MaxBatch.isZero() {
					opts.Limits.Interval = time.Second
				}
				q := newQueue(t, opts)
				pushed(t, q, numbered(0, 1))
				require.ErrorIs(t, q.PushWait(t.Context(), numbered(1, 15)), errRefused)
			})
		})
	}
}

// The head of the item fills up a buffer which fails, the rest goes with the next one.
func TestPushWaitHearsOfBothPartsOfAnItemCutAtTheDoor(t *testing.T) {
	for _, failing := range []int{0, 10} {
		synctest.Test(t, func(t *testing.T) {
			q := newQueue(t, QueueOptions[parcel]{
				Process: func(_ context.Context, b Batch[parcel]) error {
					if b.Items[0][0] == failing {
						return errRefused
					}
					return nil
				},
				Weigh: weighParcel, Split: splitParcel, Partitions: 1,
				Limits: Limits{Interval: time.Second, MaxBatch: Weight{Items: 10}},
			})
			pushed(t, q, numbered(0, 5))
			require.ErrorIs(t, q.PushWait(t.Context(), numbered(5, 10)), errRefused, "the batch that begins with %d", failing)
		})
	}
}

func TestPushOfNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate[int](t)
		q := newQueue(t, QueueOptions[int]{
			Process: g.process, Partitions: 1, Limits: Limits{Interval: never, Capacity: Weight{Items: 1}},
		})
		pushed(t, q, 1)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { _ = q.Push(ctx, 2) }() // no room
		synctest.Wait()
		require.NoError(t, q.Push(t.Context()), "needs no room")
		require.NoError(t, q.PushWait(t.Context()))
		cancel()
		g.release()
		require.NoError(t, q.Shutdown(t.Context()))
		assert.ErrorIs(t, q.Push(t.Context()), ErrClosed)
	})
}
