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

// held fills what a member may hold with a batch that stays in process until the gate opens.
func held(t *testing.T, g *Group, items int) (*Queue[int], *gate[int]) {
	t.Helper()
	stuck := newGate[int](t)
	q := newQueue(t, QueueOptions[int]{Process: stuck.process, Group: g, Partitions: 1, Limits: Limits{Interval: never}})
	for i := range items {
		pushed(t, q, i)
	}
	go func() { _ = q.Flush(t.Context()) }()
	synctest.Wait()
	return q, stuck
}

func TestGroupMemberHoldsAtMostHalf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGroup(Weight{Items: 11, Bytes: 0})
		a, stuck := held(t, g, 6)
		b := newQueue(t, QueueOptions[int]{Process: stuck.process, Group: g, Overflow: Reject, Limits: Limits{Interval: never}})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, a.Push(ctx, 7), context.DeadlineExceeded, "6 is half of 11, rounded up")
		pushed(t, b, 1, 2, 3, 4, 5)
		require.ErrorIs(t, b.Push(t.Context(), 6), ErrFull, "the group is full")
		assert.Equal(t, Weight{Items: 11}, g.Held())
		stuck.release()
	})
}

// It was alone, filled what it may, and is stuck before the second one comes.
func TestGroupMemberLeavesHalfToThoseThatAreYetToCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGroup(Weight{Items: 10})
		a, stuck := held(t, g, 5)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, a.Push(ctx, 5), context.DeadlineExceeded)
		var l ledger[int]
		b := newQueue(t, QueueOptions[int]{Process: l.process, Group: g, Limits: Limits{Interval: never}})
		pushed(t, b, 0, 1, 2, 3, 4)
		assert.Equal(t, Weight{Items: 10}, g.Held())
		stuck.release()
	})
}

// B's buffer holds B's half and is not due; A's writer came first and can not be helped.
func TestGroupStuckMemberDoesNotKeepOthersFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGroup(Weight{Items: 10})
		a, stuck := held(t, g, 5)
		var l ledger[int]
		b := newQueue(t, QueueOptions[int]{Process: l.process, Group: g, Partitions: 1, Limits: Limits{Interval: never}})
		pushed(t, b, 1, 2, 3, 4, 5)
		go func() { _ = a.Push(t.Context(), 6) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.NoError(t, b.Push(ctx, 6))
		assert.Equal(t, [][]int{{1, 2, 3, 4, 5}}, l.items())
		assert.Equal(t, []Trigger{TriggerOverflow}, l.triggers())
		stuck.release()
	})
}

func TestGroupStuckMemberDoesNotShrinkTheBatchesOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGroup(Weight{Items: 10})
		var l ledger[int]
		b := newQueue(t, QueueOptions[int]{Process: l.process, Group: g, Limits: Limits{Interval: time.Second}})
		a, stuck := held(t, g, 5)
		go func() { _ = a.Push(t.Context(), 6) }()
		synctest.Wait()
		for i := range 3 {
			pushed(t, b, i)
			synctest.Wait()
		}
		<-time.After(time.Second)
		synctest.Wait()
		assert.Equal(t, [][]int{{0, 1, 2}}, l.items())
		assert.Equal(t, []Trigger{TriggerTimeout}, l.triggers())
		stuck.release()
	})
}

func TestGroupWriterThatGetsRoomFlushesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger[int]
		first, second := make(chan struct{}), make(chan struct{})
		q := newQueue(t, QueueOptions[int]{
			Process: func(ctx context.Context, b Batch[int]) error {
				_ = l.process(ctx, b)
				<-[]chan struct{}{first, second, second}[b.Partition]
				return nil
			},
			Partitions: 3, Route: func(i int) uint64 { return uint64(i) },
			Limits: Limits{Interval: never, Trigger: Weight{Items: 3}, Capacity: Weight{Items: 6}},
		})
		pushed(t, q, 0, 0, 0, 1, 1, 2) // three are in process
		written := make(chan error, 1)
		go func() { written <- q.Push(t.Context(), 2) }()
		synctest.Wait() // makes the two go
		close(first)
		require.NoError(t, <-written)
		synctest.Wait()
		assert.ElementsMatch(t, [][]int{{0, 0, 0}, {1, 1}}, l.items())
		assert.Equal(t, 2, q.Len(), "what gave back room was enough for the writer")
		close(second)
	})
}

