// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var errDead = errors.New("dead")

// grave is a Process that takes nothing while it is dead.
type grave struct {
	ledger[entry]
	alive bool
	calls int
}

func (g *grave) process(ctx context.Context, b Batch[entry]) error {
	g.mu.Lock()
	g.calls++
	alive := g.alive
	g.mu.Unlock()
	if alive {
		return g.ledger.process(ctx, b)
	}
	return &UnprocessedError[string, int]{Entries: b.Items, Err: errDead}
}

func (g *grave) called() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.calls
}

func exchanged(tb testing.TB, m *Map[string, int], all ...entry) []Verdict {
	tb.Helper()
	verdicts := make([]Verdict, len(all))
	require.NoError(tb, m.Exchange(tb.Context(), all, verdicts))
	return verdicts
}

// A dead destination, a full map and writers that wait: it is tried once per interval.
func TestADeadDestinationIsNotTriedAgainAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g grave
		m := newMap(t, MapOptions[string, int]{
			Process: g.process, Partitions: 1,
			Limits: Limits{Interval: time.Second, Trigger: Weight{Items: 2}, Capacity: Weight{Items: 3}},
		})
		begin := time.Now()
		exchanged(t, m, entry{Key: "a"}, entry{Key: "b"}, entry{Key: "c"})
		synctest.Wait()
		assert.Equal(t, 1, g.called(), "by its size")
		waited := make(chan error)
		go func() { waited <- m.Put(t.Context(), "d", 1) }()
		synctest.Wait()
		assert.True(t, m.member.pressed())
		assert.Equal(t, []Verdict{Replaced}, exchanged(t, m, entry{Key: "a", Version: 1}), "a live key needs no room")
		synctest.Wait()
		assert.Equal(t, 1, g.called(), "neither its size nor a writer that waits")
		assert.Equal(t, 3, m.Len())
		for second := range 5 {
			<-time.After(time.Second)
			synctest.Wait()
			assert.Equal(t, 2+second, g.called(), "after %v", time.Since(begin))
		}
		g.mu.Lock()
		g.alive = true
		g.mu.Unlock()
		require.NoError(t, <-waited)
		synctest.Wait()
		assert.Equal(t, 7, g.called())
		assert.Equal(t, 3, m.Stats().Processed.Items)
		assert.Equal(t, time.Second, time.Since(begin).Truncate(time.Second)-5*time.Second, "full never means stuck")
	})
}

func TestFlushAndShutdownDoNotWaitForTheInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g grave
		var dropped entries
		m := newMap(t, MapOptions[string, int]{
			Process: g.process, Partitions: 1, Limits: Limits{Interval: never, Capacity: Weight{Bytes: 10}},
			Observer: Observer[entry]{Dropped: func(items []entry, w Weight, reason error) {
				dropped = append(dropped, items...)
				require.ErrorIs(t, reason, ErrClosed)
				assert.Equal(t, Weight{Items: 1, Bytes: 4}, w)
			}},
		})
		exchanged(t, m, entry{Key: "a", Value: 1, Version: 5, Bytes: 4})
		err := m.Flush(t.Context())
		require.ErrorIs(t, err, errDead)
		given, ok := errors.AsType[*UnprocessedError[string, int]](err)
		require.True(t, ok)
		assert.Empty(t, given.Entries, "in memory that is used again")
		require.ErrorIs(t, m.Flush(t.Context()), errDead)
		assert.Equal(t, 2, g.called())
		assert.Equal(t, Weight{Items: 1, Bytes: 4}, m.Stats().Waiting)
		require.NoError(t, m.Shutdown(t.Context()))
		assert.Equal(t, 3, g.called())
		assert.Equal(t, entries{{Key: "a", Value: 1, Version: 5, Bytes: 4}}, dropped)
		assert.Equal(t, 1, m.Stats().Dropped.Items)
	})
}

