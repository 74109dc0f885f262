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

func sizes(batches []Batch[parcel]) (n []int) {
	for _, b := range batches {
		n = append(n, b.Weight.Items)
	}
	return n
}

func TestACutAtTheDoorLeavesNoSmallRemainder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger[parcel]
		q := newQueue(t, QueueOptions[parcel]{
			Process: l.process, Weigh: weighParcel, Split: splitParcel, Partitions: 1,
			Limits: Limits{Interval: time.Second, Trigger: Weight{Items: 10}, MaxBatch: Weight{Items: 10}},
		})
		for i := range 25 {
			pushed(t, q, numbered(4*i, 4))
		}
		synctest.Wait()
		assert.Equal(t, []int{10, 10, 10, 10, 10, 10, 10, 10, 10, 10}, sizes(l.batches()))
		var all parcel
		for _, b := range l.batches() {
			for _, p := range b.Items {
				all = append(all, p...)
			}
		}
		assert.Equal(t, numbered(0, 100), all)
	})
}

func TestBytesAreCappedToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger[parcel]
		q := newQueue(t, QueueOptions[parcel]{
			Process: l.process, Weigh: weighParcel, Split: splitParcel, Partitions: 1,
			Limits: Limits{Interval: time.Second, MaxBatch: Weight{Bytes: 50}}, // 4 elements and a header
		})
		pushed(t, q, numbered(0, 9), numbered(9, 1))
		<-time.After(time.Second)
		synctest.Wait()
		assert.Equal(t, []int{4, 4, 2}, sizes(l.batches()))
		for _, b := range l.batches() {
			assert.LessOrEqual(t, b.Weight.Bytes, 50)
		}
	})
}

func TestAnItemAboveTheCapThatCanNotBeCutIsABatchByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger[parcel]
		q := newQueue(t, QueueOptions[parcel]{
			Process: l.process, Weigh: weighParcel, Split: splitParcel, Partitions: 1,
			Limits: Limits{Interval: time.Second, MaxBatch: Weight{Bytes: headerBytes + elementBytes - 1}},
		})
		pushed(t, q, numbered(0, 3))
		synctest.Wait()
		assert.Equal(t, []int{1, 1, 1}, sizes(l.batches()), "each element is above the cap")
	})
}

func TestAWholeBatchPassesThroughAnIdlePartition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger[parcel]
		q := newQueue(t, QueueOptions[parcel]{
			Process: l.process, Weigh: weighParcel, Split: splitParcel, Partitions: 3,
			Limits: Limits{Interval: time.Second, Trigger: Weight{Items: 10}, MaxBatch: Weight{Items: 20}},
		})
		pushed(t, q, numbered(0, 3))    // the open buffer
		pushed(t, q, numbered(100, 15)) // whole
		pushed(t, q, numbered(200, 45)) // two whole batches and a rest that joins the open buffer
		synctest.Wait()
		assert.ElementsMatch(t, []int{15, 20, 20}, sizes(l.batches()))
		for _, trigger := range l.triggers() {
			assert.Equal(t, TriggerPassThrough, trigger)
		}
		<-time.After(time.Second)
		synctest.Wait()
		last := l.batches()[3]
		assert.Equal(t, 8, last.Weight.Items, "no runt: the open buffer kept filling")
	})
}

func TestWhereOrderIsPromisedNothingOvertakes(t *testing.T) {
	for name, opts := range map[string]QueueOptions[parcel]{
		"one partition": {Partitions: 1},
		"routed":        {Partitions: 3, Route: func(parcel) uint64 { return 1 }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var l ledger[parcel]
				opts.Process, opts.Weigh, opts.Split = l.process, weighParcel, splitParcel
				opts.Limits = Limits{Interval: time.Second, Trigger: Weight{Items: 10}, MaxBatch: Weight{Items: 10}}
				q := newQueue(t, opts)
				pushed(t, q, numbered(0, 3), numbered(3, 30), numbered(33, 1))
				<-time.After(time.Second)
				synctest.Wait()
				assert.Equal(t, []int{10, 10, 10, 4}, sizes(l.batches()))
				var all parcel
				for _, b := range l.batches() {
					for _, p := range b.Items {
						all = append(all, p...)
					}
				}
				assert.Equal(t, numbered(0, 34), all)
			})
		})
	}
}

func TestWithoutIntervalEveryPushIsABatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger[int]
		q := newQueue(t, QueueOptions[int]{Process: l.process, Partitions: 1})
		pushed(t, q, 1, 2, 3)
		synctest.Wait()
		assert.Equal(t, [][]int{{1}, {2}, {3}}, l.items())
	})
}

func TestLittleLoadMakesOneBatchPerInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger[int]
		q := newQueue(t, QueueOptions[int]{
			Process: l.process, Partitions: 16, Limits: Limits{Interval: 200 * time.Millisecond, Trigger: Weight{Items: 8192}},
		})
		for i := range 100 {
			pushed(t, q, i)
			<-time.After(51 * time.Millisecond)
		}
		<-time.After(time.Second)
		synctest.Wait()
		assert.Len(t, l.batches(), 25, "4 pushes each")
	})
}

func TestASlowProcessGetsABatchPerPartition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate[int](t)
		q := newQueue(t, QueueOptions[int]{
			Process: g.process, Partitions: 5, Limits: Limits{Interval: time.Second, Trigger: Weight{Items: 2}},
		})
		for i := range 40 {
			pushed(t, q, i)
		}
		synctest.Wait()
		assert.Len(t, g.batches(), 5)
		assert.Equal(t, 10, q.Stats().InFlight.Items)
		g.release()
	})
}

// Everything that calls out is called without a lock: it may call the queue itself.
func TestCallbacksMayCallTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var q *Queue[parcel]
		use := func() {
			_ = q.Stats()
			_ = q.Len()
			_ = q.Held()
		}
		q = newQueue(t, QueueOptions[parcel]{
			Process: func(ctx context.Context, b Batch[parcel]) error {
				use()
				if b.Items[0][0] < 1000 {
					return q.Push(ctx, numbered(1000, 1))
				}
				return nil
			},
			Weigh: weighParcel,
			Split: func(p parcel, room Weight) (head, tail parcel, ok bool) {
				use()
				return splitParcel(p, room)
			},
			Observer: Observer[parcel]{
				ProcessStarted: func(Info) { use() },
				ProcessStopped: func(Info, time.Duration, error) { use() },
				Dropped:        func([]parcel, Weight, error) { use() },
			},
			Overflow: DropOldest, Partitions: 2,
			Limits: Limits{Interval: time.Second, Trigger: Weight{Items: 4}, MaxBatch: Weight{Items: 4}, Capacity: Weight{Items: 30}},
		})
		for i := range 20 {
			pushed(t, q, numbered(i, 3))
		}
		<-time.After(2 * time.Second)
		synctest.Wait()
		require.NoError(t, q.Reconfigure(Limits{Interval: time.Minute}))
	})
}