// Nobody gives back room meanwhile.
func TestGroupServesThoseWhoWaitWhenItGrows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGroup(Weight{Items: 4})
		a, stuck := held(t, g, 2)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		written := make(chan error, 1)
		go func() { written <- a.Push(ctx, 2) }()
		synctest.Wait()
		require.Empty(t, written, "there is no room yet")
		g.SetCapacity(Weight{Items: 6})
		require.NoError(t, <-written)
		assert.Equal(t, Weight{Items: 3}, g.Held())
		stuck.release()
	})
}

// DropOldest must not touch what another member promised to keep.
func TestGroupOfDifferentPolicies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGroup(Weight{Items: 4})
		var l ledger[int]
		keep := func() *Queue[int] {
			return newQueue(t, QueueOptions[int]{Process: l.process, Group: g, Limits: Limits{Interval: never}})
		}
		a, b := keep(), keep()
		drop := newQueue(t, QueueOptions[int]{Process: l.process, Group: g, Overflow: DropOldest, Limits: Limits{Interval: never}})
		pushed(t, a, 1, 2)
		pushed(t, b, 3, 4)
		require.ErrorIs(t, drop.Push(t.Context(), 5), ErrFull)
		assert.Equal(t, 2, a.Len())
		assert.Equal(t, 2, b.Len())
	})
}

// An attempt that fails adds its weight for a moment. A writer that begins to wait in that moment finds less
// room than there is, and nobody gives room back later.
func TestGroupFailedAttemptLeavesNobodyBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGroup(Weight{Items: 10})
		big, small := g.join(false, nothing{}), g.join(false, nothing{})
		g.held.add(Weight{Items: 3})
		g.held.add(Weight{Items: 20}) // another attempt, half-way
		served := make(chan error, 1)
		go func() { served <- small.wait(t.Context(), nil, nil, Weight{Items: 1}) }()
		synctest.Wait()
		require.Empty(t, served)
		g.held.add(Weight{Items: -20})
		g.starved.Store(false) // as that attempt saw it before it began
		assert.False(t, big.try(nil, Weight{Items: 9}))
		synctest.Wait()
		assert.Len(t, served, 1)
	})
}

// The same for Reject and DropOldest, whose attempts are made although others wait already.
func TestGroupRefusedAttemptLeavesNobodyBehind(t *testing.T) {
	for _, policy := range []Overflow{Reject, DropOldest} {
		synctest.Test(t, func(t *testing.T) {
			g := NewGroup(Weight{Items: 10})
			big := newQueue(t, QueueOptions[parcel]{
				Process: func(context.Context, Batch[parcel]) error { return nil }, Weigh: weighParcel, Group: g, Overflow: policy,
				Limits: Limits{Interval: never},
			})
			small := g.join(false, nothing{})
			g.held.add(Weight{Items: 8})
			g.held.add(Weight{Items: 20}) // another attempt, half-way
			served := make(chan error, 1)
			go func() { served <- small.wait(t.Context(), nil, nil, Weight{Items: 1}) }()
			synctest.Wait()
			require.Empty(t, served)
			g.held.add(Weight{Items: -20})
			require.ErrorIs(t, big.Push(t.Context(), numbered(0, 3)), ErrFull)
			synctest.Wait()
			assert.Len(t, served, 1, "%v", policy)
		})
	}
}

// nothing is a buffer that never holds anything.
type nothing struct{}

func (nothing) fullest() (partition, items int)   { return 0, 0 }
func (nothing) handOver(int)                      {}
func (nothing) waiting() Weight                   { return Weight{} }
func (nothing) droppable() (partition, items int) { return 0, 0 }
func (nothing) dropFrom(int, Weight)              {}
