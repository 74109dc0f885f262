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

// NewItem returns an empty KeptSpan.
func (Traces) NewItem() *KeptSpan { return &KeptSpan{span: ptrace.NewSpan()} }

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
	if p.conditional {
		match, err := p.rules.Conditions.Span(ctx, &p.span)
		if err != nil {
			p.fail(err)
			return
		}
		if !match {
			p.pass(1)
			return
		}
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
func (Traces) Take(p *Plan, td ptrace.Traces, places *Places, items []*KeptSpan) {
	places.trim()
	n := 0
	for _, rs := range td.ResourceSpans().All() {
		var resource *knownResource
		for _, ss := range rs.ScopeSpans().All() {
			var scope *knownScope
			takeItems(p, ss.Spans(), func(span ptrace.Span) {
				if resource == nil {
					resource = places.resource(rs.Resource(), rs.SchemaUrl())
				}
				if scope == nil {
					scope = places.scope(resource, ss.Scope(), ss.SchemaUrl())
				}
				items[n].scope = scope.place
				span.MoveTo(items[n].span)
				n++
			})
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

// GiveBack puts refused back into td; see Keeper.
func (Traces) GiveBack(p *Plan, td, refused ptrace.Traces) {
	if p.whole() {
		groupDone(td.ResourceSpans()) // the emptied items
	}
	refused.ResourceSpans().MoveAndAppendTo(td.ResourceSpans())
}

// takeItems calls take for the elements that are kept and leaves those that
// pass. Where all are kept the emptied elements stay.
func takeItems[S slice[S, E], E movable[E]](p *Plan, src S, take func(E)) {
	if p.whole() {
		for i := range src.Len() {
			take(src.At(i))
		}
		return
	}
	src.RemoveIf(func(e E) bool {
		switch p.take() {
		case kept:
			take(e)
			return true
		case dropped:
			return true
		default:
			return false
		}
	})
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
