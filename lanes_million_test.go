// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"runtime"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// manyTenants is fewer where the race detector is on, which takes ten times as long.
func manyTenants(n int) int {
	if raceEnabled {
		return min(n, 20_000)
	}
	return n
}

// checkOff makes the rig forget what it gets, apart from which ids those were.
func (r *rig[D]) checkOff(ids int) (seen []uint8) {
	seen = make([]uint8, ids)
	r.react = func(_ context.Context, b batch[D]) error {
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, id := range b.ids {
			seen[id]++
		}
		r.telemetry.SpanRecorder.Reset()
		clear(r.batches)
		r.batches = r.batches[:0]
		return nil
	}
	return seen
}

func assertOnce(t tester, seen []uint8) {
	t.Helper()
	for id, n := range seen {
		if n != 1 {
			require.Failf(t, "not exactly once", "item %d was delivered %d times", id, n)
		}
	}
}

// TestNoAllocationOfAMillionTenantsStays sends one request for each of a million tenants, five times as many per
// second as there may be lanes.
func TestNoAllocationOfAMillionTenantsStays(t *testing.T) {
	tenants := manyTenants(1_000_000)
	inBubble(t, func(t *testing.T) {
		k := tracesKind()
		r := newRig(t, k, testConfig(func(c *Config) {
			c.MetadataKeys, c.MetadataIdleTimeout, c.MetadataCardinalityLimit = []string{"tenant"}, time.Second, 1000
			c.Timeout = 100 * time.Millisecond
		}))
		tenantsLeaveNothing(t, r, tenants, func(i int) ptrace.Traces { return k.build("a", i) })
	})
}

// TestNoAllocationOfTenantsStaysInMapMode is the same for lanes that keep the newest of every key.
func TestNoAllocationOfTenantsStaysInMapMode(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		k := tracesMapKind()
		r := newMapRig(t, k, mapConfig(func(c *Config) {
			c.MetadataKeys, c.MetadataIdleTimeout, c.MetadataCardinalityLimit = []string{"tenant"}, time.Second, 1000
			c.Timeout = 100 * time.Millisecond
		}))
		tenantsLeaveNothing(t, r, manyTenants(20_000), func(i int) ptrace.Traces {
			key := "" // passes through
			if i%2 == 0 {
				key = "k"
			}
			return k.request([]sample{{id: i, resource: "a", key: key, at: 1}})
		})
	})
}

func tenantsLeaveNothing[D comparable](t *testing.T, r *rig[D], tenants int, build func(int) D) {
	warm := 2000
	seen := r.checkOff(tenants + warm)
	send := func(i int) {
		require.NoError(t, r.consume(tenant(strconv.Itoa(i)), build(i)))
		if i%10 == 0 {
			<-time.After(2 * time.Millisecond)
		}
	}
	settle := func() (heap int64, goroutines int) {
		<-time.After(time.Minute)
		synctest.Wait()
		assert.Zero(t, r.metric("lanes"))
		r.telemetry.SpanRecorder.Reset()
		return heapBytes(), runtime.NumGoroutine()
	}
	for i := range warm { // pools, maps and the like grow to their size
		send(i)
	}
	heap, goroutines := settle()
	for i := warm; i < warm+tenants; i++ {
		send(i)
	}
	heapAfter, goroutinesAfter := settle()
	t.Logf("%d tenants: heap %+d bytes, %d and then %d goroutines", tenants, heapAfter-heap, goroutines, goroutinesAfter)
	assert.Less(t, heapAfter-heap, int64(256<<10))
	assert.LessOrEqual(t, goroutinesAfter, goroutines)
	assert.Zero(t, r.metric("refused_items"))
	assert.EqualValues(t, tenants+warm, r.metric("delivered_items"))
	r.end()
	assertOnce(t, seen)
}
