// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"context"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

var _ Keeper[ptrace.Traces, KeptSpan] = Traces{}

// KeptSpan is a span outside of its request. It is not safe for concurrent use.
type KeptSpan struct {
	scope *placeScope
	span  ptrace.Span
}

// AppendItems appends n empty spans to dst. They come from one slice because a
// span alone takes a second allocation.
func (Traces) AppendItems(dst []KeptSpan, n int) []KeptSpan {
	spans := ptrace.NewSpanSlice()
	for range n {
		dst = append(dst, KeptSpan{span: spans.AppendEmpty()})
	}
	return dst
}

// ItemBytes is the protobuf size of a span.
func (Traces) ItemBytes(k *KeptSpan) int {
	var sizer ptrace.ProtoMarshaler
	return sizer.SpanSize(k.span)
}

// Plan decides about spans; see Keeper.
func (Traces) Plan(ctx context.Context, p *Plan, td ptrace.Traces) {
	for _, rs := range td.ResourceSpans().All() {
		p.resource(rs.Resource())
		for _, ss := range rs.ScopeSpans().All() {
			p.scope(ss.Scope())
			p.span.Resource, p.span.Scope = rs, ss
			for _, span := range ss.Spans().All() {
				p.span.Span = span
				p.planSpan(ctx)
			}
		}
	}
}

func (p *Plan) planSpan(ctx context.Context) {
	if p.conditional && p.excluded(p.rules.Conditions.Span(ctx, &p.span)) {
		return
	}
	canonical, hasValue, err := p.rules.Key.AppendSpan(p.inner(), &p.span)
	p.item(canonical, hasValue, err, p.spanTime())
}

// spanTime is the end of a span, or its start where it has no end.
func (p *Plan) spanTime() pcommon.Timestamp {
	if t := p.span.Span.EndTimestamp(); t != 0 {
		return t
	}
	return p.span.Span.StartTimestamp()
}

// Take moves spans out of td; see Keeper.
func (Traces) Take(p *Plan, td ptrace.Traces, places *Places, items []KeptSpan) {
	places.trim()
	t := spanTaker{places: places, items: items}
	for _, rs := range td.ResourceSpans().All() {
		t.resource = nil
		for _, ss := range rs.ScopeSpans().All() {
			t.scope, t.from, t.within = nil, rs, ss
			if !p.whole() {
				ss.Spans().RemoveIf(func(span ptrace.Span) bool { return p.take(func() { t.take(span) }) })
				continue
			}
			for _, span := range ss.Spans().All() {
				t.take(span)
			}
		}
	}
	if p.whole() {
		return
	}
	td.ResourceSpans().RemoveIf(func(rs ptrace.ResourceSpans) bool {
		rs.ScopeSpans().RemoveIf(func(ss ptrace.ScopeSpans) bool { return ss.Spans().Len() == 0 })
		return rs.ScopeSpans().Len() == 0
	})
}

// spanTaker takes spans out of one request. Its places are those of the scope at
// hand, looked up when its first span is kept.
type spanTaker struct {
	places   *Places
	items    []KeptSpan // those that are left
	from     ptrace.ResourceSpans
	within   ptrace.ScopeSpans
	resource *knownResource
	scope    *knownScope
}

func (t *spanTaker) take(span ptrace.Span) {
	if t.resource == nil {
		t.resource = t.places.resource(t.from.Resource(), t.from.SchemaUrl())
	}
	if t.scope == nil {
		t.scope = t.places.scope(t.resource, t.within.Scope(), t.within.SchemaUrl())
	}
	item := &t.items[0]
	t.items = t.items[1:]
	item.scope = t.scope.place
	span.MoveTo(item.span)
}

// GiveBack puts refused back into td; see Keeper.
func (Traces) GiveBack(p *Plan, td, refused ptrace.Traces) {
	if p.whole() {
		groupDone(td.ResourceSpans()) // the emptied items
	}
	refused.ResourceSpans().MoveAndAppendTo(td.ResourceSpans())
}

// NewBuilder returns a Builder of spans.
func (t Traces) NewBuilder(attribute string) Builder[ptrace.Traces, KeptSpan] {
	return &tracesBuilder{attribute: attribute, merger: t.NewMerger(true)}
}

type tracesBuilder struct {
	attribute string
	merger    Merger[ptrace.Traces]
	out       ptrace.Traces
	placement[ptrace.ResourceSpans, ptrace.ScopeSpans]
}

// Add copies a span.
func (b *tracesBuilder) Add(item *KeptSpan, updates int) {
	if b.empty() {
		b.out = ptrace.NewTraces()
	}
	scope, known := b.scope(item.scope)
	if !known {
		resource, known := b.resource(item.scope.of)
		if !known {
			resource = b.out.ResourceSpans().AppendEmpty()
			item.scope.of.resource.CopyTo(resource.Resource())
			resource.SetSchemaUrl(item.scope.of.schemaURL)
			b.addResource(item.scope.of, resource)
		}
		scope = resource.ScopeSpans().AppendEmpty()
		item.scope.scope.CopyTo(scope.Scope())
		scope.SetSchemaUrl(item.scope.schemaURL)
		b.addScope(item.scope, scope)
	}
	span := scope.Spans().AppendEmpty()
	item.span.CopyTo(span)
	if b.attribute != "" {
		span.Attributes().PutInt(b.attribute, int64(updates))
	}
}

// Take returns what was added and forgets it.
func (b *tracesBuilder) Take() ptrace.Traces {
	if b.empty() {
		return ptrace.NewTraces()
	}
	out, again := b.out, b.alike
	b.out = ptrace.Traces{}
	b.forget()
	return mergeAlike(b.merger, out, again)
}
