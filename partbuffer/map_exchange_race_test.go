// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// exchangeLedger is what a race writes down. Every value is a number of its own, so that each can be followed.
type exchangeLedger struct {
	mu   sync.Mutex
	last map[int]int64 // the newest version of each key that was processed or dropped
	seen map[int]bool  // values that were processed or dropped
	old  []int         // keys of which an older version came after a newer one
	two  []int         // values that came twice
}

func (l *exchangeLedger) end(all []Entry[int, int]) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range all {
		if e.Version < l.last[e.Key] {
			l.old = append(l.old, e.Key)
		}
		if l.seen[e.Value] {
			l.two = append(l.two, e.Value)
		}
		l.last[e.Key] = max(l.last[e.Key], e.Version)
		l.seen[e.Value] = true
	}
}

// TestMapExchangeDuringShutdown runs for real: several writers exchange the same keys while Process gives some of
// them back and Shutdown comes. No accepted version is lost to an older one, no older version follows a newer
// one, and no value is in two places.
func TestMapExchangeDuringShutdown(t *testing.T) {
	rounds := 60
	if testing.Short() {
		rounds = 20
	}
	for round := range rounds {
		l := exchangeLedger{last: map[int]int64{}, seen: map[int]bool{}}
		var calls atomic.Int64
		m, err := NewMap(MapOptions[int, int]{
			Process: func(_ context.Context, b Batch[Entry[int, int]]) error {
				n := len(b.Items)
				if calls.Add(1)%3 == 0 {
					n /= 2
				}
				l.end(b.Items[:n])
				if n < len(b.Items) {
					return &UnprocessedError[int, int]{Entries: b.Items[n:], Err: errDead}
				}
				return nil
			},
			Partitions: 1 + round%4, Ties: Tie(round % 2), Remember: time.Hour,
			Overflow: []Overflow{Block, Reject, HandBack}[round%3],
			Limits: Limits{
				Interval: time.Millisecond, Trigger: Weight{Items: 5}, MaxBatch: Weight{Items: 5 + round%7},
				Capacity: Weight{Items: 500, Bytes: 30},
			},
			Observer: Observer[Entry[int, int]]{
				Dropped: func(items []Entry[int, int], _ Weight, _ error) { l.end(items) },
			},
		})
		require.NoError(t, err)
		const producers = 8
		var clock, value atomic.Int64
		accepted, returned := make([]map[int]int64, producers), make([][]int, producers)
		var wg sync.WaitGroup
		for p := range producers {
			accepted[p] = map[int]int64{}
			wg.Go(func() {
				entries, verdicts := make([]Entry[int, int], 4), make([]Verdict, 4)
				for {
					for i := range entries {
						version := clock.Add(1)
						entries[i] = Entry[int, int]{
							Key: int(version*7+int64(p)) % 40, Version: version, Value: int(value.Add(1)), Bytes: int(version) % 3,
						}
					}
					err := m.Exchange(context.Background(), entries, verdicts)
					for i, v := range verdicts {
						if v != Refused && v != HandedBack {
							accepted[p][entries[i].Key] = max(accepted[p][entries[i].Key], entries[i].Version)
						}
						if back := entries[i].Value; back != 0 {
							returned[p] = append(returned[p], back)
						}
					}
					if err != nil && !errors.Is(err, ErrFull) {
						return
					}
				}
			})
		}
		for range 10 * (round % 9) {
			runtime.Gosched()
		}
		if round%5 == 4 { // gives up, and then what waits is dropped before what is in flight has ended
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			_ = m.Shutdown(ctx)
		}
		_ = m.Shutdown(context.Background())
		wg.Wait()
		ended := len(l.seen)
		for _, values := range returned {
			for _, v := range values {
				require.False(t, l.seen[v], "round %d: a value is in two places", round)
				l.seen[v] = true
			}
		}
		for _, mine := range accepted {
			for key, version := range mine {
				require.LessOrEqual(t, version, l.last[key], "round %d, key %d", round, key)
			}
		}
		if round%5 != 4 {
			require.Empty(t, l.old, "round %d: keys that went back", round)
		}
		require.Empty(t, l.two, "round %d: values in two places", round)
		s := m.Stats()
		require.Equal(t, s.Accepted.Items, s.Superseded+sum(s.Stats).Items)
		require.Equal(t, ended, s.Processed.Items+s.Dropped.Items)
		require.Zero(t, s.Waiting.plus(s.InFlight))
		require.Zero(t, m.member.group.Held())
	}
}
