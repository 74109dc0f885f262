// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/partbuffer/partbufferprocessor/internal/key"
)

var _ Grouper[pmetric.Metrics] = Metrics{}

// Group splits md by key; see Grouper. A metric is taken apart between its
// data points, and all else of it is then copied.
func (Metrics) Group(dst []Part[pmetric.Metrics], md pmetric.Metrics, k *key.Key, n int) []Part[pmetric.Metrics] {
	if n <= 1 {
		return append(dst, Part[pmetric.Metrics]{Data: md})
	}
	p := newGroupPlan(k, n)
	defer p.release()
	p.planMetrics(md)
	if partition, ok := p.whole(); ok {
		return append(dst, Part[pmetric.Metrics]{Data: md, Partition: partition})
	}
	g := metricsGroup{
		plan:    p,
		parts:   dst,
		targets: newGroupTargets[pmetric.ResourceMetrics, pmetric.ScopeMetrics, pmetric.Metric](n),
	}
	g.move(md)
	groupDone(md.ResourceMetrics())
	return g.parts
}

// metricsGroup moves a request into parts, as planned.
type metricsGroup struct {
	plan    *groupPlan
	parts   []Part[pmetric.Metrics]
	targets []groupTarget[pmetric.ResourceMetrics, pmetric.ScopeMetrics, pmetric.Metric]
	// scopes and metrics are the numbers of those taken apart so far.
	scopes, metrics int
}

func (g *metricsGroup) move(md pmetric.Metrics) {
	for r, resource := range md.ResourceMetrics().All() {
		if partition, ok := g.plan.take(); ok {
			resource.MoveTo(g.data(partition).ResourceMetrics().AppendEmpty())
			continue
		}
		for _, scope := range resource.ScopeMetrics().All() {
			if partition, ok := g.plan.take(); ok {
				scope.MoveTo(g.resource(partition, r, resource).ScopeMetrics().AppendEmpty())
				continue
			}
			g.scopes++
			for _, metric := range scope.Metrics().All() {
				if partition, ok := g.plan.take(); ok {
					metric.MoveTo(g.scope(partition, r, resource, scope).Metrics().AppendEmpty())
					continue
				}
				g.metrics++
				groupPoints(g.plan, metric, func(partition int) pmetric.Metric {
					return g.metric(partition, r, resource, scope, metric)
				})
			}
		}
	}
}

func (g *metricsGroup) data(partition int) pmetric.Metrics {
	t := &g.targets[partition]
	if t.part == none {
		t.part = len(g.parts)
		g.parts = append(g.parts, Part[pmetric.Metrics]{Data: pmetric.NewMetrics(), Partition: partition})
	}
	return g.parts[t.part].Data
}

// resource is the copy of a resource in a partition; r is its number.
func (g *metricsGroup) resource(partition, r int, src pmetric.ResourceMetrics) pmetric.ResourceMetrics {
	t := &g.targets[partition]
	if t.resourceOf != r {
		t.resource = g.data(partition).ResourceMetrics().AppendEmpty()
		src.Resource().CopyTo(t.resource.Resource())
		t.resource.SetSchemaUrl(src.SchemaUrl())
		t.resourceOf = r
	}
	return t.resource
}

// scope is the copy, in a partition, of the scope being taken apart.
func (g *metricsGroup) scope(
	partition, r int, resource pmetric.ResourceMetrics, src pmetric.ScopeMetrics,
) pmetric.ScopeMetrics {
	t := &g.targets[partition]
	if t.scopeOf != g.scopes {
		t.scope = g.resource(partition, r, resource).ScopeMetrics().AppendEmpty()
		src.Scope().CopyTo(t.scope.Scope())
		t.scope.SetSchemaUrl(src.SchemaUrl())
		t.scopeOf = g.scopes
	}
	return t.scope
}

// metric is the copy, in a partition, of the metric being taken apart.
func (g *metricsGroup) metric(
	partition, r int, resource pmetric.ResourceMetrics, scope pmetric.ScopeMetrics, src pmetric.Metric,
) pmetric.Metric {
	t := &g.targets[partition]
	if t.metricOf != g.metrics {
		t.metric = g.scope(partition, r, resource, scope).Metrics().AppendEmpty()
		copyMetric(src, t.metric)
		t.metricOf = g.metrics
	}
	return t.metric
}
