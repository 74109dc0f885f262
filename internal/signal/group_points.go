// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// planMetrics lists where the content of md goes.
func (p *groupPlan) planMetrics(md pmetric.Metrics) {
	request := p.open()
	for _, resource := range md.ResourceMetrics().All() {
		r := p.open()
		if !hasPoints(resource) || p.resource(r, resource.Resource()) {
			continue
		}
		for _, scope := range resource.ScopeMetrics().All() {
			s := p.open()
			if !scopeHasPoints(scope) || p.scope(s, scope.Scope()) {
				continue
			}
			for _, metric := range scope.Metrics().All() {
				m := p.open()
				if pointCount(metric) == 0 || p.metric(m, metric) {
					continue
				}
				p.planPoints(metric)
				p.close(m)
			}
			p.close(s)
		}
		p.close(r)
	}
	p.close(request)
}

func hasPoints(resource pmetric.ResourceMetrics) bool {
	for _, scope := range resource.ScopeMetrics().All() {
		if scopeHasPoints(scope) {
			return true
		}
	}
	return false
}

func scopeHasPoints(scope pmetric.ScopeMetrics) bool {
	for _, metric := range scope.Metrics().All() {
		if pointCount(metric) > 0 {
			return true
		}
	}
	return false
}

func (p *groupPlan) planPoints(m pmetric.Metric) {
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		planPointSlice(p, m.Gauge().DataPoints())
	case pmetric.MetricTypeSum:
		planPointSlice(p, m.Sum().DataPoints())
	case pmetric.MetricTypeHistogram:
		planPointSlice(p, m.Histogram().DataPoints())
	case pmetric.MetricTypeExponentialHistogram:
		planPointSlice(p, m.ExponentialHistogram().DataPoints())
	case pmetric.MetricTypeSummary:
		planPointSlice(p, m.Summary().DataPoints())
	default:
	}
}

// dataPoint is a data point of any type.
type dataPoint[E any] interface {
	movable[E]
	Attributes() pcommon.Map
}

func planPointSlice[S slice[S, E], E dataPoint[E]](p *groupPlan, points S) {
	for i := range points.Len() {
		canonical, _ := p.key.AppendDataPoint(p.canonical[:p.metricEnd], points.At(i).Attributes())
		p.item(canonical)
	}
}

// groupPoints moves each data point of src to the metric that target names for
// its partition.
func groupPoints(p *groupPlan, src pmetric.Metric, target func(partition int) pmetric.Metric) {
	switch src.Type() {
	case pmetric.MetricTypeGauge:
		groupItems(p, src.Gauge().DataPoints(), func(partition int) pmetric.NumberDataPointSlice {
			return target(partition).Gauge().DataPoints()
		})
	case pmetric.MetricTypeSum:
		groupItems(p, src.Sum().DataPoints(), func(partition int) pmetric.NumberDataPointSlice {
			return target(partition).Sum().DataPoints()
		})
	case pmetric.MetricTypeHistogram:
		groupItems(p, src.Histogram().DataPoints(), func(partition int) pmetric.HistogramDataPointSlice {
			return target(partition).Histogram().DataPoints()
		})
	case pmetric.MetricTypeExponentialHistogram:
		groupItems(p, src.ExponentialHistogram().DataPoints(),
			func(partition int) pmetric.ExponentialHistogramDataPointSlice {
				return target(partition).ExponentialHistogram().DataPoints()
			})
	case pmetric.MetricTypeSummary:
		groupItems(p, src.Summary().DataPoints(), func(partition int) pmetric.SummaryDataPointSlice {
			return target(partition).Summary().DataPoints()
		})
	default:
	}
}
