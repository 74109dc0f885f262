// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// slow is a destination that takes five milliseconds a batch, and never returns for those that hang names. Producers
// send to it as fast as they are let.
type slow struct {
	change    func(*Config)
	producers []producer
	hang      func(context.Context, batch[ptrace.Traces]) bool
	pause     time.Duration // between two requests of a producer, for policies that do not hold it up
}

type producer struct {
	ctx      context.Context
	resource string
}

const requestItems = 10

// run returns how many items were delivered in ten seconds.
func (s slow) run(t *testing.T) (delivered int64) {
	inBubble(t, func(t *testing.T) {
		k := tracesKind()
		r := newRig(t, k, testConfig(s.change))
		let := make(chan struct{})
		var arrived atomic.Int64
		r.react = func(ctx context.Context, b batch[ptrace.Traces]) error {
			r.mu.Lock()
			r.batches = nil
			r.mu.Unlock()
			if s.hang != nil && s.hang(ctx, b) {
				<-let
				return nil
			}
			<-time.After(5 * time.Millisecond)
			arrived.Add(int64(len(b.ids)))
			return nil
		}
		var writers sync.WaitGroup
		var stopped atomic.Bool
		for _, p := range s.producers {
			writers.Go(func() {
				for i := 0; !stopped.Load(); i++ {
					err := r.consume(p.ctx, k.build(p.resource, numbers(i, requestItems)...))
					if s.pause > 0 {
						<-time.After(s.pause)
					} else {
						assert.NoError(t, err)
					}
				}
			})
		}
		<-time.After(10 * time.Second)
		delivered = arrived.Load()
		stopped.Store(true)
		close(let)
		writers.Wait()
		r.end()
	})
	return delivered
}

func batchesOf(items, partitions, capacity int) func(*Config) {
	return func(c *Config) {
		c.SendBatchSize, c.SendBatchMaxSize, c.Partitions, c.MaxBufferedItems = items, items, partitions, capacity
	}
}

// overload is what a producer pauses between two requests, so that more comes than the destination takes.
var overload = map[string]time.Duration{"block": 0, "reject": time.Millisecond, "drop_oldest": time.Millisecond}

func TestAHungTenantCostsTheOthersNothing(t *testing.T) {
	for policy, pause := range overload {
		t.Run(policy, func(t *testing.T) { hungTenant(t, policy, pause) })
	}
}

func hungTenant(t *testing.T, policy string, pause time.Duration) {
	s := slow{pause: pause, change: func(c *Config) {
		batchesOf(20, 4, 2000)(c)
		c.MetadataKeys, c.OnOverflow = []string{"tenant"}, policy
	}}
	for i := range 4 {
		s.producers = append(s.producers, producer{tenant(strconv.Itoa(i)), "a"})
	}
	alone := s.run(t)
	s.producers = append(s.producers, producer{tenant("hung"), "a"})
	s.hang = func(ctx context.Context, _ batch[ptrace.Traces]) bool {
		return client.FromContext(ctx).Metadata.Get("tenant")[0] == "hung"
	}
	beside := s.run(t)
	t.Logf("%d items in ten seconds, %d beside a hung tenant", alone, beside)
	require.Positive(t, alone)
	assert.GreaterOrEqual(t, float64(beside), 0.9*float64(alone))
}

func TestAHungPartitionCostsItsOwnShare(t *testing.T) {
	for _, n := range []int{4, 16} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			s := slow{change: batchesOf(20, n, 0), producers: []producer{{context.Background(), "a"}}}
			all := s.run(t)
			var once sync.Once
			s.hang = func(context.Context, batch[ptrace.Traces]) (first bool) {
				once.Do(func() { first = true })
				return first
			}
			rest := s.run(t)
			t.Logf("%d items in ten seconds, %d with one of %d partitions hung", all, rest, n)
			require.Positive(t, all)
			assert.GreaterOrEqual(t, float64(rest), 0.9*float64(all)*float64(n-1)/float64(n))
		})
	}
}
