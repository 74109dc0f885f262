// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReconfigureShortensWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger[int]
		q := newQueue(t, QueueOptions[int]{Process: l.process, Limits: Limits{Interval: time.Hour}})
		pushed(t, q, 1)
		<-time.After(time.Second)
		require.NoError(t, q.Reconfigure(Limits{Interval: 3 * time.Second}))
		<-time.After(2*time.Second - 1)
		assert.Empty(t, l.batches(), "the age counts from the push")
		<-time.After(1)
		synctest.Wait()
		assert.Equal(t, [][]int{{1}}, l.items())
	})
}

// The timer of a buffer that was handed over early is still set for the old interval when the new one comes.
func TestReconfigureShortensWhatComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger[int]
		q := newQueue(t, QueueOptions[int]{
			Process: l.process, Partitions: 1, Limits: Limits{Interval: time.Hour, Trigger: Weight{Items: 2}},
		})
		pushed(t, q, 1, 2)
		synctest.Wait()
		require.NoError(t, q.Reconfigure(Limits{Interval: time.Second}))
		pushed(t, q, 3)
		<-time.After(time.Second)
		synctest.Wait()
		assert.Equal(t, [][]int{{1, 2}, {3}}, l.items())
	})
}

// A buffer that is exactly at the new cap has no room left, and room of zero items must not read as no limit.
func TestReconfigureToWhatTheBufferHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate[parcel](t)
		q := newQueue(t, QueueOptions[parcel]{
			Process: g.process, Partitions: 1, Weigh: weighParcel, Split: splitParcel,
			Limits: Limits{Interval: never, Trigger: Weight{Items: 100}, MaxBatch: Weight{Items: 100}},
		})
		pushed(t, q, numbered(0, 100), numbered(100, 10)) // the worker has the first, so the second waits
		synctest.Wait()
		require.NoError(t, q.Reconfigure(Limits{Interval: never, Trigger: Weight{Items: 10}, MaxBatch: Weight{Items: 10}}))
		pushed(t, q, numbered(110, 25))
		g.release()
		require.NoError(t, q.Flush(t.Context()))
		var sizes []int
		for _, b := range g.batches() {
			sizes = append(sizes, b.Weight.Items)
		}
		assert.Equal(t, []int{100, 10, 10, 10, 5}, sizes)
	})
}
