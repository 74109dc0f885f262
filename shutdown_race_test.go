// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// TestProducersDuringShutdown runs for real, under the race detector, a thousand times: 32 producers send while the
// processor is shut down. No item for which Consume returned nil is uncounted, and none is delivered twice.
func TestProducersDuringShutdown(t *testing.T) {
	rounds := 250 // of each signal
	if testing.Short() {
		rounds = 10
	}
	forEachKind(t,
		func(t *testing.T, k kind[ptrace.Traces]) { producersDuringShutdown(t, k, rounds) },
		func(t *testing.T, k kind[plog.Logs]) { producersDuringShutdown(t, k, rounds) },
		func(t *testing.T, k kind[pmetric.Metrics]) { producersDuringShutdown(t, k, rounds) },
		func(t *testing.T, k kind[pprofile.Profiles]) { producersDuringShutdown(t, k, rounds) })
}

func producersDuringShutdown[D comparable](t *testing.T, k kind[D], rounds int) {
	for round := range rounds {
		r := newRig(t, k, shutdownConfig(round))
		if round%3 == 0 {
			r.react = failingOn[D](map[int]error{3: errDown, 1_000_000_003: errDown, 2_000_000_010: errDown})
		}
		const producers = 32
		taken := make([][]int, producers) // what Consume returned nil for
		begin := make(chan struct{})
		var wg sync.WaitGroup
		for p := range producers {
			ctx := tenant(strconv.Itoa(p % 3))
			wg.Go(func() {
				<-begin
				for i := 0; !r.buffer.stopped(); i++ {
					ids := numbers(1_000_000_000*p+10*i, 1+(p+i)%4)
					if r.consume(ctx, k.build(strconv.Itoa(i%5), ids...)) == nil {
						taken[p] = append(taken[p], ids...)
					}
				}
			})
		}
		close(begin)
		for range 1 + round%40 {
			runtime.Gosched()
		}
		require.NoError(t, r.processor.Shutdown(context.Background()))
		wg.Wait()
		r.assertEnded()
		require.NoError(t, r.telemetry.Shutdown(context.Background()))
		assertLedger(t, r, slices.Concat(taken...), round)
		if t.Failed() {
			return
		}
	}
}

// shutdownConfig changes from round to round.
func shutdownConfig(round int) *Config {
	return testConfig(func(c *Config) {
		c.Partitions = 1 + round%4
		c.Timeout = time.Duration(round%3) * time.Millisecond
		c.SendBatchSize, c.SendBatchMaxSize = 8, 8
		c.MaxBufferedItems = 40
		c.OnOverflow = []string{"block", "reject", "drop_oldest"}[round%3]
		c.WaitForResult = round%5 == 0
		c.RetryOnFailure.Enabled = round%7 == 0
		if round%2 == 0 {
			c.MetadataKeys = []string{"tenant"}
		}
		if round%4 == 0 {
			c.PartitionBy = []string{"resource"}
		}
	})
}

// assertLedger compares what Consume returned nil for with what was delivered and what was counted.
func assertLedger[D comparable](t *testing.T, r *rig[D], taken []int, round int) {
	delivered := map[int]int{} // by id, how often
	for _, b := range r.got() {
		for _, id := range b.ids {
			delivered[id]++
		}
	}
	retried := r.buffer.cfg.RetryOnFailure.Enabled && r.react != nil
	for id, n := range delivered {
		if n > 1 && !retried { // a failed attempt is no delivery
			assert.Failf(t, "delivered twice", "round %d: %d", round, id)
		}
	}
	missing := 0
	for _, id := range taken {
		if delivered[id] == 0 {
			missing++
		}
	}
	b := r.buffer.balance()
	if r.buffer.cfg.WaitForResult {
		assert.Zero(t, missing, "round %d: Consume returned when it was delivered", round)
		return
	}
	assert.EqualValues(t, len(taken), b.accepted, "round %d", round)
	if r.react == nil {
		assert.EqualValues(t, missing, b.lost(), "round %d: what is not delivered is counted as lost", round)
	}
	spurious := maps.Clone(delivered)
	for _, id := range taken {
		delete(spurious, id)
	}
	assert.Empty(t, spurious, "round %d: refused and delivered", round)
	assert.Equal(t, b.accepted, b.delivered+b.lost(), "round %d", round)
}
