// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/partbuffer/partbufferprocessor/internal/identity"
)

// addMetrics moves metrics to a scope of the batch. The data points of those
// that the scope has already are moved there; the others are moved as a whole,
// together, because that moves pointers only.
func (m *metricsMerger) addMetrics(scope int32, added pmetric.MetricSlice) {
	from := len(m.metrics.nodes)
	m.merged = m.merged[:0]
	for i := range added.Len() {
		metric := added.At(i)
		if metric.Type() == pmetric.MetricTypeEmpty {
			m.metrics.append(metric, scope)
			continue
		}
		at, hash := m.findMetric(scope, metric)
		if at == none {
			at = m.metrics.add(metric, scope, hash)
		} else {
			appendPoints(metric, m.metrics.nodes[at].handle)
			m.merged = append(m.merged, int32(i))
		}
		m.scopes.nodes[scope].recent = at
	}

	switch len(m.merged) {
	case 0:
	case added.Len():
		return
	default:
		removeAt(added, m.merged)
	}
	// The new nodes point into what was added; lead them to the batch.
	metrics := m.scopes.nodes[scope].handle.Metrics()
	first := metrics.Len()
	added.MoveAndAppendTo(metrics)
	for i := from; i < len(m.metrics.nodes); i++ {
		m.metrics.nodes[i].handle = metrics.At(first + i - from)
	}
}

// findMetric looks for a metric in a scope of the batch. It returns the hash if
// there is none.
func (m *metricsMerger) findMetric(scope int32, metric pmetric.Metric) (at int32, hash uint64) {
	recent := m.scopes.nodes[scope].recent
	if recent != none && equalMetric(m.metrics.nodes[recent].handle, metric) {
		return recent, 0
	}
	hash = identity.Mix(hashMetric(metric), uint64(scope))
	for at = m.metrics.first(hash); at != none; at = m.metrics.nodes[at].next {
		n := &m.metrics.nodes[at]
		if n.parent == scope && at != recent && equalMetric(n.handle, metric) {
			return at, 0
		}
	}
	return none, hash
}

// removeAt removes the metrics at the given indexes, which are in order.
func removeAt(metrics pmetric.MetricSlice, indexes []int32) {
	var i int32
	metrics.RemoveIf(func(pmetric.Metric) bool {
		remove := len(indexes) > 0 && indexes[0] == i
		if remove {
			indexes = indexes[1:]
		}
		i++
		return remove
	})
}

func hashMetric(m pmetric.Metric) uint64 {
	h := identity.Mix(identity.HashString(m.Name()), uint64(m.Type()))
	h = identity.Mix(h, identity.HashString(m.Unit()))
	h = identity.Mix(h, identity.HashString(m.Description()))
	if m.Metadata().Len() > 0 {
		h = identity.Mix(h, identity.HashMap(m.Metadata()))
	}
	return h
}

func equalMetric(a, b pmetric.Metric) bool {
	return a.Name() == b.Name() &&
		a.Type() == b.Type() &&
		a.Unit() == b.Unit() &&
		a.Description() == b.Description() &&
		temporality(a) == temporality(b) &&
		monotonic(a) == monotonic(b) &&
		identity.EqualMap(a.Metadata(), b.Metadata())
}
