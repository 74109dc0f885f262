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

// hungBeside returns a queue of four partitions that may hold 10 items, of which partition 0 hangs with 5.
func hungBeside(t *testing.T) (*Queue[parcel], *ledger[parcel], *gate[parcel]) {
	t.Helper()
	l, stuck := &ledger[parcel]{}, newGate[parcel](t)
	q := newQueue(t, QueueOptions[parcel]{
		Process: func(ctx context.Context, b Batch[parcel]) error {
			if b.Partition == 0 {
				return stuck.process(ctx, b)
			}
			return l.process(ctx, b)
		},
		Weigh: weighParcel, Split: splitParcel, Partitions: 4, Route: byHundreds,
		Limits: Limits{Interval: time.Second, Capacity: Weight{Items: 10}},
	})
	pushed(t, q, numbered(0, 5))
	go func() { _ = q.Flush(t.Context()) }()
	synctest.Wait()
	return q, l, stuck
}

// A request that does not fit beside what hangs goes in pieces, and keeps nobody waiting.
func TestARequestAboveAQuotaFindsItsWayPastAHungPartition(t *testing.T) {
	for name, push := range map[string]func(q *Queue[parcel]) error{
		"items of several partitions": func(q *Queue[parcel]) error {
			return q.Push(context.Background(), numbered(100, 3), numbered(200, 3))
		},
		"made later": func(q *Queue[parcel]) error {
			return q.PushFunc(context.Background(), Weight{Items: 6}, func() []parcel { return []parcel{numbered(100, 3), numbered(200, 3)} }, nil)
		},
		"one item":            func(q *Queue[parcel]) error { return q.Push(context.Background(), numbered(100, 6)) },
		"more than all there": func(q *Queue[parcel]) error { return q.Push(context.Background(), numbered(100, 20), numbered(200, 3)) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q, _, stuck := hungBeside(t)
				done := make(chan error, 1)
				go func() { done <- push(q) }()
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				require.NoError(t, q.Push(ctx, numbered(300, 1)))
				select {
				case err := <-done:
					require.NoError(t, err)
				case <-time.After(time.Minute):
					require.Fail(t, "it waits for the hung partition")
				}
				stuck.release()
			})
		})
	}
}

// Part of it is for the hung partition; a later part has to wait for a moment, and not for that one.
func TestPartsWaitForTheirOwnPartitionOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, l, stuck := hungBeside(t)
		pushed(t, q, numbered(100, 5)) // its quota is used up until it goes
		var r Result
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		written := []parcel{numbered(10, 1), numbered(110, 1), numbered(120, 1), numbered(20, 1)}
		err := q.push(ctx, written, &order{fixed: -1, result: &r})
		var partial *PartialError
		require.ErrorAs(t, err, &partial)
		assert.Equal(t, 2, partial.Whole)
		assert.Equal(t, Weight{Items: 2, Bytes: 2 * weighParcel(numbered(110, 1)).Bytes}, partial.Accepted)
		assert.Equal(t, []parcel{{110}, {120}}, written[:2])
		require.NoError(t, q.engine.partitions[1].(*partition[parcel]).queue.PushWait(t.Context(), numbered(130, 1)))
		failures, err := r.Wait(over(t))
		require.NoError(t, err, "they have gone long since")
		assert.Empty(t, failures)
		var got []int
		for _, b := range l.items() {
			for _, p := range b {
				got = append(got, p...)
			}
		}
		assert.Equal(t, append(numbered(100, 5), 110, 120, 130), parcel(got))
		stuck.release()
	})
}

// A writer looked when another had room and not yet its quota: what it saw in its way is not what is.
func TestAWriterThatSawAnotherLimitKeepsNobodyWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, _, stuck := hungBeside(t)
		making, made := make(chan struct{}), make(chan struct{})
		ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
		defer cancel()
		go func() {
			_ = q.PushFunc(ctx, Weight{Items: 4}, func() []parcel {
				close(making)
				<-made
				return []parcel{numbered(10, 2), numbered(110, 2)}
			}, nil)
		}()
		<-making
		go func() { _ = q.Push(ctx, numbered(20, 3)) }() // no room now, and no quota later
		synctest.Wait()
		close(made)
		synctest.Wait()
		soon, cancelSoon := context.WithTimeout(t.Context(), time.Minute)
		defer cancelSoon()
		require.NoError(t, q.Push(soon, numbered(300, 1)))
		cancel()
		stuck.release()
	})
}

// Small items keep a partition from ever being empty, and a large one is let in nevertheless.
func TestNothingIsRefusedForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, QueueOptions[parcel]{
			Process: func(context.Context, Batch[parcel]) error { <-time.After(150 * time.Millisecond); return nil },
			Weigh:   weighParcel, Split: splitParcel, Partitions: 2, Route: byHundreds,
			Overflow: Reject, Limits: Limits{Capacity: Weight{Items: 10}},
		})
		taken := 0
		for i := range 100 {
			_ = q.Push(t.Context(), numbered(i%100, 1))
			if q.Push(t.Context(), numbered(0, 6)) == nil {
				taken++
			}
			<-time.After(100 * time.Millisecond)
		}
		assert.Greater(t, taken, 10)
	})
}
