// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/partbuffer/partbufferprocessor/internal/key"
)

var _ Grouper[ptrace.Traces] = Traces{}

// Group splits td by key; see Grouper.
func (Traces) Group(dst []Part[ptrace.Traces], td ptrace.Traces, k *key.Key, n int) []Part[ptrace.Traces] {
	if n <= 1 {
		return append(dst, Part[ptrace.Traces]{Data: td})
	}
	p := newGroupPlan(k, n)
	defer p.release()
	p.planTraces(td)
	if partition, ok := p.whole(); ok {
		return append(dst, Part[ptrace.Traces]{Data: td, Partition: partition})
	}
	g := tracesGroup{
		plan:    p,
		parts:   dst,
		targets: newGroupTargets[ptrace.ResourceSpans, ptrace.ScopeSpans, struct{}](n),
	}
	g.move(td)
	groupDone(td.ResourceSpans())
	return g.parts
}

// planTraces lists where the content of td goes.
func (p *groupPlan) planTraces(td ptrace.Traces) {
	request := p.open()
	for _, resource := range td.ResourceSpans().All() {
		r := p.open()
		if !hasSpans(resource) || p.resource(r, resource.Resource()) {
			continue
		}
		for _, scope := range resource.ScopeSpans().All() {
			s := p.open()
			if scope.Spans().Len() == 0 || p.scope(s, scope.Scope()) {
				continue
			}
			item := key.Span{Resource: resource, Scope: scope}
			for _, item.Span = range scope.Spans().All() {
				canonical, _, _ := p.key.AppendSpan(p.canonical[:p.scopeEnd], &item)
				p.item(canonical)
			}
			p.close(s)
		}
		p.close(r)
	}
	p.close(request)
}

func hasSpans(resource ptrace.ResourceSpans) bool {
	for _, scope := range resource.ScopeSpans().All() {
		if scope.Spans().Len() > 0 {
			return true
		}
	}
	return false
}

// tracesGroup moves a request into parts, as planned.
type tracesGroup struct {
	plan    *groupPlan
	parts   []Part[ptrace.Traces]
	targets []groupTarget[ptrace.ResourceSpans, ptrace.ScopeSpans, struct{}]
	// scopes is the number of scopes taken apart so far.
	scopes int
}

func (g *tracesGroup) move(td ptrace.Traces) {
	for r, resource := range td.ResourceSpans().All() {
		if partition, ok := g.plan.take(); ok {
			resource.MoveTo(g.data(partition).ResourceSpans().AppendEmpty())
			continue
		}
		for _, scope := range resource.ScopeSpans().All() {
			if partition, ok := g.plan.take(); ok {
				scope.MoveTo(g.resource(partition, r, resource).ScopeSpans().AppendEmpty())
				continue
			}
			g.scopes++
			groupItems(g.plan, scope.Spans(), func(partition int) ptrace.SpanSlice {
				return g.scope(partition, r, resource, scope).Spans()
			})
		}
	}
}

func (g *tracesGroup) data(partition int) ptrace.Traces {
	t := &g.targets[partition]
	if t.part == none {
		t.part = len(g.parts)
		g.parts = append(g.parts, Part[ptrace.Traces]{Data: ptrace.NewTraces(), Partition: partition})
	}
	return g.parts[t.part].Data
}

// resource is the copy of a resource in a partition; r is its number.
func (g *tracesGroup) resource(partition, r int, src ptrace.ResourceSpans) ptrace.ResourceSpans {
	t := &g.targets[partition]
	if t.resourceOf != r {
		t.resource = g.data(partition).ResourceSpans().AppendEmpty()
		src.Resource().CopyTo(t.resource.Resource())
		t.resource.SetSchemaUrl(src.SchemaUrl())
		t.resourceOf = r
	}
	return t.resource
}

// scope is the copy, in a partition, of the scope being taken apart.
func (g *tracesGroup) scope(partition, r int, resource ptrace.ResourceSpans, src ptrace.ScopeSpans) ptrace.ScopeSpans {
	t := &g.targets[partition]
	if t.scopeOf != g.scopes {
		t.scope = g.resource(partition, r, resource).ScopeSpans().AppendEmpty()
		src.Scope().CopyTo(t.scope.Scope())
		t.scope.SetSchemaUrl(src.SchemaUrl())
		t.scopeOf = g.scopes
	}
	return t.scope
}
