// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestMapWritersDuringShutdown runs for real: whatever Shutdown does meanwhile, the newest version of a key for
// which a write returned nil is the last that is processed of it, and nothing is processed that was refused.
func TestMapWritersDuringShutdown(t *testing.T) {
	rounds := 100
	if testing.Short() {
		rounds = 20
	}
	for round := range rounds {
		var mu sync.Mutex
		last := map[int]int64{}
		m, err := NewMap(MapOptions[int, int]{
			Process: func(_ context.Context, b Batch[Entry[int, int]]) error {
				mu.Lock()
				defer mu.Unlock()
				for _, e := range b.Items {
					last[e.Key] = e.Version
				}
				return nil
			},
			Partitions: 1 + round%4,
			Limits: Limits{
				Interval: time.Millisecond, Trigger: Weight{Items: 5}, MaxBatch: Weight{Items: 5 + round%7},
				Capacity: Weight{Items: (round % 2) * 20},
			},
		})
		require.NoError(t, err)
		const producers = 16
		accepted := make([]map[int]int64, producers)
		var wg sync.WaitGroup
		for p := range producers {
			accepted[p] = map[int]int64{}
			wg.Go(func() {
				for version := int64(1); ; version++ {
					first := 10*p + int(version)%5
					both := []Entry[int, int]{{Key: first, Version: version}, {Key: first + 5, Version: version}}
					if version%2 == 0 {
						both = both[:1]
						if _, err := m.PutNewer(context.Background(), first, 0, version); err != nil {
							return
						}
					} else if m.PutAllNewer(context.Background(), slices.Values(both)) != nil {
						// One of the two may have been accepted.
						delete(accepted[p], first)
						delete(accepted[p], first+5)
						return
					}
					for _, e := range both {
						accepted[p][e.Key] = e.Version
					}
				}
			})
		}
		for range round % 9 {
			runtime.Gosched()
		}
		require.NoError(t, m.Shutdown(context.Background()))
		wg.Wait()
		for _, mine := range accepted {
			for key, version := range mine {
				require.Equal(t, version, last[key], "round %d, key %d", round, key)
			}
		}
		s := m.Stats()
		require.Equal(t, s.Accepted.Items, s.Superseded+sum(s.Stats).Items)
		require.Zero(t, s.Waiting.plus(s.InFlight))
		require.Zero(t, m.member.group.Held())
	}
}
