// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestGroupNeverStopsWhileThereIsWork runs queues of one group for real, with limits so small that writers wait
// all the time and intervals so long that a lost wake-up is for ever. Queues come and go meanwhile, and a third
// of the writers gives up now and then.
func TestGroupNeverStopsWhileThereIsWork(t *testing.T) {
	rounds := 15
	if testing.Short() {
		rounds = 3
	}
	for round := range rounds {
		g := NewGroup(Weight{Items: 6 + round%13, Bytes: 1000})
		var members sync.WaitGroup
		results := make(chan error, 15)
		for member := range 5 {
			members.Go(func() {
				for range 3 {
					results <- workInGroup(t, g, Overflow(member%2), uint64(100*round+member))
				}
			})
		}
		finished := make(chan struct{})
		go func() { members.Wait(); close(finished) }()
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
		require.False(t, g.starved.Load())
	}
}

func workInGroup(t *testing.T, g *Group, policy Overflow, seed uint64) error {
	var processed atomic.Int64
	q, err := NewQueue(QueueOptions[parcel]{
		Process: func(_ context.Context, b Batch[parcel]) error {
			runtime.Gosched()
			processed.Add(int64(b.Weight.Items))
			return nil
		},
		Weigh: weighParcel, Split: splitParcel, Group: g, Overflow: policy, Partitions: 1 + int(seed%3),
		Limits: Limits{Interval: never, Trigger: Weight{Items: 5}, MaxBatch: Weight{Items: 5}},
	})
	if err != nil {
		return err
	}
	var accepted atomic.Int64
	var writers sync.WaitGroup
	for writer := range 6 {
		writers.Go(func() {
			random := rand.New(rand.NewPCG(seed, uint64(writer)))
			for i := range 60 {
				ctx, cancel := context.Background(), func() {}
				if writer%3 == 0 {
					ctx, cancel = context.WithTimeout(ctx, time.Duration(random.IntN(200))*time.Microsecond)
				}
				n := 1 + random.IntN(9) // sometimes more than the share
				if i%20 == 0 {
					n = 30 // more than the group holds
				}
				err := q.Push(ctx, numbered(0, n))
				cancel()
				if err == nil {
					accepted.Add(int64(n))
				} else if partial, ok := errors.AsType[*PartialError](err); ok {
					accepted.Add(int64(partial.Accepted.Items))
				}
			}
		})
	}
	writers.Wait()
	err = q.Shutdown(context.Background())
	assert.Equal(t, accepted.Load(), processed.Load())
	assertBalanced(t, q)
	return err
}
