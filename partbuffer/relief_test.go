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

// One buffer is not enough for the writer: what the first one frees must make the next one go.
func TestAWriterThatNeedsTheRoomOfSeveralBuffersGetsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger[parcel]
		q := newQueue(t, QueueOptions[parcel]{
			Process: l.process, Weigh: weighParcel, Partitions: 3, Route: func(p parcel) uint64 { return uint64(p[0]) },
			Limits: Limits{Interval: never, Capacity: Weight{Items: 6}},
		})
		pushed(t, q, parcel{0, 0}, parcel{1, 1}, parcel{2, 2})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.NoError(t, q.Push(ctx, numbered(0, 5)))
		synctest.Wait()
		assert.Equal(t, 5, q.Len(), "three buffers went, and the item waits for its own to fill")
	})
}

// A large request waits; a small one behind it may go when the large one gives up.
func TestAWriterThatGivesUpLetsThoseBehindItThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate[parcel](t)
		q := newQueue(t, QueueOptions[parcel]{
			Process: g.process, Weigh: weighParcel, Partitions: 1, Limits: Limits{Capacity: Weight{Items: 6}},
		})
		pushed(t, q, numbered(0, 4)) // stands still
		ctx, cancel := context.WithCancel(t.Context())
		large, small := make(chan error, 1), make(chan error, 1)
		go func() { large <- q.Push(ctx, numbered(10, 3)) }()
		synctest.Wait()
		go func() { small <- q.Push(t.Context(), numbered(20, 2)) }()
		synctest.Wait()
		assert.Empty(t, small, "first come, first served")
		cancel()
		require.ErrorIs(t, <-large, context.Canceled)
		synctest.Wait()
		require.Len(t, small, 1)
		require.NoError(t, <-small)
		g.release()
	})
}

// The writer began to wait after another one had been admitted and before that one's item was in a buffer: the
// buffers were empty when the writer looked.
func TestAnItemThatArrivesWhileAWriterWaitsGoesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		admitted, placed := make(chan struct{}), make(chan struct{})
		var l ledger[int]
		q := newQueue(t, QueueOptions[int]{
			Process: l.process, Partitions: 2, Route: func(i int) uint64 { return uint64(i) },
			Limits: Limits{Interval: never, Capacity: Weight{Items: 1}},
		})
		go func() {
			_ = q.PushFunc(t.Context(), Weight{Items: 1}, func() []int {
				close(admitted)
				<-placed
				return []int{1}
			}, nil)
		}()
		<-admitted
		written := make(chan error, 1)
		go func() { written <- q.Push(t.Context(), 2) }()
		synctest.Wait()
		close(placed)
		synctest.Wait()
		require.Len(t, written, 1)
		assert.Equal(t, [][]int{{1}}, l.items())
		assert.Equal(t, []Trigger{TriggerOverflow}, l.triggers())
	})
}

// The open buffer of a partition that is at work is left to fill; when the work is done it must go.
func TestAWorkerLooksForWaitingWritersBeforeItEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate[parcel](t)
		q := newQueue(t, QueueOptions[parcel]{
			Process: g.process, Weigh: weighParcel, Partitions: 1,
			Limits: Limits{Interval: never, Trigger: Weight{Items: 3}, Capacity: Weight{Items: 5}},
		})
		pushed(t, q, numbered(0, 3), numbered(10, 2)) // in process, and open behind it
		written := make(chan error, 1)
		go func() { written <- q.Push(t.Context(), numbered(20, 4)) }()
		synctest.Wait()
		assert.Empty(t, written)
		g.release()
		synctest.Wait()
		require.Len(t, written, 1)
		require.NoError(t, <-written)
	})
}

// The first writer waits for room in the group, and what went for it stands still. The second one, behind it,
// could be helped by its own queue.
func TestAWriterThatGivesUpMakesWayForThoseBehindIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		group := NewGroup(Weight{Items: 24})
		stuck := newGate[parcel](t)
		member := func(process func(context.Context, Batch[parcel]) error) *Queue[parcel] {
			return newQueue(t, QueueOptions[parcel]{
				Process: process, Weigh: weighParcel, Group: group, Partitions: 1, Limits: Limits{Interval: never},
			})
		}
		var l ledger[parcel]
		a, b, c, d := member(l.process), member(l.process), member(stuck.process), member(stuck.process)
		pushed(t, b, numbered(0, 5))
		pushed(t, c, numbered(0, 8))
		pushed(t, d, numbered(0, 7))
		ctx, cancel := context.WithCancel(t.Context())
		go func() { _ = a.Push(ctx, numbered(0, 5)) }()
		synctest.Wait()
		written := make(chan error, 1)
		go func() { written <- b.Push(t.Context(), numbered(0, 8)) }()
		synctest.Wait()
		assert.Empty(t, written)
		cancel()
		synctest.Wait()
		require.Len(t, written, 1)
		require.NoError(t, <-written)
		stuck.release()
	})
}

// Two writers wait for the same new key; by the time the second gets its room the first has put the key.
func TestMapWriterGivesBackRoomThatItDoesNotNeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate[entry](t)
		m := newMap(t, MapOptions[string, int]{
			Process: g.process, Partitions: 1, Limits: Limits{Interval: never, Trigger: Weight{Items: 2}, Capacity: Weight{Items: 2}},
		})
		for _, key := range []string{"a", "b"} {
			require.NoError(t, m.Put(t.Context(), key, 1))
		}
		written := make(chan error, 2)
		for range 2 {
			go func() { written <- m.Put(t.Context(), "c", 1) }()
		}
		synctest.Wait()
		assert.Empty(t, written)
		g.release()
		require.NoError(t, <-written)
		require.NoError(t, <-written)
		assert.Equal(t, 1, m.Len())
		assert.Equal(t, 1, m.Stats().Superseded)
		assert.Equal(t, Weight{Items: 1}, m.member.group.Held())
	})
}
