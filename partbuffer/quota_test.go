// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hungPartition returns a queue of two partitions, of which what partition 0 gets stays in process until the gate
// opens. It may hold 10 items, each partition 5.
func hungPartition(t *testing.T, change func(*QueueOptions[int])) (*Queue[int], *ledger[int], *gate[int]) {
	t.Helper()
	l, stuck := &ledger[int]{}, newGate[int](t)
	opts := QueueOptions[int]{
		Process: func(ctx context.Context, b Batch[int]) error {
			if b.Partition == 0 {
				return stuck.process(ctx, b)
			}
			return l.process(ctx, b)
		},
		Partitions: 2, Route: func(i int) uint64 { return uint64(i) },
		Limits: Limits{Interval: time.Second, Trigger: Weight{Items: 2}, Capacity: Weight{Items: 10}},
	}
	if change != nil {
		change(&opts)
	}
	return newQueue(t, opts), l, stuck
}

func TestAHungPartitionTakesHalf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, l, stuck := hungPartition(t, nil)
		pushed(t, q, 0, 2, 4, 6, 8)
		served := make(chan int, 3)
		for _, i := range []int{10, 12, 14} {
			go func() {
				if q.Push(t.Context(), i) == nil {
					served <- i
				}
			}()
			synctest.Wait()
		}
		assert.Empty(t, served)
		pushed(t, q, 1, 3, 5)
		<-time.After(500 * time.Millisecond)
		synctest.Wait()
		assert.Equal(t, [][]int{{1, 3}}, l.items(), "what waits for another partition makes no small batches")
		<-time.After(500 * time.Millisecond)
		synctest.Wait()
		assert.Equal(t, [][]int{{1, 3}, {5}}, l.items())
		stuck.open <- struct{}{} // two items
		synctest.Wait()
		require.Len(t, served, 2)
		assert.ElementsMatch(t, []int{10, 12}, []int{<-served, <-served}, "first come, first served")
		stuck.release()
		assert.Equal(t, 14, <-served)
	})
}

func TestAFullPartitionIsNeverStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, l, _ := hungPartition(t, func(o *QueueOptions[int]) {
			o.Limits.Interval, o.Limits.Trigger = never, Weight{Items: 100}
		})
		for range 500 {
			pushed(t, q, 1) // hangs for ever where nobody makes the buffer go
		}
		assert.NotEmpty(t, l.items())
	})
}

func TestPartsThatHaveRoomGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, l, stuck := hungPartition(t, nil)
		pushed(t, q, 0, 2, 4, 6, 8)
		parts := []int{10, 1, 12, 3}
		written := make(chan error, 1)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { written <- q.PushFunc(ctx, Weight{Items: 4}, func() []int { return parts }, nil) }()
		synctest.Wait()
		assert.Equal(t, [][]int{{1, 3}}, l.items())
		assert.Equal(t, Weight{Items: 5}, q.Held(), "what waits holds no room")
		cancel()
		var partial *PartialError
		require.ErrorAs(t, <-written, &partial)
		require.ErrorIs(t, partial, context.Canceled)
		assert.Equal(t, PartialError{Accepted: Weight{Items: 2}, Refused: Weight{Items: 2}, Whole: 2, Err: context.Canceled}, *partial)
		assert.Equal(t, []int{1, 3, 10, 12}, parts, "those that were accepted, and then those that were not")
		assert.Equal(t, 2, q.Stats().Refused.Items)

		go func() { written <- q.Push(t.Context(), 14, 5) }()
		synctest.Wait()
		stuck.release()
		require.NoError(t, <-written)
	})
}

func TestRejectIsAllOrNothingAcrossPartitions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, l, stuck := hungPartition(t, func(o *QueueOptions[int]) { o.Overflow = Reject })
		pushed(t, q, 0, 2, 4, 6, 8)
		require.ErrorIs(t, q.Push(t.Context(), 1, 8, 10), ErrPartitionFull)
		require.ErrorIs(t, q.PushFunc(t.Context(), Weight{Items: 3}, func() []int { return []int{1, 8, 10} }, nil), ErrPartitionFull)
		require.ErrorIs(t, q.Push(t.Context(), 10), ErrFull)
		require.ErrorIs(t, q.PushTo(t.Context(), 0, 1), ErrPartitionFull)
		assert.Empty(t, l.items())
		require.NoError(t, q.Push(t.Context(), 1, 3))
		assert.Equal(t, 8, q.Stats().Refused.Items)
		stuck.release()
	})
}

