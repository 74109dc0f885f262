// SPDX-License-Identifier: Apache-2.0

package signal

import "go.opentelemetry.io/collector/pdata/ptrace"

// Split moves the leading spans of td into head; see Signal.
func (Traces) Split(td ptrace.Traces, maxItems, maxBytes int) (head ptrace.Traces, ok bool) {
	b := newBudget(maxItems, maxBytes, 0)
	whole := walkSpans(td.ResourceSpans(), &b)
	if !whole && b.items < 1 {
		return head, false
	}
	head = ptrace.NewTraces()
	if whole {
		td.ResourceSpans().MoveAndAppendTo(head.ResourceSpans())
	} else {
		moveSpans(td.ResourceSpans(), head.ResourceSpans(), b.last)
	}
	return head, true
}

// walkSpans takes spans until one does not fit, and reports whether all do.
func walkSpans(resources ptrace.ResourceSpansSlice, b *budget) (whole bool) {
	sizer := newTracesSizer(b.sized())
	for r := range resources.Len() {
		resource := resources.At(r)
		b.enter(sizer.resource(resource))
		scopes := resource.ScopeSpans()
		for s := range scopes.Len() {
			scope := scopes.At(s)
			b.enter(sizer.scope(scope))
			if !sizer.takeSpans(b, scope.Spans(), position{resource: r, scope: s}) {
				return false
			}
			b.leave()
		}
		b.leave()
	}
	return b.finish()
}

// moveSpans moves everything up to and including the span at a position.
func moveSpans(src, dst ptrace.ResourceSpansSlice, last position) {
	scopes := src.At(last.resource).ScopeSpans()
	spans := scopes.At(last.scope).Spans()

	wholeScopes := last.scope
	partScope := last.item+1 < spans.Len()
	if !partScope {
		wholeScopes++
	}
	wholeResources := last.resource
	partResource := wholeScopes < scopes.Len()
	if !partResource {
		wholeResources++
	}

	moveFirst(src, dst, wholeResources)
	if !partResource {
		return
	}
	from, to := src.At(0), dst.AppendEmpty()
	from.Resource().CopyTo(to.Resource())
	to.SetSchemaUrl(from.SchemaUrl())

	moveFirst(from.ScopeSpans(), to.ScopeSpans(), wholeScopes)
	if !partScope {
		return
	}
	fromScope, toScope := from.ScopeSpans().At(0), to.ScopeSpans().AppendEmpty()
	fromScope.Scope().CopyTo(toScope.Scope())
	toScope.SetSchemaUrl(fromScope.SchemaUrl())
	moveFirst(fromScope.Spans(), toScope.Spans(), last.item+1)
}

// tracesSizer sizes containers without what they contain, which it sets aside
// meanwhile. When off, it finds every size to be zero.
type tracesSizer struct {
	on     bool
	proto  ptrace.ProtoMarshaler
	scopes ptrace.ScopeSpansSlice
	spans  ptrace.SpanSlice
}

func newTracesSizer(on bool) tracesSizer {
	if !on {
		return tracesSizer{}
	}
	return tracesSizer{on: true, scopes: ptrace.NewScopeSpansSlice(), spans: ptrace.NewSpanSlice()}
}

func (z *tracesSizer) resource(rs ptrace.ResourceSpans) int {
	if !z.on {
		return 0
	}
	rs.ScopeSpans().MoveAndAppendTo(z.scopes)
	n := z.proto.ResourceSpansSize(rs)
	z.scopes.MoveAndAppendTo(rs.ScopeSpans())
	return n
}

func (z *tracesSizer) scope(ss ptrace.ScopeSpans) int {
	if !z.on {
		return 0
	}
	ss.Spans().MoveAndAppendTo(z.spans)
	n := z.proto.ScopeSpansSize(ss)
	z.spans.MoveAndAppendTo(ss.Spans())
	return n
}

func (z *tracesSizer) takeSpans(b *budget, spans ptrace.SpanSlice, at position) bool {
	if !z.on {
		return b.takeFirst(at, spans.Len())
	}
	for i := range spans.Len() {
		at.item = i
		if !b.take(at, field(z.proto.SpanSize(spans.At(i)))) {
			return false
		}
	}
	return true
}
