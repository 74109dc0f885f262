// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// TestTheLeastRecentlyUsedLaneMakesWay follows which lanes there must be, tenant by tenant.
func TestTheLeastRecentlyUsedLaneMakesWay(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		k := tracesKind()
		r := newRig(t, k, testConfig(func(c *Config) {
			c.MetadataKeys, c.MetadataCardinalityLimit, c.MetadataIdleTimeout = []string{"tenant"}, 20, time.Hour
			c.Timeout = time.Microsecond
		}))
		random := rand.New(rand.NewPCG(1, 2))
		var want []string // the least recently used first
		for i := range 3000 {
			name := strconv.Itoa(random.IntN(40))
			want = slices.DeleteFunc(want, func(other string) bool { return other == name })
			want = append(want, name)
			if len(want) > 20 {
				want = want[1:]
			}
			require.NoError(t, r.consume(tenant(name), k.build("a", i)))
			<-time.After(time.Millisecond) // delivered
			require.ElementsMatch(t, want, r.liveTenants(), "after %d requests", i+1)
		}
		r.end()
	})
}

// TestOverTheLimitNobodyWaits has every lane but one stuck: that one makes way for new tenants, and where it does not
// either, they are refused at once.
func TestOverTheLimitNobodyWaits(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		k := tracesKind()
		r := newRig(t, k, testConfig(func(c *Config) {
			c.MetadataKeys, c.MetadataCardinalityLimit, c.MetadataIdleTimeout = []string{"tenant"}, 5, time.Hour
			c.Timeout = time.Microsecond
		}))
		hang := make(chan struct{})
		r.react = func(ctx context.Context, _ batch[ptrace.Traces]) error {
			if client.FromContext(ctx).Metadata.Get("tenant")[0] < "a" {
				<-hang
			}
			return nil
		}
		for i := range 4 {
			require.NoError(t, r.consume(tenant(strconv.Itoa(i)), k.build("a", i)))
		}
		<-time.After(time.Millisecond)
		begin, goroutines := time.Now(), runtime.NumGoroutine()
		for i := range 100 {
			require.NoError(t, r.consume(tenant("a"+strconv.Itoa(i)), k.build("a", i)))
			<-time.After(time.Millisecond)
		}
		assert.Equal(t, 100*time.Millisecond, time.Since(begin), "nothing but the pauses")
		assert.LessOrEqual(t, runtime.NumGoroutine(), goroutines)
		assert.ElementsMatch(t, []string{"0", "1", "2", "3", "a99"}, r.liveTenants())

		require.NoError(t, r.consume(tenant("4"), k.build("a", 4)))
		<-time.After(time.Millisecond)
		begin = time.Now()
		err := r.consume(tenant("b"), k.build("a", 5))
		require.ErrorContains(t, err, "too many batcher metadata-value combinations")
		assert.False(t, consumererror.IsPermanent(err), "room will come")
		assert.Zero(t, time.Since(begin))
		assert.Len(t, r.liveTenants(), 5)
		close(hang)
		<-time.After(time.Millisecond)
		require.NoError(t, r.consume(tenant("b"), k.build("a", 5)))
		assert.ElementsMatch(t, []string{"1", "2", "3", "4", "b"}, r.liveTenants())
		r.end()
	})
}

// TestALaneThatHeldSomethingWasInUse has a lane that takes long to deliver: it was in use all the time.
func TestALaneThatHeldSomethingWasInUse(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		k := tracesKind()
		r := newRig(t, k, testConfig(func(c *Config) {
			c.MetadataKeys, c.MetadataCardinalityLimit, c.MetadataIdleTimeout = []string{"tenant"}, 3, time.Hour
			c.Timeout = time.Microsecond
		}))
		r.react = func(ctx context.Context, _ batch[ptrace.Traces]) error {
			if client.FromContext(ctx).Metadata.Get("tenant")[0] == "slow" {
				<-time.After(10 * time.Second)
			}
			return nil
		}
		for i, name := range []string{"slow", "a", "b", "c"} { // c takes the place of a
			require.NoError(t, r.consume(tenant(name), k.build("a", i)))
			<-time.After(time.Second)
		}
		<-time.After(time.Minute)
		require.NoError(t, r.consume(tenant("d"), k.build("a", 4)))
		assert.ElementsMatch(t, []string{"slow", "c", "d"}, r.liveTenants())
		r.end()
	})
}

func TestIdleLanesCostNoGoroutine(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		k := tracesKind()
		r := newRig(t, k, testConfig(func(c *Config) {
			c.MetadataKeys, c.MetadataCardinalityLimit, c.MetadataIdleTimeout = []string{"tenant"}, 0, time.Hour
		}))
		goroutines := runtime.NumGoroutine()
		for i := range 5000 {
			require.NoError(t, r.consume(tenant(strconv.Itoa(i)), k.build("a", i)))
		}
		assert.LessOrEqual(t, runtime.NumGoroutine(), goroutines, "waiting for their timeout")
		<-time.After(time.Minute)
		synctest.Wait()
		assert.EqualValues(t, 5000, r.metric("lanes"))
		assert.EqualValues(t, 5000, r.metric("delivered_items"))
		assert.LessOrEqual(t, runtime.NumGoroutine(), goroutines, "idle")
		<-time.After(2 * time.Hour)
		synctest.Wait()
		assert.Zero(t, r.metric("lanes"))
		r.end()
	})
}
