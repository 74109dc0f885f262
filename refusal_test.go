// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/partbuffer/partbufferprocessor/internal/failure"
)

func TestARefusedRequestIsWhole(t *testing.T) {
	forEachKind(t, refusedRequestIsWhole[ptrace.Traces], refusedRequestIsWhole[plog.Logs],
		refusedRequestIsWhole[pmetric.Metrics], refusedRequestIsWhole[pprofile.Profiles])
}

// refusedRequestIsWhole sends a request of several partitions that finds no room: who sends it again must have
// something to send.
func refusedRequestIsWhole[D comparable](t *testing.T, k kind[D]) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, k, testConfig(func(c *Config) {
			c.PartitionBy, c.MaxBufferedItems, c.OnOverflow, c.Timeout = []string{`resource.attributes["service.name"]`}, 4, "reject", time.Hour
		}))
		require.NoError(t, r.send("a", 1, 2))
		data := k.build("b", numbers(10, 3)...)
		require.Error(t, r.buffer.consume(t.Context(), data))
		assert.Equal(t, numbers(10, 3), k.ids(data))
		synctest.Wait() // the full buffer has gone
		require.NoError(t, r.consume(t.Context(), data))
		r.end()
		assert.ElementsMatch(t, []int{1, 2, 10, 11, 12}, r.gotIDs())
	})
}

func TestWhatEndsADeliveryEarlyIsCountedAndStaysOutOfOtherBatches(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		k := tracesKind()
		r := newRig(t, k, testConfig(func(c *Config) { c.MetadataKeys = []string{"tenant"} }))
		r.react = func(context.Context, batch[ptrace.Traces]) error { runtime.Goexit(); return nil }
		require.NoError(t, r.consume(tenant("a"), k.build("a", 1, 2)))
		require.NoError(t, r.consume(tenant("a"), k.build("b", 3)))
		<-time.After(time.Second)
		synctest.Wait()
		assert.EqualValues(t, 3, r.labeled("dropped_items", "reason", "panic"))
		assert.Equal(t, 1, r.logs.FilterMessage("Items were lost.").Len())
		r.react = nil
		require.NoError(t, r.consume(tenant("b"), k.build("a", 4)))
		r.end()
		last := r.got()[len(r.got())-1]
		assert.Equal(t, []int{4}, last.ids)
	})
}

// An OTLP receiver looks for a gRPC status in the error, and makes 503 or 429 with Retry-After of it over HTTP.
func TestARefusalSaysWhyAndWhenToComeAgain(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*Config)
		before []context.Context // senders of two items each
		ctx    context.Context
		code   codes.Code // Unknown = none
	}{
		"full": {
			change: func(c *Config) { c.MaxBufferedItems, c.OnOverflow = 4, "reject" },
			before: []context.Context{tenant("a"), tenant("a")}, ctx: tenant("a"), code: codes.Unavailable,
		},
		"full, all tenants together": {
			change: func(c *Config) {
				c.MaxBufferedItems, c.OnOverflow, c.MetadataKeys = 4, "reject", []string{"tenant"}
			},
			before: []context.Context{tenant("a"), tenant("b")}, ctx: tenant("c"), code: codes.Unavailable,
		},
		"a tenant that holds its half": {
			change: func(c *Config) {
				c.MaxBufferedItems, c.OnOverflow, c.MetadataKeys = 8, "reject", []string{"tenant"}
			},
			before: []context.Context{tenant("a"), tenant("b"), tenant("a")}, ctx: tenant("a"), code: codes.ResourceExhausted,
		},
		"too many tenants": {
			change: func(c *Config) { c.MetadataKeys, c.MetadataCardinalityLimit = []string{"tenant"}, 1 },
			before: []context.Context{tenant("a")}, ctx: tenant("b"), code: codes.ResourceExhausted,
		},
		"too many tenants for ever": {
			change: func(c *Config) {
				c.MetadataKeys, c.MetadataCardinalityLimit, c.MetadataIdleTimeout = []string{"tenant"}, 1, 0
			},
			before: []context.Context{tenant("a")}, ctx: tenant("b"), code: codes.Unknown,
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				k := tracesKind()
				r := newRig(t, k, testConfig(tc.change))
				hang := make(chan struct{})
				r.react = func(context.Context, batch[ptrace.Traces]) error { <-hang; return nil }
				for _, ctx := range tc.before {
					require.NoError(t, r.consume(ctx, k.build("a", 1, 2)))
				}
				err := r.consume(tc.ctx, k.build("a", 3, 4))
				require.ErrorContains(t, err, "refused 2 of 2 items")
				lines := r.logs.FilterMessage("Items were refused. Their sender was told.").All()
				require.Len(t, lines, 1)
				assert.EqualValues(t, 2, lines[0].ContextMap()["items_since_last_log"])
				s, ok := status.FromError(err)
				assert.Equal(t, tc.code, s.Code())
				if tc.code == codes.Unknown {
					assert.False(t, ok)
					assert.True(t, consumererror.IsPermanent(err))
				} else {
					assert.False(t, consumererror.IsPermanent(err))
					assert.Equal(t, time.Second, failure.RetryAfter(err))
					require.Len(t, s.Details(), 1)
					assert.Equal(t, time.Second, s.Details()[0].(*errdetails.RetryInfo).GetRetryDelay().AsDuration())
				}
				close(hang)
				r.end()
				err = r.consume(tenant("a"), k.build("a", 5))
				assert.Equal(t, codes.Unavailable, status.Code(errors.Unwrap(err)), "it is shut down, and another may be up")
			})
		})
	}
}

func TestPanicsAreLoggedOnceAMinuteWithTheirNumber(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, tracesKind(), testConfig(func(c *Config) { c.Timeout, c.Partitions = 0, 1 }))
		r.react = func(context.Context, batch[ptrace.Traces]) error { panic("downstream") }
		for id := range 100 {
			require.NoError(t, r.send("a", 2*id, 2*id+1))
			<-time.After(time.Second)
		}
		synctest.Wait()
		panics := r.logs.FilterMessage("A component downstream panicked.").All()
		require.Len(t, panics, 2)
		first, second := panics[0].ContextMap(), panics[1].ContextMap()
		assert.Contains(t, first["panic_stack"], "refusal_test.go", "where it happened")
		assert.Contains(t, first["error"], "downstream")
		assert.Equal(t, "traces", first["signal"])
		assert.EqualValues(t, 2, first["items"])
		assert.EqualValues(t, 1, first["lanes"])
		assert.EqualValues(t, 1, first["panics_since_last_log"])
		assert.EqualValues(t, 60, second["panics_since_last_log"])
		lost := r.logs.FilterMessage("Items were lost.").All()
		require.Len(t, lost, 2)
		assert.EqualValues(t, 120, lost[1].ContextMap()["items_since_last_log"])
		r.end()
		assert.EqualValues(t, 200, r.buffer.balance().dropped[reasonPanic])
		lost = r.logs.FilterMessage("Items were lost.").All()
		assert.EqualValues(t, 78, lost[2].ContextMap()["items_since_last_log"], "what the log was spared comes at the end")
	})
}
