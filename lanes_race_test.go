// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// TestLanesThatComeAndGoLoseNothing runs for real: five times as many tenants as there may be lanes, which go idle all
// the time, several producers each, and a Shutdown in the middle.
func TestLanesThatComeAndGoLoseNothing(t *testing.T) {
	const tenants, each, perProducer = 50, 2, 300
	for round := range 3 {
		k := tracesKind()
		r := newRig(t, k, testConfig(func(c *Config) {
			c.MetadataKeys, c.MetadataCardinalityLimit = []string{"tenant"}, 10
			c.MetadataIdleTimeout, c.Timeout = 2*time.Millisecond, 500*time.Microsecond
			c.SendBatchSize, c.Partitions, c.MaxBufferedItems = 4, 2, 60
		}))
		r.react = func(ctx context.Context, b batch[ptrace.Traces]) error {
			for _, id := range b.ids {
				assert.Equal(t, []string{strconv.Itoa(id % tenants)}, client.FromContext(ctx).Metadata.Get("tenant"))
			}
			return nil
		}
		var mu sync.Mutex
		accepted := map[int]int{}
		var producers sync.WaitGroup
		for p := range tenants * each {
			producers.Go(func() {
				random := rand.New(rand.NewPCG(uint64(round), uint64(p)))
				for i := range perProducer {
					id := (p/tenants*perProducer+i)*tenants + p%tenants
					if r.consume(tenant(strconv.Itoa(p%tenants)), k.build("a", id)) == nil {
						mu.Lock()
						accepted[id]++
						mu.Unlock()
					}
					<-time.After(time.Duration(random.IntN(300)) * time.Microsecond)
				}
			})
		}
		<-time.After(30 * time.Millisecond)
		require.NoError(t, r.processor.Shutdown(context.Background()))
		producers.Wait()
		r.assertEnded()
		delivered := map[int]int{}
		for _, id := range r.gotIDs() {
			delivered[id]++
		}
		t.Logf("%d of %d items were accepted", len(accepted), tenants*each*perProducer)
		require.NotEmpty(t, delivered)
		assert.Equal(t, accepted, delivered, "what was accepted, once")
		require.NoError(t, r.telemetry.Shutdown(context.Background()))
	}
}
