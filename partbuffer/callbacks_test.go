// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// calls counts the callbacks that a test expects, each of which uses the buffer that called it. One that is
// called with a lock held hangs there.
type calls map[string]int

func (c calls) counted(name string, use func()) {
	c[name]++
	use()
}

func TestDroppedIsCalledWithoutALock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := calls{}
		g := newGate[parcel](t)
		var q *Queue[parcel]
		use := func() { _ = q.Stats(); _, _ = q.droppable(); _ = q.Flush(over(t)) }
		q = newQueue(t, QueueOptions[parcel]{
			Process: g.process, Weigh: weighParcel, Partitions: 1, Overflow: DropOldest,
			Split: func(p parcel, room Weight) (head, tail parcel, ok bool) {
				seen.counted("split", use)
				return splitParcel(p, room)
			},
			Observer: Observer[parcel]{Dropped: func(items []parcel, _ Weight, reason error) {
				seen.counted(reason.Error(), use)
				assert.NotEmpty(t, items)
			}},
			Limits: Limits{Interval: never, MaxBatch: Weight{Items: 4}, Capacity: Weight{Items: 12}},
		})
		pushed(t, q, numbered(0, 4)) // in process
		synctest.Wait()
		pushed(t, q, numbered(10, 3), numbered(20, 3)) // the second is cut
		pushed(t, q, numbered(30, 5))                  // the first must go, and pieces of the second
		require.Error(t, q.Shutdown(over(t)))
		g.release()
		synctest.Wait()
		assert.Positive(t, seen["split"])
		assert.Positive(t, seen[ErrDropped.Error()])
		assert.Positive(t, seen[context.Canceled.Error()])
	})
}

func TestProcessAndObserverAreCalledWithoutALock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := calls{}
		limits := Limits{Interval: time.Second}
		var q *Queue[int]
		use := func() {
			_ = q.Stats()
			_ = q.Reconfigure(limits)
			_ = q.Flush(over(t))
			_ = q.PushWait(over(t), 100)
		}
		var l ledger[int]
		q = newQueue(t, QueueOptions[int]{
			Process: func(ctx context.Context, b Batch[int]) error {
				if slices.Contains(b.Items, 1) {
					seen.counted("process", use)
				}
				return l.process(ctx, b)
			},
			Route: func(i int) uint64 {
				if i < 100 {
					seen.counted("route", use)
				}
				return 0
			},
			Weigh: func(i int) Weight {
				if i < 100 {
					seen.counted("weigh", use)
				}
				return Weight{Items: 1}
			},
			Observer: Observer[int]{
				ProcessStarted: func(Info) { seen.counted("started", func() { _ = q.Stats() }) },
				ProcessStopped: func(Info, time.Duration, error) { seen.counted("stopped", func() { _ = q.Stats() }) },
				Stopped: func(int, time.Duration, error) {
					seen.counted("ended", func() { _ = q.Stats(); _ = q.Push(t.Context(), 100) })
				},
			},
			Partitions: 1, Limits: limits,
		})
		pushed(t, q, 1)
		<-time.After(time.Minute)
		require.NoError(t, q.Shutdown(t.Context()))
		for _, name := range []string{"process", "route", "weigh", "started", "stopped", "ended"} {
			assert.Positive(t, seen[name], name)
		}
	})
}

func TestMapCallbacksAreCalledWithoutALock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := calls{}
		var m *Map[string, int]
		use := func() {
			_ = m.Stats()
			_, _ = m.Get("a")
			_ = m.Delete("b")
			_ = m.Put(t.Context(), "b", 2)
			_ = m.Flush(over(t))
		}
		g := newGate[entry](t)
		m = newMap(t, MapOptions[string, int]{
			Process: func(ctx context.Context, b Batch[entry]) error {
				seen.counted("process", use)
				return g.process(ctx, b)
			},
			Partitions: 1, Limits: Limits{Interval: time.Second},
			Observer: Observer[entry]{
				ProcessStarted: func(Info) { seen.counted("started", use) },
				Dropped:        func([]entry, Weight, error) { seen.counted("dropped", use) },
			},
		})
		require.NoError(t, m.PutAll(t.Context(), func(yield func(string, int) bool) {
			seen.counted("pairs", use)
			yield("a", 1)
		}))
		<-time.After(time.Minute)
		require.Error(t, m.Shutdown(over(t)))
		g.release()
		synctest.Wait()
		for _, name := range []string{"process", "started", "dropped", "pairs"} {
			assert.Positive(t, seen[name], name)
		}
	})
}

// What one queue frees makes another queue of the group go; both have locks of their own.
func TestGroupMembersMayWriteToEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGroup(Weight{Items: 8})
		var l ledger[int]
		second := newQueue(t, QueueOptions[int]{Process: l.process, Group: g, Limits: Limits{Interval: never}})
		first := newQueue(t, QueueOptions[int]{
			Process: func(ctx context.Context, b Batch[int]) error { return second.Push(ctx, b.Items...) },
			Group:   g, Limits: Limits{Interval: never, Trigger: Weight{Items: 2}},
		})
		for i := range 50 {
			pushed(t, first, i)
		}
		require.NoError(t, first.Flush(t.Context()))
		require.NoError(t, second.Flush(t.Context()))
		assert.Equal(t, 50, second.Stats().Processed.Items)
		assert.Zero(t, first.Stats().Failed)
	})
}
