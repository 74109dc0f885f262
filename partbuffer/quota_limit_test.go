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

// byHundreds routes elements 0..99 to the first partition, and so on.
func byHundreds(p parcel) uint64 { return uint64(p[0] / 100) }

func TestAQuotaIsHalfOfTheBytesToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, QueueOptions[parcel]{
			Process: func(context.Context, Batch[parcel]) error { return nil },
			Weigh:   weighParcel, Partitions: 2, Route: byHundreds, Overflow: Reject,
			Limits: Limits{Interval: never, Capacity: Weight{Bytes: 6 * (headerBytes + elementBytes)}},
		})
		pushed(t, q, numbered(0, 1), numbered(1, 1), numbered(2, 1))
		require.ErrorIs(t, q.Push(t.Context(), numbered(3, 1)), ErrPartitionFull)
		pushed(t, q, numbered(100, 1), numbered(101, 1), numbered(102, 1))
	})
}

// The partition was not due for long, and the write that it refused is a reason for it to go.
func TestARefusedWriteHandsOverThePartitionInItsWay(t *testing.T) {
	for name, write := range map[string][]parcel{
		"one part":                   {numbered(5, 1)},
		"parts for several of them":  {numbered(5, 1), numbered(100, 1)},
		"one that has room is first": {numbered(100, 1), numbered(5, 1)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var l ledger[parcel]
				q := newQueue(t, QueueOptions[parcel]{
					Process: l.process, Weigh: weighParcel, Partitions: 2, Route: byHundreds, Overflow: Reject,
					Limits: Limits{Interval: never, Capacity: Weight{Items: 10}},
				})
				pushed(t, q, numbered(0, 5))
				require.ErrorIs(t, q.Push(t.Context(), write...), ErrPartitionFull)
				synctest.Wait()
				assert.Equal(t, [][]parcel{{numbered(0, 5)}}, l.items())
				assert.Equal(t, []Trigger{TriggerOverflow}, l.triggers())
				require.NoError(t, q.Push(t.Context(), write...))
			})
		})
	}
}

// Beside what its partition holds it would take room that is the others'.
func TestWhatIsLargerThanItsQuotaWaitsForItsPartitionToBeEmpty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck := newGate[parcel](t)
		q := newQueue(t, QueueOptions[parcel]{
			Process: stuck.process, Weigh: weighParcel, Partitions: 2, Route: byHundreds,
			Limits: Limits{Interval: time.Second, Capacity: Weight{Items: 10}},
		})
		pushed(t, q, numbered(0, 1))
		written := make(chan error, 1)
		go func() { written <- q.Push(context.Background(), numbered(1, 8)) }()
		<-time.After(time.Minute)
		require.Empty(t, written)
		assert.Equal(t, 1, q.Held().Items)
		stuck.release()
		require.NoError(t, <-written)
	})
}
