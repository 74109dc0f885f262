// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestQueueKeepsOrderAndMakesBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger[int]
		q := newQueue(t, QueueOptions[int]{
			Process: l.process, Partitions: 1,
			Limits: Limits{Interval: time.Second, MaxBatch: Weight{Items: 3}},
		})
		require.NoError(t, q.Push(t.Context(), 1, 2, 3, 4, 5, 6, 7, 8))
		synctest.Wait()
		assert.Equal(t, 2, q.Len(), "what waits")
		<-time.After(time.Second)
		synctest.Wait()
		assert.Equal(t, [][]int{{1, 2, 3}, {4, 5, 6}, {7, 8}}, l.items(), "the last one short")
		assert.Equal(t, []Trigger{TriggerSize, TriggerSize, TriggerTimeout}, l.triggers())
		assert.Zero(t, q.Len())
	})
}

func TestQueueRoutesByFunctionOrFixedKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger[int]
		q := newQueue(t, QueueOptions[int]{
			Process: l.process, Partitions: 4, Route: func(i int) uint64 { return uint64(i) },
			Limits: Limits{Interval: time.Second},
		})
		for i := range 8 {
			require.NoError(t, q.Push(t.Context(), i))
		}
		require.NoError(t, q.PushTo(t.Context(), 7, 100, 101)) // partition 3
		<-time.After(time.Second)
		synctest.Wait()
		got := map[int][]int{}
		for _, b := range l.batches() {
			got[b.Partition] = b.Items
		}
		assert.Equal(t, map[int][]int{0: {0, 4}, 1: {1, 5}, 2: {2, 6}, 3: {3, 7, 100, 101}}, got)
	})
}

func TestQueueNotRunning(t *testing.T) {
	var zero Queue[int]
	require.ErrorIs(t, zero.Push(t.Context(), 1), ErrNotRunning)
	require.ErrorIs(t, zero.PushTo(t.Context(), 1, 1), ErrNotRunning)
	require.ErrorIs(t, zero.PushWait(t.Context(), 1), ErrNotRunning)
	require.ErrorIs(t, zero.Flush(t.Context()), ErrNotRunning)
	require.NoError(t, zero.Shutdown(t.Context()), "unstarted")

	q, err := NewQueue(QueueOptions[int]{Process: func(context.Context, Batch[int]) error { return nil }, Limits: Limits{Interval: never}})
	require.NoError(t, err)
	require.NoError(t, q.Shutdown(t.Context()))
	require.NoError(t, q.Shutdown(t.Context()), "twice")
	require.ErrorIs(t, q.Push(t.Context(), 1), ErrClosed)
	require.ErrorIs(t, q.Push(t.Context(), 1, 2), ErrClosed)
	assert.Equal(t, 3, q.Stats().Refused.Items)
}

func TestAgeTimerIsArmedByTheFirstItem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger[int]
		begin := time.Now()
		var at []time.Duration
		q := newQueue(t, QueueOptions[int]{
			Process: func(ctx context.Context, b Batch[int]) error {
				at = append(at, time.Since(begin))
				return l.process(ctx, b)
			},
			Partitions: 1,
			Limits:     Limits{Interval: time.Second, Trigger: Weight{Items: 3}},
		})
		wait := func(d time.Duration) { <-time.After(d) }
		wait(10 * time.Second) // idle: nothing fires
		pushed(t, q, 1)        // 10.0
		wait(900 * time.Millisecond)
		pushed(t, q, 2, 3) // 10.9: full; the timer is still armed for 11.0
		pushed(t, q, 4)    // begins a new buffer: due at 11.9
		wait(5 * time.Second)
		synctest.Wait()
		assert.Equal(t, [][]int{{1, 2, 3}, {4}}, l.items())
		assert.Equal(t, []time.Duration{10900 * time.Millisecond, 11900 * time.Millisecond}, at)
	})
}

