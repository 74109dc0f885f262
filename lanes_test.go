// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
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

func withMetadata(md map[string][]string) context.Context {
	return client.NewContext(context.Background(), client.Info{Metadata: client.NewMetadata(md)})
}

func tenant(name string) context.Context { return withMetadata(map[string][]string{"tenant": {name}}) }

func TestLanesKeepTenantsApart(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		k := tracesKind()
		r := newRig(t, k, testConfig(func(c *Config) { c.MetadataKeys = []string{"Token", "ORG"} }))
		contexts := []context.Context{
			context.Background(),
			withMetadata(map[string][]string{"token": {""}}),
			withMetadata(map[string][]string{"token": {"a"}}),
			withMetadata(map[string][]string{"org": {"a"}}),
			withMetadata(map[string][]string{"token": {"a", "b"}}),
			withMetadata(map[string][]string{"token": {"b", "a"}}),
			withMetadata(map[string][]string{"token": {"ab"}}),
			withMetadata(map[string][]string{"token": {"a"}, "org": {"b"}}),
			withMetadata(map[string][]string{"token": {"\x01a\xff\xfe"}}), // malformed: a lane of its own
			withMetadata(map[string][]string{"token": {"a\x01b"}}),
			withMetadata(map[string][]string{"token": {"ab", "c"}}), // the same letters in the same order
			withMetadata(map[string][]string{"token": {"a", "bc"}}),
		}
		for round := range 3 {
			for i, ctx := range contexts {
				require.NoError(t, r.consume(ctx, k.build("a", 10*i+round)))
			}
		}
		// An empty list is as good as none, and the case of a key does not matter.
		require.NoError(t, r.consume(withMetadata(map[string][]string{"token": {}}), k.build("a", 3)))
		require.NoError(t, r.consume(withMetadata(map[string][]string{"TOKEN": {"a"}, "other": {"x"}}), k.build("a", 23)))
		assert.EqualValues(t, len(contexts), r.metric("lanes"))
		<-time.After(time.Second)
		synctest.Wait()
		require.Len(t, r.got(), len(contexts))
		for _, b := range r.got() {
			lane := b.ids[0] / 10
			for _, id := range b.ids {
				assert.Equal(t, lane, id/10, "batch %v mixes tenants", b.ids)
			}
			for _, key := range []string{"token", "org"} {
				want := client.FromContext(contexts[lane]).Metadata.Get(key)
				assert.Equal(t, want, client.FromContext(b.ctx).Metadata.Get(key), "lane %d, %s", lane, key)
			}
		}
		r.end()
	})
}

func TestTooManyLanesIsPermanentOnlyWhereLanesNeverGo(t *testing.T) {
	for name, tc := range map[string]struct {
		idle      time.Duration
		permanent bool
	}{"lanes go": {idle: time.Minute}, "lanes stay": {permanent: true}} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				k := tracesKind()
				r := newRig(t, k, testConfig(func(c *Config) {
					c.MetadataKeys, c.MetadataCardinalityLimit, c.MetadataIdleTimeout = []string{"tenant"}, 2, tc.idle
				}))
				require.NoError(t, r.consume(tenant("a"), k.build("a", 1)))
				require.NoError(t, r.consume(tenant("b"), k.build("a", 2)))
				err := r.consume(tenant("c"), k.build("a", 3))
				require.ErrorContains(t, err, "too many batcher metadata-value combinations")
				assert.Equal(t, tc.permanent, consumererror.IsPermanent(err))
				assert.EqualValues(t, 1, r.metric("refused_items"))
				<-time.After(time.Millisecond)
				require.NoError(t, r.consume(tenant("a"), k.build("a", 4)), "known tenants go on")

				<-time.After(time.Second) // everything is delivered: lanes a and b are empty
				err = r.consume(tenant("c"), k.build("a", 5))
				if tc.permanent {
					require.Error(t, err)
				} else {
					require.NoError(t, err, "the least recently used empty lane gives way")
					assert.NotContains(t, r.liveTenants(), "b")
					assert.Contains(t, r.liveTenants(), "a")
				}
				r.end()
			})
		})
	}
}

