// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestQuotasNeverStopWhileThereIsWork is TestGroupNeverStopsWhileThereIsWork for routed queues: writes of several
// parts, of which partitions are full all the time.
func TestQuotasNeverStopWhileThereIsWork(t *testing.T) {
	rounds := 15
	if testing.Short() {
		rounds = 3
	}
	for round := range rounds {
		g := NewGroup(Weight{Items: 16 + round%9, Bytes: 1000}) // a quota takes any part
		var queues sync.WaitGroup
		results := make(chan error, 3)
		for n := range 3 {
			queues.Go(func() { results <- workRouted(t, g, Overflow(n), uint64(100*round+n)) })
		}
		finished := make(chan struct{})
		go func() { queues.Wait(); close(finished) }()
		select {
		case <-finished:
		case <-time.After(time.Minute):
			require.Fail(t, "writers wait for ever", "round %d: %+v held of %+v", round, g.Held(), g.Capacity())
		}
		close(results)
		for err := range results {
			require.NoError(t, err)
		}
		require.Zero(t, g.Held(), "room that nobody gave back")
		require.Empty(t, g.waiters)
	}
}

// tally counts how often each element went in and came out. It is safe for concurrent use.
type tally struct {
	mu    sync.Mutex
	count map[int]int
}

func (c *tally) add(n int, parcels ...parcel) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range parcels {
		for _, element := range p {
			c.count[element] += n
		}
	}
}

func workRouted(t *testing.T, g *Group, policy Overflow, seed uint64) error {
	open := tally{count: map[int]int{}}
	q, err := NewQueue(QueueOptions[parcel]{
		Process: func(_ context.Context, b Batch[parcel]) error {
			runtime.Gosched()
			open.add(-1, b.Items...)
			return nil
		},
		Weigh: weighParcel, Split: splitParcel, Group: g, Overflow: policy, Partitions: 3,
		Route:    byHundreds,
		Limits:   Limits{Interval: never, Trigger: Weight{Items: 5}, MaxBatch: Weight{Items: 5}},
		Observer: Observer[parcel]{Dropped: func(items []parcel, _ Weight, _ error) { open.add(-1, items...) }},
	})
	if err != nil {
		return err
	}
	var writers sync.WaitGroup
	for writer := range 6 {
		writers.Go(func() {
			random := rand.New(rand.NewPCG(seed, uint64(writer)))
			for i := range 60 {
				ctx, cancel := context.Background(), func() {}
				if writer%3 == 0 {
					ctx, cancel = context.WithTimeout(ctx, time.Duration(random.IntN(200))*time.Microsecond)
				}
				parts := make([]parcel, 1+random.IntN(4))
				total := Weight{}
				for n := range parts {
					parts[n] = numbered(1000*(60*writer+i)+100*n, 1+random.IntN(4)) // no two parts alike
					total = total.plus(weighParcel(parts[n]))
				}
				written := make([]parcel, len(parts))
				for n, p := range parts {
					written[n] = append(parcel(nil), p...)
				}
				open.add(1, written...)
				var err error
				if i%2 == 0 {
					err = q.Push(ctx, parts...)
				} else {
					err = q.PushFunc(ctx, total, func() []parcel { return parts }, nil)
				}
				cancel()
				notTaken(&open, parts, written, err)
			}
		})
	}
	writers.Wait()
	err = q.Shutdown(context.Background())
	for element, n := range open.count {
		assert.Zero(t, n, "element %d", element)
	}
	assertBalanced(t, q)
	return err
}

// notTaken counts off what a write did not take.
func notTaken(open *tally, parts, written []parcel, err error) {
	if partial, ok := errors.AsType[*PartialError](err); ok {
		open.add(-1, parts[partial.Whole:]...)
	} else if err != nil {
		open.add(-1, written...)
	}
}
