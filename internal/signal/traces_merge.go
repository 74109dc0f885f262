// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/partbuffer/partbufferprocessor/internal/identity"
)

// tracesMerger merges spans. All handles it keeps lead into out, never into
// what was added.
type tracesMerger struct {
	equal   bool
	started bool
	out     ptrace.Traces

	resources resources[ptrace.ResourceSpans]
	scopes    index[ptrace.ScopeSpans]
}

// Add moves the content of td into the batch. It never fails.
func (m *tracesMerger) Add(td ptrace.Traces) error {
	if !m.started {
		m.out, m.started = ptrace.NewTraces(), true
	}
	added := td.ResourceSpans()
	if !m.equal {
		added.MoveAndAppendTo(m.out.ResourceSpans())
		return nil
	}
	for i := range added.Len() {
		rs := added.At(i)
		at, hash := m.resources.find(rs.Resource(), rs.SchemaUrl())
		if at == none {
			at = m.addResource(rs, hash)
		}
		m.resources.use(at)
		m.addScopes(at, rs.ScopeSpans())
	}
	return nil
}

// Take returns what was added and forgets it.
func (m *tracesMerger) Take() ptrace.Traces {
	out := m.out
	if !m.started {
		out = ptrace.NewTraces()
	}
	m.out, m.started = ptrace.Traces{}, false
	m.resources.reset()
	m.scopes.reset()
	return out
}

// addResource appends the resource of rs, without its scopes, to the batch.
func (m *tracesMerger) addResource(rs ptrace.ResourceSpans, hash uint64) int32 {
	to := m.out.ResourceSpans().AppendEmpty()
	rs.Resource().MoveTo(to.Resource())
	to.SetSchemaUrl(rs.SchemaUrl())
	return m.resources.add(to, to.Resource(), rs.SchemaUrl(), hash)
}

// addScopes moves scopes to a resource of the batch.
func (m *tracesMerger) addScopes(resource int32, added ptrace.ScopeSpansSlice) {
	for i := range added.Len() {
		ss := added.At(i)
		at, hash := m.findScope(resource, ss)
		if at == none {
			to := m.resources.nodes[resource].handle.ScopeSpans().AppendEmpty()
			ss.MoveTo(to)
			at = m.scopes.add(to, resource, hash)
		} else {
			n := &m.scopes.nodes[at]
			spans := n.handle.Spans()
			spans.EnsureCapacity(n.grow(spans.Len(), ss.Spans().Len()))
			ss.Spans().MoveAndAppendTo(spans)
		}
		m.resources.nodes[resource].recent = at
	}
}

// findScope looks for the scope of ss in a resource of the batch. It returns
// the hash if there is none.
func (m *tracesMerger) findScope(resource int32, ss ptrace.ScopeSpans) (at int32, hash uint64) {
	recent := m.resources.nodes[resource].recent
	if recent != none && equalScopeSpans(m.scopes.nodes[recent].handle, ss) {
		return recent, 0
	}
	hash = hashOf(identity.HashScope(ss.Scope()), ss.SchemaUrl())
	hash = identity.Mix(hash, uint64(resource))
	for at = m.scopes.first(hash); at != none; at = m.scopes.nodes[at].next {
		n := &m.scopes.nodes[at]
		if n.parent == resource && at != recent && equalScopeSpans(n.handle, ss) {
			return at, 0
		}
	}
	return none, hash
}

func equalScopeSpans(a, b ptrace.ScopeSpans) bool {
	return a.SchemaUrl() == b.SchemaUrl() && identity.EqualScope(a.Scope(), b.Scope())
}