func TestFailureCostsItsBatchOnly(t *testing.T) {
	boom := errors.New("boom")
	for name, fail := range map[string]func() error{
		"error":  func() error { return boom },
		"panic":  func() error { panic(boom) },
		"goexit": func() error { runtime.Goexit(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var l ledger[int]
				var stopped []error
				q := newQueue(t, QueueOptions[int]{
					Process: func(ctx context.Context, b Batch[int]) error {
						if slices.Contains(b.Items, 2) {
							return fail()
						}
						return l.process(ctx, b)
					},
					Partitions: 1,
					Observer:   Observer[int]{ProcessStopped: func(_ Info, _ time.Duration, err error) { stopped = append(stopped, err) }},
					Limits:     Limits{Interval: time.Second, Trigger: Weight{Items: 1}},
				})
				pushed(t, q, 1, 2, 3)
				synctest.Wait()
				assert.Equal(t, [][]int{{1}, {3}}, l.items())
				assert.Equal(t, 1, q.Stats().Failed.Items)
				require.Len(t, stopped, 3)
				switch name {
				case "error":
					require.ErrorIs(t, stopped[1], boom)
				case "panic":
					require.ErrorIs(t, stopped[1], boom)
					panicked, ok := errors.AsType[*PanicError](stopped[1])
					require.True(t, ok)
					assert.Contains(t, string(panicked.Stack), "TestFailureCostsItsBatchOnly")
				case "goexit":
					require.ErrorIs(t, stopped[1], ErrGoexit)
				}
			})
		})
	}
}

func TestObserverSeesTheLifeOfAPartition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var events []string
		q, err := NewQueue(QueueOptions[int]{
			Process: func(context.Context, Batch[int]) error { return nil }, Partitions: 1,
			Limits: Limits{Interval: time.Second},
			Observer: Observer[int]{
				Started:        func(int) { events = append(events, "started") },
				ProcessStarted: func(i Info) { events = append(events, "process "+i.Trigger.String()) },
				ProcessStopped: func(Info, time.Duration, error) { events = append(events, "processed") },
				Stopped:        func(_ int, lived time.Duration, _ error) { events = append(events, "stopped after "+lived.String()) },
			},
		})
		require.NoError(t, err)
		pushed(t, q, 1)
		<-time.After(3 * time.Second)
		require.NoError(t, q.Shutdown(t.Context()))
		assert.Equal(t, []string{"started", "process timeout", "processed", "stopped after 3s"}, events)
	})
}

func TestWholeBufferIsHandedOverForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept [][]int
		q := newQueue(t, QueueOptions[int]{
			Process: func(_ context.Context, b Batch[int]) error { kept = append(kept, b.Items); return nil },
			Limits:  Limits{Interval: time.Second}, WholeBuffer: true, Partitions: 1,
		})
		for round := range 3 {
			for i := range 100 {
				pushed(t, q, 100*round+i)
			}
			<-time.After(time.Second)
			synctest.Wait()
		}
		require.Len(t, kept, 3)
		for round, items := range kept {
			assert.Equal(t, []int(numbered(100*round, 100)), items, "later rounds leave it alone")
		}
	})
}

func TestBuffersKeepNothingAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, QueueOptions[*int]{
			Process: func(context.Context, Batch[*int]) error { return nil }, Partitions: 1,
			Limits: Limits{Interval: time.Second},
		})
		pushed(t, q, new(1), new(2))
		<-time.After(time.Second)
		synctest.Wait()
		g := q.newGeneration()
		for _, item := range g.items[:cap(g.items)] {
			assert.Nil(t, item)
		}
		assert.Nil(t, g.done)
	})
}

func TestPushAllocatesNothing(t *testing.T) {
	q := newQueue(t, QueueOptions[int]{
		Process: func(context.Context, Batch[int]) error { return nil },
		Limits:  Limits{Interval: never, Trigger: Weight{Items: 1 << 16}},
	})
	for range 3 << 16 { // let the buffers grow
		pushed(t, q, 1)
	}
	ctx := t.Context()
	// The buffers' own growth and the worker of a full one are spread over a whole batch.
	assert.Zero(t, testing.AllocsPerRun(1<<15, func() { _ = q.Push(ctx, 1) }))
}

func TestOptionsReportEverythingAtOnce(t *testing.T) {
	_, err := NewQueue(QueueOptions[int]{
		Partitions: -1, Overflow: 9, WholeBuffer: true, Group: NewGroup(Weight{}),
		Limits: Limits{
			Interval: -1, ProcessTimeout: -1, Trigger: Weight{Items: 5, Bytes: -1}, MaxBatch: Weight{Items: 4}, Capacity: Weight{Items: -3},
		},
	})
	for _, part := range []string{"Process", "Partitions is -1", "Overflow(9)", "WholeBuffer", "Group", "Interval", "ProcessTimeout", "Trigger.Bytes is -1", "MaxBatch.Items is 4", "Capacity.Items is -3"} {
		require.ErrorContains(t, err, part)
	}
}
