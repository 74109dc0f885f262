// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"context"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

var _ Keeper[pmetric.Metrics, KeptPoint] = Metrics{}

// Plan decides about data points; see Keeper. Those of delta metrics pass
// whatever the rules say: they add up, and to keep the newest would lose the
// others. So do those that do not say whether they are deltas.
func (Metrics) Plan(ctx context.Context, p *Plan, md pmetric.Metrics) {
	for _, rm := range md.ResourceMetrics().All() {
		p.resource(rm.Resource())
		for _, sm := range rm.ScopeMetrics().All() {
			p.scope(sm.Scope())
			p.point.Resource, p.point.Scope = rm, sm
			for _, metric := range sm.Metrics().All() {
				if !replaceable(metric) {
					p.pass(pointCount(metric))
					continue
				}
				p.metric(metric)
				p.point.Metric = metric
				p.planMetric(ctx, metric)
			}
		}
	}
}

// replaceable reports whether a newer data point says everything that an older
// one of the same stream did.
func replaceable(m pmetric.Metric) bool {
	switch m.Type() {
	case pmetric.MetricTypeGauge, pmetric.MetricTypeSummary:
		return true
	default:
		return temporality(m) == pmetric.AggregationTemporalityCumulative
	}
}

func (p *Plan) planMetric(ctx context.Context, m pmetric.Metric) {
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		p.planNumbers(ctx, m.Gauge().DataPoints())
	case pmetric.MetricTypeSum:
		p.planNumbers(ctx, m.Sum().DataPoints())
	case pmetric.MetricTypeHistogram:
		for _, point := range m.Histogram().DataPoints().All() {
			p.point.Histogram = point
			p.planPoint(ctx, point.Timestamp())
		}
	case pmetric.MetricTypeExponentialHistogram:
		for _, point := range m.ExponentialHistogram().DataPoints().All() {
			p.point.Exponential = point
			p.planPoint(ctx, point.Timestamp())
		}
	case pmetric.MetricTypeSummary:
		for _, point := range m.Summary().DataPoints().All() {
			p.point.Summary = point
			p.planPoint(ctx, point.Timestamp())
		}
	default:
	}
}

func (p *Plan) planNumbers(ctx context.Context, points pmetric.NumberDataPointSlice) {
	for _, point := range points.All() {
		p.point.Number = point
		p.planPoint(ctx, point.Timestamp())
	}
}

func (p *Plan) planPoint(ctx context.Context, timestamp pcommon.Timestamp) {
	if p.conditional && p.excluded(p.rules.Conditions.DataPoint(ctx, &p.point)) {
		return
	}
	canonical, hasValue, err := p.rules.Key.AppendDataPoint(p.inner(), &p.point)
	p.item(canonical, hasValue, err, timestamp)
}

// Take moves data points out of md; see Keeper.
func (Metrics) Take(p *Plan, md pmetric.Metrics, places *Places, items []KeptPoint) {
	places.trim()
	t := pointTaker{plan: p, places: places, items: items}
	for _, rm := range md.ResourceMetrics().All() {
		t.resource = nil
		for _, sm := range rm.ScopeMetrics().All() {
			t.scope = nil
			for _, metric := range sm.Metrics().All() {
				t.metric, t.from, t.within, t.of = nil, rm, sm, metric
				t.take(metric)
			}
		}
	}
	if p.whole() {
		return
	}
	md.ResourceMetrics().RemoveIf(func(rm pmetric.ResourceMetrics) bool {
		rm.ScopeMetrics().RemoveIf(func(sm pmetric.ScopeMetrics) bool {
			sm.Metrics().RemoveIf(func(m pmetric.Metric) bool { return pointCount(m) == 0 })
			return sm.Metrics().Len() == 0
		})
		return rm.ScopeMetrics().Len() == 0
	})
}

// GiveBack puts refused back into md; see Keeper.
func (Metrics) GiveBack(p *Plan, md, refused pmetric.Metrics) {
	if p.whole() {
		groupDone(md.ResourceMetrics()) // the emptied items
	}
	refused.ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
}

// pointTaker takes data points out of one request. Its places are those of the
// metric at hand, looked up when its first point is kept.
type pointTaker struct {
	plan     *Plan
	places   *Places
	items    []KeptPoint // those that are left
	from     pmetric.ResourceMetrics
	within   pmetric.ScopeMetrics
	of       pmetric.Metric
	resource *knownResource
	scope    *knownScope
	metric   *placeMetric
}

// next returns the item for the next point that is kept.
func (t *pointTaker) next() *KeptPoint {
	if t.resource == nil {
		t.resource = t.places.resource(t.from.Resource(), t.from.SchemaUrl())
	}
	if t.scope == nil {
		t.scope = t.places.scope(t.resource, t.within.Scope(), t.within.SchemaUrl())
	}
	if t.metric == nil {
		t.metric = t.places.metric(t.scope, t.of)
	}
	item := &t.items[0]
	t.items = t.items[1:]
	item.metric = t.metric
	return item
}

func (t *pointTaker) take(m pmetric.Metric) {
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		t.numbers(m.Gauge().DataPoints())
	case pmetric.MetricTypeSum:
		t.numbers(m.Sum().DataPoints())
	case pmetric.MetricTypeHistogram:
		m.Histogram().DataPoints().RemoveIf(func(e pmetric.HistogramDataPoint) bool {
			return t.plan.take(func() { t.next().takeHistogram(e) })
		})
	case pmetric.MetricTypeExponentialHistogram:
		m.ExponentialHistogram().DataPoints().RemoveIf(func(e pmetric.ExponentialHistogramDataPoint) bool {
			return t.plan.take(func() { t.next().takeExponential(e) })
		})
	case pmetric.MetricTypeSummary:
		m.Summary().DataPoints().RemoveIf(func(e pmetric.SummaryDataPoint) bool {
			return t.plan.take(func() { t.next().takeSummary(e) })
		})
	default:
	}
}

func (t *pointTaker) numbers(points pmetric.NumberDataPointSlice) {
	if !t.plan.whole() {
		points.RemoveIf(func(e pmetric.NumberDataPoint) bool { return t.plan.take(func() { t.next().takeNumber(e) }) })
		return
	}
	for _, e := range points.All() { // where nothing stays, nothing need be removed
		t.next().takeNumber(e)
	}
}
