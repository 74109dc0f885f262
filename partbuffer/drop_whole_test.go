// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Room for one is needed, and the first piece of an item gives it. The second piece waits in another buffer, in
// which somebody else has an item and waits for the result.
func TestAPieceThatIsDroppedTakesTheOthersAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate[parcel](t)
		var dropped []parcel
		q := newQueue(t, QueueOptions[parcel]{
			Process: g.process, Weigh: weighParcel, Split: splitParcel, Overflow: DropOldest, Partitions: 1,
			Observer: Observer[parcel]{Dropped: func(items []parcel, _ Weight, _ error) { dropped = append(dropped, items...) }},
			Limits:   Limits{Interval: never, Trigger: Weight{Items: 4}, MaxBatch: Weight{Items: 4}, Capacity: Weight{Items: 11}},
		})
		pushed(t, q, numbered(0, 4)) // in process
		synctest.Wait()
		result := make(chan error, 1)
		go func() { result <- q.PushWait(t.Context(), numbered(10, 1)) }()
		synctest.Wait()
		pushed(t, q, numbered(20, 5)) // three behind the one, two in the next buffer
		neighbor := make(chan error, 1)
		go func() { neighbor <- q.PushWait(t.Context(), numbered(30, 1)) }()
		synctest.Wait()
		pushed(t, q, numbered(40, 1)) // drops the one: 10
		pushed(t, q, numbered(50, 1)) // drops 20, 21, 22; then 23 and 24 must go as well
		require.ErrorIs(t, <-result, ErrDropped)
		assert.Equal(t, []parcel{{10}, {20, 21, 22}}, dropped)
		g.release()
		require.NoError(t, q.Flush(t.Context()), "what gave way is not in the batch")
		require.NoError(t, <-neighbor, "what gave way was next to it")
		assert.Equal(t, []parcel{{10}, {20, 21, 22}, {23, 24}}, dropped)
		assert.Equal(t, [][]parcel{{numbered(0, 4)}, {{30}, {40}}, {{50}}}, g.items())
	})
}

// What can not be cut becomes a batch by itself. While that is being found out somebody else is accepted.
func TestAnItemAboveTheCapGoesBehindWhatItsPartitionHas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger[parcel]
		var q *Queue[parcel]
		q = newQueue(t, QueueOptions[parcel]{
			Process: l.process, Weigh: weighParcel, Partitions: 1,
			Split: func(p parcel, _ Weight) (head, tail parcel, ok bool) {
				if q.Len() == 0 {
					pushed(t, q, parcel{1})
				}
				return nil, p, false
			},
			Limits: Limits{Interval: never, MaxBatch: Weight{Items: 4}},
		})
		pushed(t, q, numbered(10, 5))
		synctest.Wait()
		assert.Equal(t, [][]parcel{{{1}}, {numbered(10, 5)}}, l.items())
	})
}