// A flush that comes while the batch is in process takes what is given back of it along, whatever made it due before.
func TestAFlushDuringProcessTakesAlongWhatIsGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		g := newGate[entry](t)
		dead := true
		m := newMap(t, MapOptions[string, int]{
			Process: func(ctx context.Context, b Batch[entry]) error {
				_ = g.process(ctx, b)
				if dead {
					dead = false
					return &UnprocessedError[string, int]{Entries: b.Items, Err: errDead}
				}
				return nil
			},
			Partitions: 1, Limits: Limits{Interval: never, Trigger: Weight{Items: 1}},
		})
		exchanged(t, m, entry{Key: "a"})
		synctest.Wait()
		exchanged(t, m, entry{Key: "b"})
		done := make(chan error)
		go func() { done <- m.Flush(t.Context()) }()
		synctest.Wait()
		g.release()
		require.ErrorIs(t, <-done, errDead)
		assert.Equal(t, 2, m.Stats().Processed.Items)
		assert.Zero(t, time.Since(begin))
	})
}

// The interval counts from the give-back, whatever was due while the batch was in process: by size or by time.
func TestWhatIsGivenBackWaitsForAWholeInterval(t *testing.T) {
	for name, trigger := range map[string]int{"size": 1, "time": 0, "reconfigured": 0} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var called []time.Duration
				begin := time.Now()
				l := Limits{Interval: 2 * time.Second, Trigger: Weight{Items: trigger}}
				m := newMap(t, MapOptions[string, int]{
					Process: func(_ context.Context, b Batch[entry]) error {
						called = append(called, time.Since(begin))
						if len(called) > 1 {
							return nil
						}
						<-time.After(10 * time.Second)
						return &UnprocessedError[string, int]{Entries: b.Items}
					},
					Partitions: 1, Limits: l,
				})
				exchanged(t, m, entry{Key: "a"})
				go func() { _ = m.Flush(t.Context()) }()
				synctest.Wait()
				exchanged(t, m, entry{Key: "b"})
				<-time.After(11 * time.Second)
				if name == "reconfigured" {
					require.NoError(t, m.Reconfigure(l))
				}
				<-time.After(time.Minute)
				synctest.Wait()
				assert.Equal(t, []time.Duration{0, 12 * time.Second}, called)
				assert.Equal(t, 2, m.Stats().Processed.Items)
			})
		})
	}
}

// Whoever waits for room gets that of another partition at once.
func TestAPausedPartitionIsNotInTheWayOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		m := newMap(t, MapOptions[string, int]{
			Process: func(_ context.Context, b Batch[entry]) error {
				if b.Partition == 0 && time.Since(begin) == 0 {
					return &UnprocessedError[string, int]{Entries: b.Items}
				}
				return nil
			},
			Partitions: 2, Hash: func(key string) uint64 { return uint64(key[0] - '0') },
			Limits: Limits{Interval: time.Hour, Capacity: Weight{Items: 3}},
		})
		exchanged(t, m, entry{Key: "0"}, entry{Key: "2"})
		require.Error(t, m.Flush(t.Context()))
		exchanged(t, m, entry{Key: "1"})
		require.NoError(t, m.Put(t.Context(), "3", 1))
		assert.Zero(t, time.Since(begin))
	})
}

// The partition that is asked first for room gives everything back. Then the other one is asked, at once.
func TestAWaiterGetsRoomElsewhereWhenAHandOverComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		m := newMap(t, MapOptions[string, int]{
			Process: func(_ context.Context, b Batch[entry]) error {
				if b.Partition == 0 && b.Trigger != TriggerShutdown {
					return &UnprocessedError[string, int]{Entries: b.Items, Err: errDead}
				}
				return nil
			},
			Partitions: 2, Hash: func(key string) uint64 { return uint64(key[0] - '0') },
			Limits: Limits{Interval: time.Hour, Capacity: Weight{Items: 3}},
		})
		exchanged(t, m, entry{Key: "0"}, entry{Key: "2"})
		exchanged(t, m, entry{Key: "1"})
		require.NoError(t, m.Put(t.Context(), "3", 1))
		assert.Zero(t, time.Since(begin))
	})
}