func (r *rig[D]) liveTenants() (names []string) {
	r.buffer.lanes.mu.RLock()
	defer r.buffer.lanes.mu.RUnlock()
	for _, l := range r.buffer.lanes.live {
		names = append(names, l.info.Metadata.Get("tenant")...)
	}
	slices.Sort(names)
	return names
}

func TestIdleLanesAreRemovedAndStayAccountedFor(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		k := tracesKind()
		r := newRig(t, k, testConfig(func(c *Config) {
			c.MetadataKeys, c.MetadataIdleTimeout = []string{"tenant"}, 10*time.Second
		}))
		for i := range 5 {
			require.NoError(t, r.consume(tenant(strconv.Itoa(i)), k.build("a", i)))
		}
		for range 4 { // tenant 3 stays in use
			<-time.After(4 * time.Second)
			require.NoError(t, r.consume(tenant("3"), k.build("a", 3)))
		}
		<-time.After(time.Second)
		synctest.Wait()
		assert.Equal(t, []string{"3"}, r.liveTenants())
		assert.EqualValues(t, 9, r.metric("accepted_items"), "the account of removed lanes stays")
		assert.EqualValues(t, 9, r.metric("delivered_items"))
		<-time.After(time.Minute)
		synctest.Wait()
		assert.Zero(t, r.metric("lanes"))
		require.NoError(t, r.consume(tenant("1"), k.build("a", 9)), "a removed tenant comes back")
		r.end()
		assert.Contains(t, r.gotIDs(), 9)
	})
}

func TestALaneThatHoldsSomethingIsNotRemoved(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		k := tracesKind()
		r := newRig(t, k, testConfig(func(c *Config) {
			c.MetadataKeys, c.MetadataIdleTimeout = []string{"tenant"}, time.Second
		}))
		hang := make(chan struct{})
		r.react = func(context.Context, batch[ptrace.Traces]) error { <-hang; return nil }
		require.NoError(t, r.consume(tenant("a"), k.build("a", 1)))
		<-time.After(time.Minute)
		synctest.Wait()
		assert.Equal(t, []string{"a"}, r.liveTenants())
		assert.EqualValues(t, 1, r.metric("in_flight_items"))
		close(hang)
		<-time.After(time.Minute)
		synctest.Wait()
		assert.Empty(t, r.liveTenants())
		r.end()
	})
}

func TestOneStuckTenantLeavesHalfOfTheRoom(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		k := tracesKind()
		r := newRig(t, k, testConfig(func(c *Config) {
			c.MetadataKeys, c.MaxBufferedItems, c.OnOverflow = []string{"tenant"}, 100, "reject"
		}))
		hang := make(chan struct{})
		r.react = func(ctx context.Context, _ batch[ptrace.Traces]) error {
			if client.FromContext(ctx).Metadata.Get("tenant")[0] == "stuck" {
				<-hang
			}
			return nil
		}
		require.NoError(t, r.consume(tenant("fine"), k.build("a", 0)))
		refused := 0
		for i := range 100 {
			if r.consume(tenant("stuck"), k.build("a", i)) != nil {
				refused++
			}
		}
		assert.Equal(t, 50, refused, "one tenant holds at most half")
		for i := range 49 {
			require.NoError(t, r.consume(tenant("fine"), k.build("a", i)))
		}
		close(hang)
		r.end()
	})
}

func TestManyTenantsOneAfterTheOtherLeaveNothingBehind(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		k := tracesKind()
		r := newRig(t, k, testConfig(func(c *Config) {
			c.MetadataKeys, c.MetadataCardinalityLimit, c.MetadataIdleTimeout = []string{"tenant"}, 10, time.Second
			c.Timeout = time.Millisecond
		}))
		for i := range 2000 {
			require.NoError(t, r.consume(tenant(strconv.Itoa(i)), k.build("a", i)))
			<-time.After(2 * time.Millisecond)
		}
		assert.LessOrEqual(t, r.metric("lanes"), int64(10))
		<-time.After(time.Minute)
		synctest.Wait()
		assert.Zero(t, r.metric("lanes"))
		assert.EqualValues(t, 2000, r.metric("delivered_items"))
		r.end()
	})
}
