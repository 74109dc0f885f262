// SPDX-License-Identifier: Apache-2.0

package signal

import "go.opentelemetry.io/collector/pdata/pmetric"

// Split moves the leading data points of md into head; see Signal. A metric is
// split between data points, and its name, description, unit, metadata,
// temporality and monotonicity are then copied.
func (Metrics) Split(md pmetric.Metrics, maxItems, maxBytes int) (head pmetric.Metrics, ok bool) {
	b := newBudget(maxItems, maxBytes, 0)
	whole := walkPoints(md.ResourceMetrics(), &b)
	if !whole && b.items < 1 {
		return head, false
	}
	head = pmetric.NewMetrics()
	if whole {
		md.ResourceMetrics().MoveAndAppendTo(head.ResourceMetrics())
	} else {
		moveMetrics(md.ResourceMetrics(), head.ResourceMetrics(), b.last)
	}
	return head, true
}

// walkPoints takes data points until one does not fit, and reports whether all
// do.
func walkPoints(resources pmetric.ResourceMetricsSlice, b *budget) (whole bool) {
	sizer := newMetricsSizer(b.sized())
	for r := range resources.Len() {
		resource := resources.At(r)
		b.enter(sizer.resource(resource))
		scopes := resource.ScopeMetrics()
		for s := range scopes.Len() {
			scope := scopes.At(s)
			b.enter(sizer.scope(scope))
			metrics := scope.Metrics()
			for g := range metrics.Len() {
				if !sizer.takePoints(b, metrics.At(g), position{resource: r, scope: s, group: g}) {
					return false
				}
			}
			b.leave()
		}
		b.leave()
	}
	return b.finish()
}

func (z *metricsSizer) takePoints(b *budget, m pmetric.Metric, at position) bool {
	n := pointCount(m)
	if !z.on {
		return b.takeFirst(at, n)
	}
	if n == 0 {
		b.enter(z.proto.MetricSize(m))
		b.leave()
		return true
	}
	outer, inner := z.metric(m)
	b.enter(outer)
	b.enter(inner)
	for i := range n {
		at.item = i
		if !b.take(at, z.point(m, i)) {
			return false
		}
	}
	b.leave()
	b.leave()
	return true
}

// moveMetrics moves everything up to and including the data point at a
// position.
func moveMetrics(src, dst pmetric.ResourceMetricsSlice, last position) {
	scopes := src.At(last.resource).ScopeMetrics()
	metrics := scopes.At(last.scope).Metrics()

	wholeMetrics := last.group
	partMetric := last.item+1 < pointCount(metrics.At(last.group))
	if !partMetric {
		wholeMetrics++
	}
	wholeScopes := last.scope
	partScope := wholeMetrics < metrics.Len()
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

	moveFirst(from.ScopeMetrics(), to.ScopeMetrics(), wholeScopes)
	if !partScope {
		return
	}
	fromScope, toScope := from.ScopeMetrics().At(0), to.ScopeMetrics().AppendEmpty()
	fromScope.Scope().CopyTo(toScope.Scope())
	toScope.SetSchemaUrl(fromScope.SchemaUrl())

	moveFirst(fromScope.Metrics(), toScope.Metrics(), wholeMetrics)
	if !partMetric {
		return
	}
	fromMetric, toMetric := fromScope.Metrics().At(0), toScope.Metrics().AppendEmpty()
	copyMetric(fromMetric, toMetric)
	movePoints(fromMetric, toMetric, last.item+1)
}