// What is refused while Shutdown begins is not the last word: there is one more attempt.
func TestWhatIsGivenBackDuringShutdownIsTriedOnceMore(t *testing.T) {
	for name, alive := range map[string]bool{"alive again": true, "dead": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := newGate[entry](t)
				var triggers []Trigger
				m := newMap(t, MapOptions[string, int]{
					Process: func(ctx context.Context, b Batch[entry]) error {
						triggers = append(triggers, b.Trigger)
						_ = g.process(ctx, b)
						if alive && b.Trigger == TriggerShutdown {
							return nil
						}
						return &UnprocessedError[string, int]{Entries: b.Items, Err: errDead}
					},
					Partitions: 1, Limits: Limits{Interval: time.Minute},
				})
				exchanged(t, m, entry{Key: "a", Version: 1}, entry{Key: "b", Version: 1})
				<-time.After(time.Minute)
				synctest.Wait() // the window is in process
				exchanged(t, m, entry{Key: "a", Version: 2})
				ended := make(chan error)
				go func() { ended <- m.Shutdown(t.Context()) }()
				synctest.Wait()
				g.release()
				require.NoError(t, <-ended)
				assert.Equal(t, []Trigger{TriggerTimeout, TriggerShutdown}, triggers)
				s := m.Stats()
				assert.Equal(t, 1, s.Superseded)
				if alive {
					assert.Equal(t, 2, s.Processed.Items)
				} else {
					assert.Equal(t, 2, s.Dropped.Items)
				}
				assert.Equal(t, s.Accepted.Items, s.Superseded+s.Processed.Items+s.Dropped.Items)
			})
		})
	}
}

// A Process that sends a batch in several parts may join their errors.
func TestWhatJoinedErrorsGiveBackReturns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		m := newMap(t, MapOptions[string, int]{
			Process: func(_ context.Context, b Batch[entry]) error {
				if calls++; calls > 1 {
					return &UnprocessedError[string, int]{Err: errDead} // of nothing
				}
				one := &UnprocessedError[string, int]{Entries: b.Items[:1], Err: errDead}
				other := &UnprocessedError[string, int]{Entries: b.Items[2:], Err: errDead}
				return fmt.Errorf("in parts: %w", errors.Join(one, nil, other))
			},
			Partitions: 1, Limits: Limits{Interval: never},
		})
		exchanged(t, m, entry{Key: "a"}, entry{Key: "b"}, entry{Key: "c"}, entry{Key: "d"})
		require.ErrorIs(t, m.Flush(t.Context()), errDead)
		assert.Equal(t, 3, m.Len())
		assert.Equal(t, 1, m.Stats().Processed.Items)
		require.ErrorIs(t, m.Flush(t.Context()), errDead)
		assert.Equal(t, 3, m.Stats().Failed.Items, "an error like any other")
	})
}

// Once Shutdown has given up, what Process gives back is dropped and counted.
func TestAbandonedEntriesAreDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate[entry](t)
		m := newMap(t, MapOptions[string, int]{
			Process: func(ctx context.Context, b Batch[entry]) error {
				_ = g.process(ctx, b)
				return &UnprocessedError[string, int]{Entries: b.Items[1:]}
			},
			Partitions: 1, Limits: Limits{Interval: never},
		})
		exchanged(t, m, entry{Key: "a"}, entry{Key: "b"})
		go func() { _ = m.Flush(t.Context()) }()
		synctest.Wait()
		require.Error(t, m.Shutdown(over(t)))
		_, err := m.PutNewer(t.Context(), "a", 1, 1)
		require.ErrorIs(t, err, ErrClosed)
		g.release()
		synctest.Wait()
		assert.Equal(t, 1, m.Stats().Dropped.Items)
		assert.Equal(t, 1, m.Stats().Processed.Items)
	})
}

func TestMoreIsGivenBackThanThereWas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		once := true
		m := newMap(t, MapOptions[string, int]{
			Process: func(_ context.Context, b Batch[entry]) error {
				if !once {
					return nil
				}
				once = false
				return &UnprocessedError[string, int]{Entries: append(b.Items, entry{Key: "x"})}
			},
			Partitions: 1, Limits: Limits{Interval: never},
		})
		var all entries
		for i := range 3 * giveBackSteps {
			all = append(all, entry{Key: strconv.Itoa(i)})
		}
		exchanged(t, m, all...)
		require.ErrorContains(t, m.Flush(t.Context()), "1 entries given back that are not of the batch")
		assert.Equal(t, len(all), m.Len())
		require.NoError(t, m.Flush(t.Context()))
		assert.Equal(t, len(all), m.Stats().Processed.Items)
	})
}