// It needs no quota: the partition that hangs is the one that loses what waits.
func TestAHungPartitionLosesItsOwnWithDropOldest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var dropped []int
		q, l, stuck := hungPartition(t, func(o *QueueOptions[int]) {
			o.Overflow = DropOldest
			o.Observer.Dropped = func(items []int, _ Weight, _ error) { dropped = append(dropped, items...) }
		})
		pushed(t, q, 0, 2)
		synctest.Wait() // in process
		for i := 1; i < 100; i += 2 {
			pushed(t, q, i, i+99)
			synctest.Wait()
		}
		for _, i := range dropped {
			assert.Zero(t, i%2, "%d is of the other partition", i)
		}
		<-time.After(time.Second)
		synctest.Wait()
		delivered := 0
		for _, batch := range l.items() {
			delivered += len(batch)
		}
		assert.Equal(t, 50, delivered)
		stuck.release()
	})
}

func TestWhatIsLargerThanTheQuotaGoesAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, policy := range []Overflow{Block, Reject, DropOldest} {
			var l ledger[parcel]
			q := newQueue(t, QueueOptions[parcel]{
				Process: l.process, Weigh: weighParcel, Partitions: 2, Overflow: policy,
				Route:  func(p parcel) uint64 { return uint64(p[0]) },
				Limits: Limits{Interval: time.Second, Capacity: Weight{Items: 10}},
			})
			require.NoError(t, q.Push(t.Context(), numbered(0, 8)))
			require.NoError(t, q.Push(t.Context(), numbered(1, 2)))
			require.NoError(t, q.Flush(t.Context()))
			require.NoError(t, q.Push(t.Context(), numbered(0, 4), numbered(2, 4), numbered(1, 2)), "together")
			require.NoError(t, q.Flush(t.Context()))
			assert.Equal(t, 20, q.Stats().Processed.Items)
		}
	})
}

func TestNobodyGoesAheadOfOneWhoWaitsForAQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck := newGate[parcel](t)
		q := newQueue(t, QueueOptions[parcel]{
			Process: stuck.process, Weigh: weighParcel, Partitions: 2, Route: func(p parcel) uint64 { return uint64(p[0]) },
			Limits: Limits{Interval: time.Second, Trigger: Weight{Items: 4}, Capacity: Weight{Items: 10}},
		})
		pushed(t, q, numbered(0, 4))
		served := make(chan int, 2)
		for _, n := range []int{3, 1} {
			go func() {
				if q.Push(t.Context(), numbered(0, n)) == nil {
					served <- n
				}
			}()
			synctest.Wait()
		}
		assert.Empty(t, served, "there is room for the second one, and it came later")
		stuck.release()
		assert.ElementsMatch(t, []int{3, 1}, []int{<-served, <-served})
	})
}

// Half of what the member may hold, which is half of what the group may hold, which can be changed.
func TestAQuotaFollowsTheShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGroup(Weight{Items: 20})
		q, _, stuck := hungPartition(t, func(o *QueueOptions[int]) {
			o.Group, o.Limits.Capacity, o.Overflow = g, Weight{}, Reject
		})
		pushed(t, q, 0, 2, 4, 6, 8)
		require.ErrorIs(t, q.Push(t.Context(), 10), ErrPartitionFull, "a quarter of the group")
		pushed(t, q, 1, 3)
		g.SetCapacity(Weight{Items: 24})
		pushed(t, q, 10)
		require.ErrorIs(t, q.Push(t.Context(), 12), ErrPartitionFull)
		stuck.release()
		synctest.Wait()
		pushed(t, q, 12)
	})
}

func TestWithoutRouteThereIsNoQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, _, stuck := hungPartition(t, func(o *QueueOptions[int]) { o.Route, o.Overflow, o.Limits.Trigger = nil, Reject, Weight{} })
		for i := range 10 {
			require.NoError(t, q.PushTo(t.Context(), 0, i))
		}
		stuck.release()
	})
}
