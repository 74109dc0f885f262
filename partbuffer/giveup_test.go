// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// over returns a ctx that has ended.
func over(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// A writer is outside the lock, cutting an item of which the head belongs to a full buffer.
func TestShutdownGivesUpOnABufferThatIsBeingToppedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger[parcel]
		cutting := make(chan struct{})
		q := newQueue(t, QueueOptions[parcel]{
			Process: l.process, Weigh: weighParcel, Partitions: 1,
			Split: func(p parcel, room Weight) (head, tail parcel, ok bool) {
				<-cutting
				return splitParcel(p, room)
			},
			Limits: Limits{Interval: never, MaxBatch: Weight{Items: 10}},
		})
		pushed(t, q, numbered(0, 5))
		written := make(chan error, 1)
		go func() { written <- q.PushWait(context.Background(), numbered(5, 10)) }()
		synctest.Wait()

		err := q.Shutdown(over(t))
		var gaveUp *ShutdownError
		require.ErrorAs(t, err, &gaveUp)
		assert.Equal(t, 5, gaveUp.Dropped.Items)
		close(cutting)
		require.ErrorIs(t, <-written, ErrClosed)
		synctest.Wait()
		assert.Empty(t, l.batches(), "Shutdown has returned")
		assert.Equal(t, 15, q.Stats().Dropped.Items)
		assert.Equal(t, err, q.Shutdown(t.Context()), "the end was not a good one")
	})
}

// The table that is in process is larger than one batch.
func TestMapShutdownGivesUpOnTheRestOfATable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate[Entry[int, int]](t)
		var dropped []Entry[int, int]
		m := newMap(t, MapOptions[int, int]{
			Process: g.process, Partitions: 1, Limits: Limits{Interval: never, MaxBatch: Weight{Items: 2}},
			Observer: Observer[Entry[int, int]]{Dropped: func(items []Entry[int, int], _ Weight, _ error) { dropped = append(dropped, items...) }},
		})
		for k := range 6 {
			require.NoError(t, m.Put(t.Context(), k, k))
		}
		flushed := make(chan error, 1)
		go func() { flushed <- m.Flush(context.Background()) }()
		synctest.Wait()
		require.NoError(t, m.Put(t.Context(), 6, 6))

		var gaveUp *ShutdownError
		require.ErrorAs(t, m.Shutdown(over(t)), &gaveUp)
		assert.Equal(t, Weight{Items: 5}, gaveUp.Dropped)
		assert.Equal(t, Weight{Items: 2}, gaveUp.InFlight)
		g.release()
		require.ErrorIs(t, <-flushed, context.Canceled)
		synctest.Wait()
		assert.Len(t, g.batches(), 1, "Shutdown has returned")
		assert.Len(t, dropped, 5)
		s := m.Stats()
		assert.Equal(t, []int{2, 5}, []int{s.Processed.Items, s.Dropped.Items})
	})
}
