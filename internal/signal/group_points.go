// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/partbuffer/partbufferprocessor/internal/key"
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
				p.planPoints(key.DataPoint{Resource: resource, Scope: scope, Metric: metric})
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

// planPoints lists where the data points of the item's metric go.
func (p *groupPlan) planPoints(item key.DataPoint) {
	switch m := item.Metric; m.Type() {
	case pmetric.MetricTypeGauge:
		p.planNumbers(item, m.Gauge().DataPoints())
	case pmetric.MetricTypeSum:
		p.planNumbers(item, m.Sum().DataPoints())
	case pmetric.MetricTypeHistogram:
		for _, item.Histogram = range m.Histogram().DataPoints().All() {
			p.point(&item)
		}
	case pmetric.MetricTypeExponentialHistogram:
		for _, item.Exponential = range m.ExponentialHistogram().DataPoints().All() {
			p.point(&item)
		}
	case pmetric.MetricTypeSummary:
		for _, item.Summary = range m.Summary().DataPoints().All() {
			p.point(&item)
		}
	default:
	}
}

func (p *groupPlan) planNumbers(item key.DataPoint, points pmetric.NumberDataPointSlice) {
	for _, item.Number = range points.All() {
		p.point(&item)
	}
}

func (p *groupPlan) point(item *key.DataPoint) {
	canonical, _, _ := p.key.AppendDataPoint(p.canonical[:p.metricEnd], item)
	p.item(canonical)
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
