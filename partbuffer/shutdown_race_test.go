// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestWritersDuringShutdown runs for real, under the race detector: what Push returned nil for is processed
// once, whatever Shutdown does meanwhile, and nothing else is.
func TestWritersDuringShutdown(t *testing.T) {
	rounds := 1000
	if testing.Short() {
		rounds = 50
	}
	for round := range rounds {
		var l ledger[parcel]
		q, err := NewQueue(QueueOptions[parcel]{
			Process: l.process, Weigh: weighParcel, Split: splitParcel, Partitions: 1 + round%4,
			Limits: Limits{
				Interval: time.Duration(round%3) * time.Millisecond,
				Trigger:  Weight{Items: 8}, MaxBatch: Weight{Items: 8}, Capacity: Weight{Items: 40},
			},
		})
		require.NoError(t, err)
		const producers = 32
		accepted := make([][]int, producers)
		begin := make(chan struct{})
		var wg sync.WaitGroup
		for p := range producers {
			wg.Go(func() {
				<-begin
				for i := 0; ; i++ {
					item := numbered(100_000*p+10*i, 1+(p+i)%5)
					elements := slices.Clone(item)
					if q.Push(context.Background(), item) != nil {
						return
					}
					accepted[p] = append(accepted[p], elements...)
				}
			})
		}
		close(begin)
		for range round % 7 {
			runtime.Gosched()
		}
		require.NoError(t, q.Shutdown(context.Background()))
		wg.Wait()
		var got []int
		for _, b := range l.batches() {
			for _, p := range b.Items {
				got = append(got, p...)
			}
		}
		want := slices.Concat(accepted...)
		slices.Sort(got)
		slices.Sort(want)
		require.Equal(t, want, got, "round %d", round)
		s := q.Stats()
		require.Equal(t, s.Accepted, sum(s))
		require.Zero(t, q.Held())
	}
}

// What ends just when Shutdown begins must not be taken for the last that ends.
func TestLifeIsNotQuietBeforeItsCloserEnds(t *testing.T) {
	rounds := 100_000
	if testing.Short() {
		rounds = 20_000
	}
	lives := make([]*life, rounds)
	for i := range lives {
		lives[i] = newLife()
		lives[i].begin()
	}
	var turn, ended atomic.Int64
	var wg sync.WaitGroup
	wg.Go(func() {
		for i, l := range lives {
			until(&turn, i)
			for range i % 100 { // a little later each time, so that the two meet
				turn.Load()
			}
			l.end()
			ended.Add(1)
		}
	})
	for i, l := range lives {
		turn.Add(1)
		l.close()
		until(&ended, i)
		select {
		case <-l.quiet:
			t.Errorf("round %d: quiet while Shutdown is at work", i)
		default:
			l.end()
			<-l.quiet
		}
	}
	wg.Wait()
}

// until spins until n exceeds i, and lets others run where that takes long.
func until(n *atomic.Int64, i int) {
	for spins := 0; n.Load() <= int64(i); spins++ {
		if spins > 1000 {
			runtime.Gosched()
		}
	}
}
