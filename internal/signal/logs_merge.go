// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/partbuffer/partbufferprocessor/internal/identity"
)

// logsMerger merges log records. All handles it keeps lead into out, never into
// what was added.
type logsMerger struct {
	equal   bool
	started bool
	out     plog.Logs

	resources resources[plog.ResourceLogs]
	scopes    index[plog.ScopeLogs]
}

// Add moves the content of ld into the batch. It never fails.
func (m *logsMerger) Add(ld plog.Logs) error {
	if !m.started {
		m.out, m.started = plog.NewLogs(), true
	}
	added := ld.ResourceLogs()
	if !m.equal {
		added.MoveAndAppendTo(m.out.ResourceLogs())
		return nil
	}
	for i := range added.Len() {
		rs := added.At(i)
		at, hash := m.resources.find(rs.Resource(), rs.SchemaUrl())
		if at == none {
			at = m.addResource(rs, hash)
		}
		m.resources.use(at)
		m.addScopes(at, rs.ScopeLogs())
	}
	return nil
}

// Take returns what was added and forgets it.
func (m *logsMerger) Take() plog.Logs {
	out := m.out
	if !m.started {
		out = plog.NewLogs()
	}
	m.out, m.started = plog.Logs{}, false
	m.resources.reset()
	m.scopes.reset()
	return out
}

// addResource appends the resource of rs, without its scopes, to the batch.
func (m *logsMerger) addResource(rs plog.ResourceLogs, hash uint64) int32 {
	to := m.out.ResourceLogs().AppendEmpty()
	rs.Resource().MoveTo(to.Resource())
	to.SetSchemaUrl(rs.SchemaUrl())
	return m.resources.add(to, to.Resource(), rs.SchemaUrl(), hash)
}

// addScopes moves scopes to a resource of the batch.
func (m *logsMerger) addScopes(resource int32, added plog.ScopeLogsSlice) {
	for i := range added.Len() {
		ss := added.At(i)
		at, hash := m.findScope(resource, ss)
		if at == none {
			to := m.resources.nodes[resource].handle.ScopeLogs().AppendEmpty()
			ss.MoveTo(to)
			at = m.scopes.add(to, resource, hash)
		} else {
			n := &m.scopes.nodes[at]
			records := n.handle.LogRecords()
			records.EnsureCapacity(n.grow(records.Len(), ss.LogRecords().Len()))
			ss.LogRecords().MoveAndAppendTo(records)
		}
		m.resources.nodes[resource].recent = at
	}
}

// findScope looks for the scope of ss in a resource of the batch. It returns
// the hash if there is none.
func (m *logsMerger) findScope(resource int32, ss plog.ScopeLogs) (at int32, hash uint64) {
	recent := m.resources.nodes[resource].recent
	if recent != none && equalScopeLogs(m.scopes.nodes[recent].handle, ss) {
		return recent, 0
	}
	hash = hashOf(identity.HashScope(ss.Scope()), ss.SchemaUrl())
	hash = identity.Mix(hash, uint64(resource))
	for at = m.scopes.first(hash); at != none; at = m.scopes.nodes[at].next {
		n := &m.scopes.nodes[at]
		if n.parent == resource && at != recent && equalScopeLogs(n.handle, ss) {
			return at, 0
		}
	}
	return none, hash
}

func equalScopeLogs(a, b plog.ScopeLogs) bool {
	return a.SchemaUrl() == b.SchemaUrl() && identity.EqualScope(a.Scope(), b.Scope())
}
