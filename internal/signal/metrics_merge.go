// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/partbuffer/partbufferprocessor/internal/identity"
)

// metricsMerger merges data points. All handles it keeps lead into out, never into
// what was added.
type metricsMerger struct {
	equal   bool
	started bool
	out     pmetric.Metrics

	resources resources[pmetric.ResourceMetrics]
	scopes    index[pmetric.ScopeMetrics]
	metrics   index[pmetric.Metric]
	// merged are the indexes of added metrics whose data points were moved.
	merged []int32
}

// Add moves the content of md into the batch. It never fails.
func (m *metricsMerger) Add(md pmetric.Metrics) error {
	if !m.started {
		m.out, m.started = pmetric.NewMetrics(), true
	}
	added := md.ResourceMetrics()
	if !m.equal {
		added.MoveAndAppendTo(m.out.ResourceMetrics())
		return nil
	}
	for i := range added.Len() {
		rm := added.At(i)
		at, hash := m.resources.find(rm.Resource(), rm.SchemaUrl())
		if at == none {
			at = m.addResource(rm, hash)
		}
		m.resources.use(at)
		m.addScopes(at, rm.ScopeMetrics())
	}
	return nil
}

// Take returns what was added and forgets it.
func (m *metricsMerger) Take() pmetric.Metrics {
	out := m.out
	if !m.started {
		out = pmetric.NewMetrics()
	}
	m.out, m.started = pmetric.Metrics{}, false
	m.resources.reset()
	m.scopes.reset()
	m.metrics.reset()
	return out
}

// addResource appends the resource of rs, without its scopes, to the batch.
func (m *metricsMerger) addResource(rm pmetric.ResourceMetrics, hash uint64) int32 {
	to := m.out.ResourceMetrics().AppendEmpty()
	rm.Resource().MoveTo(to.Resource())
	to.SetSchemaUrl(rm.SchemaUrl())
	return m.resources.add(to, to.Resource(), rm.SchemaUrl(), hash)
}

// addScopes moves scopes to a resource of the batch.
func (m *metricsMerger) addScopes(resource int32, added pmetric.ScopeMetricsSlice) {
	for i := range added.Len() {
		sm := added.At(i)
		at, hash := m.findScope(resource, sm)
		if at == none {
			to := m.resources.nodes[resource].handle.ScopeMetrics().AppendEmpty()
			sm.Scope().MoveTo(to.Scope())
			to.SetSchemaUrl(sm.SchemaUrl())
			at = m.scopes.add(to, resource, hash)
		}
		m.resources.nodes[resource].recent = at
		m.addMetrics(at, sm.Metrics())
	}
}

// findScope looks for the scope of sm in a resource of the batch. It returns
// the hash if there is none.
func (m *metricsMerger) findScope(resource int32, sm pmetric.ScopeMetrics) (at int32, hash uint64) {
	recent := m.resources.nodes[resource].recent
	if recent != none && equalScopeMetrics(m.scopes.nodes[recent].handle, sm) {
		return recent, 0
	}
	hash = hashOf(identity.HashScope(sm.Scope()), sm.SchemaUrl())
	hash = identity.Mix(hash, uint64(resource))
	for at = m.scopes.first(hash); at != none; at = m.scopes.nodes[at].next {
		n := &m.scopes.nodes[at]
		if n.parent == resource && at != recent && equalScopeMetrics(n.handle, sm) {
			return at, 0
		}
	}
	return none, hash
}

func equalScopeMetrics(a, b pmetric.ScopeMetrics) bool {
	return a.SchemaUrl() == b.SchemaUrl() && identity.EqualScope(a.Scope(), b.Scope())
}
