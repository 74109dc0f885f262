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
func contributorsOf[D any](requests []request[D]) contributors {
	var c collected
	for i := range requests {
		c.add(requests[i].ctx)
	}
	return c.contributors
}

// collected are contributors while they are found.
type collected struct {
	contributors
	seen map[spanKey]struct{}
}

// add notes the span that ctx carries. nil stands for one that carries none.
func (c *collected) add(ctx context.Context) {
	if ctx == nil {
		return
	}
	span := trace.SpanContextFromContext(ctx)
	if c.seen == nil {
		c.seen = map[spanKey]struct{}{}
	}
	id := spanKey{span.TraceID(), span.SpanID()}
	if _, known := c.seen[id]; known {
		return
	}
	if len(c.spans) == maxLinks {
		c.omitted++
		return
	}
	c.seen[id] = struct{}{}
	c.spans = append(c.spans, span)
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
