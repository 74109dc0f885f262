// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

type contextKey struct{}

func TestNothingOfTheCallersContextReachesDownstream(t *testing.T) {
	for name, keys := range map[string][]string{"no metadata keys": nil, "metadata keys": {"tenant"}} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				k := tracesKind()
				r := newRig(t, k, testConfig(func(c *Config) { c.MetadataKeys = keys }))
				ctx, cancel := context.WithTimeout(context.WithValue(context.Background(), contextKey{}, "x"), time.Millisecond)
				ctx = client.NewContext(ctx, client.Info{
					Addr:     &net.IPAddr{IP: net.IPv4(1, 2, 3, 4)},
					Metadata: client.NewMetadata(map[string][]string{"tenant": {"a"}, "secret": {"b"}}),
				})
				require.NoError(t, r.consume(ctx, k.build("a", 1)))
				cancel()
				<-time.After(time.Second)
				synctest.Wait()
				require.Len(t, r.got(), 1)
				got := r.got()[0].ctx
				require.NoError(t, got.Err(), "the caller's cancellation")
				_, deadline := got.Deadline()
				assert.False(t, deadline, "the caller's deadline")
				assert.Nil(t, got.Value(contextKey{}))
				info := client.FromContext(got)
				assert.Nil(t, info.Addr)
				assert.Nil(t, info.Metadata.Get("secret"))
				if keys != nil {
					assert.Equal(t, []string{"a"}, info.Metadata.Get("tenant"))
				} else {
					assert.Nil(t, info.Metadata.Get("tenant"))
				}
				r.end()
			})
		})
	}
}

func TestDeliverySpanFollowsItsContributors(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		k := tracesKind()
		r := newRig(t, k, testConfig(nil))
		tracer := r.telemetry.NewTelemetrySettings().TracerProvider.Tracer("receiver")
		receive := func(n int) (contributors []trace.SpanContext) {
			for i := range n {
				ctx, span := tracer.Start(context.Background(), "receive")
				require.NoError(t, r.consume(ctx, k.build("a", i)))
				require.NoError(t, r.consume(ctx, k.build("a", i)), "the same contributor twice")
				span.End()
				contributors = append(contributors, span.SpanContext())
			}
			<-time.After(time.Second)
			synctest.Wait()
			return contributors
		}
		delivery := func() sdktrace.ReadOnlySpan {
			spans := r.telemetry.SpanRecorder.Ended()
			return spans[len(spans)-1]
		}

		one := receive(1)
		assert.Equal(t, "processor/partbuffer/traces", delivery().Name())
		assert.Equal(t, one[0].SpanID(), delivery().Parent().SpanID(), "the child of a single contributor")
		assert.Empty(t, delivery().Links())
		assert.Equal(t, delivery().SpanContext().SpanID(), trace.SpanContextFromContext(r.got()[0].ctx).SpanID(), "what downstream sees")

		two := receive(2)
		require.Len(t, delivery().Links(), 2)
		assert.False(t, delivery().Parent().IsValid())
		assert.Equal(t, two[0].SpanID(), delivery().Links()[0].SpanContext.SpanID())
		assert.Equal(t, two[1].SpanID(), delivery().Links()[1].SpanContext.SpanID())

		receive(maxLinks + 5)
		assert.Len(t, delivery().Links(), maxLinks)
		omitted := ""
		for _, a := range delivery().Attributes() {
			if a.Key == "links.omitted" {
				omitted = a.Value.String()
			}
		}
		assert.Equal(t, "10", omitted, "two requests of each of the 5 contributors beyond the limit")
		r.end()
	})
}

func TestFailedDeliveryMarksItsSpan(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, logsKind(), testConfig(nil))
		r.react = failing[logsData](assert.AnError)
		require.NoError(t, r.send("a", 1))
		r.end()
		spans := r.telemetry.SpanRecorder.Ended()
		require.Len(t, spans, 1)
		assert.Equal(t, codes.Error, spans[0].Status().Code)
		assert.True(t, strings.HasSuffix(spans[0].Name(), "/logs"))
	})
}
