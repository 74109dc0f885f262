// SPDX-License-Identifier: Apache-2.0

package defects

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/client"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

var brokenTraceLinks = defect{
	test: "TestBrokenTraceLinks", what: "the trace of the request", upstream: "RFC, #11308, #5572",
	want: want{
		stock:      cell{{is: traceCut}},
		adapter:    cell{{is: traceLinked}},
		partbuffer: cell{{is: traceLinked}},
	},
}

func TestBrokenTraceLinks(t *testing.T) {
	brokenTraceLinks.observe(t, func(t *testing.T, s subject) outcome {
		r := begin(t, s)
		tracer := r.telemetry.NewTelemetrySettings().TracerProvider.Tracer("sender")
		request := func() trace.TraceID {
			ctx, span := tracer.Start(t.Context(), "request")
			defer span.End()
			require.NoError(t, r.send(ctx, spans(1)))
			return span.SpanContext().TraceID()
		}
		only := request()
		r.settle()
		first, second := request(), request()
		r.settle()

		require.Len(t, r.deliveries(), 2)
		alone, merged := trace.SpanFromContext(r.deliveries()[0].ctx), trace.SpanFromContext(r.deliveries()[1].ctx)
		if !alone.SpanContext().IsValid() && !merged.SpanContext().IsValid() {
			return traceCut
		}
		require.Equal(t, only, alone.SpanContext().TraceID())
		var linked []trace.TraceID
		for _, link := range merged.(sdktrace.ReadOnlySpan).Links() {
			linked = append(linked, link.SpanContext.TraceID())
		}
		require.ElementsMatch(t, []trace.TraceID{first, second}, linked)
		return traceLinked
	})
}

var lostClientMetadata = defect{
	test: "TestLostClientMetadata", what: "client metadata that the next component sees", upstream: "#4544, #14795",
	want: want{
		stock:      cell{{is: metadataNone}, {settings: stock.tenants, is: metadataListed}},
		adapter:    cell{{is: metadataVaries}, {settings: adapter.tenants, is: metadataLeaks}},
		partbuffer: cell{{is: metadataNone}, {settings: partbuffer.tenants, is: metadataListed}},
	},
}

func TestLostClientMetadata(t *testing.T) {
	lostClientMetadata.observe(t, func(t *testing.T, s subject) outcome {
		r := begin(t, s)
		request := func(token string) {
			ctx := client.NewContext(t.Context(), client.Info{Metadata: client.NewMetadata(map[string][]string{
				"tenant": {"a"}, "authorization": {token},
			})})
			require.NoError(t, r.send(ctx, spans(1)))
		}
		request("first")
		r.settle()
		request("second")
		request("third")
		r.settle()

		require.Len(t, r.deliveries(), 2)
		type seen struct{ tenant, authorization bool }
		see := func(d delivery) seen {
			m := client.FromContext(d.ctx).Metadata
			return seen{len(m.Get("tenant")) > 0, len(m.Get("authorization")) > 0}
		}
		alone, merged := see(r.deliveries()[0]), see(r.deliveries()[1])
		is, known := map[[2]seen]outcome{
			{{false, false}, {false, false}}: metadataNone,
			{{true, false}, {true, false}}:   metadataListed,
			{{true, true}, {false, false}}:   metadataVaries,
			{{true, true}, {true, false}}:    metadataLeaks,
		}[[2]seen{alone, merged}]
		require.True(t, known, "alone: %+v, merged: %+v", alone, merged)
		return is
	})
}

var contextIgnored = defect{
	test: "TestContextIgnoredWhileBlocked", what: "the buffer is full, and the sender has a deadline", upstream: "#14463",
	want: want{
		stock:      cell{{is: deadlineIgnored}},
		adapter:    cell{{is: deadlineHonored}},
		partbuffer: cell{{is: deadlineHonored}},
	},
}

func TestContextIgnoredWhileBlocked(t *testing.T) {
	contextIgnored.observe(t, func(t *testing.T, s subject) outcome {
		const enough = 1000
		r := begin(t, s, s.batchesOf100)
		r.hangs()
		for range enough {
			ended, took, err := r.sendWithin(time.Second, spans(100))
			switch {
			case !ended:
				return deadlineIgnored
			case err != nil:
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.Equal(t, time.Second, took)
				return deadlineHonored
			}
		}
		require.Fail(t, "the buffer has no limit")
		return ""
	})
}
