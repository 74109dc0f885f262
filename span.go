// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// maxLinks is how many contributors a delivery span links to; the rest are counted in an attribute.
const maxLinks = 128

// contributors are the spans whose requests became part of a batch.
type contributors struct {
	spans   []trace.SpanContext // distinct, at most maxLinks
	omitted int
}

type spanKey struct {
	trace trace.TraceID
	span  trace.SpanID
}

// contributorsOf costs a comparison for each request that carries no span. omitted may count a span more than
// once: only the linked ones are remembered.
func contributorsOf[D any](requests []request[D]) (c contributors) {
	var seen map[spanKey]struct{}
	for i := range requests {
		if requests[i].ctx == nil {
			continue
		}
		span := trace.SpanContextFromContext(requests[i].ctx)
		if seen == nil {
			seen = make(map[spanKey]struct{}, min(len(requests), maxLinks))
		}
		id := spanKey{span.TraceID(), span.SpanID()}
		if _, known := seen[id]; known {
			continue
		}
		if len(c.spans) == maxLinks {
			c.omitted++
			continue
		}
		seen[id] = struct{}{}
		c.spans = append(c.spans, span)
	}
	return c
}

// makesSpans reports whether a tracer makes spans, or is one of the several that do nothing. It asks for the child
// of a span that was not sampled, which therefore is not recorded either.
func makesSpans(tracer trace.Tracer) bool {
	parent := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{1}, Remote: true})
	_, child := tracer.Start(trace.ContextWithSpanContext(context.Background(), parent), "probe")
	defer child.End()
	return child.SpanContext().IsValid() && child.SpanContext().SpanID() != parent.SpanID()
}

// startSpan begins the span of a delivery: the child of a single contributor, or a root linked to several.
func (b *buffer[D]) startSpan(ctx context.Context, from contributors, items int) (context.Context, trace.Span) {
	opts := []trace.SpanStartOption{
		trace.WithSpanKind(trace.SpanKindInternal), trace.WithAttributes(attribute.Int("items", items)),
	}
	switch len(from.spans) {
	case 0:
	case 1:
		ctx = trace.ContextWithSpanContext(ctx, from.spans[0])
	default:
		links := make([]trace.Link, len(from.spans))
		for i, span := range from.spans {
			links[i] = trace.Link{SpanContext: span}
		}
		opts = append(opts, trace.WithLinks(links...))
		if from.omitted > 0 {
			opts = append(opts, trace.WithAttributes(attribute.Int("links.omitted", from.omitted)))
		}
	}
	return b.tracer.Start(ctx, b.spanName, opts...)
}

func endSpan(span trace.Span, err error) {
	if err != nil {
		span.RecordError(err)
		span.SetStatus(codes.Error, "delivery failed")
	}
	span.End()
}
