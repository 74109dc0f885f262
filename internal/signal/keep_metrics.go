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
	if p.conditional {
		match, err := p.rules.Conditions.DataPoint(ctx, &p.point)
		if err != nil {
			p.fail(err)
			return
		}
		if !match {
			p.pass(1)
			return
		}
	}
	canonical, hasValue, err := p.rules.Key.AppendDataPoint(p.inner(), &p.point)
	p.item(canonical, hasValue, err, timestamp)
}

// Take moves data points out of md; see Keeper.
func (Metrics) Take(p *Plan, md pmetric.Metrics, places *Places, items []*KeptPoint) {
	places.trim()
	taker := pointTaker{plan: p, places: places, items: items}
	for _, rm := range md.ResourceMetrics().All() {
		taker.resource = nil
		for _, sm := range rm.ScopeMetrics().All() {
			taker.scope = nil
			for _, metric := range sm.Metrics().All() {
				taker.metric = nil
				taker.take(rm, sm, metric)
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

// pointTaker takes points out of one request. Its places are those of the
// metric at hand, looked up when its first point is kept.
type pointTaker struct {
	plan     *Plan
	places   *Places
	items    []*KeptPoint
	resource *knownResource
	scope    *knownScope
	metric   *placeMetric
}

func (t *pointTaker) take(rm pmetric.ResourceMetrics, sm pmetric.ScopeMetrics, m pmetric.Metric) {
	next := func() *KeptPoint {
		t.place(rm, sm, m)
		item := t.items[0]
		t.items = t.items[1:]
		item.metric = t.metric
		return item
	}
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		takeItems(t.plan, m.Gauge().DataPoints(), func(e pmetric.NumberDataPoint) { next().takeNumber(e) })
	case pmetric.MetricTypeSum:
		takeItems(t.plan, m.Sum().DataPoints(), func(e pmetric.NumberDataPoint) { next().takeNumber(e) })
	case pmetric.MetricTypeHistogram:
		takeItems(t.plan, m.Histogram().DataPoints(), func(e pmetric.HistogramDataPoint) { next().takeHistogram(e) })
	case pmetric.MetricTypeExponentialHistogram:
		takeItems(t.plan, m.ExponentialHistogram().DataPoints(), func(e pmetric.ExponentialHistogramDataPoint) {
			next().takeExponential(e)
		})
	case pmetric.MetricTypeSummary:
		takeItems(t.plan, m.Summary().DataPoints(), func(e pmetric.SummaryDataPoint) { next().takeSummary(e) })
	default:
	}
}

func (t *pointTaker) place(rm pmetric.ResourceMetrics, sm pmetric.ScopeMetrics, m pmetric.Metric) {
	if t.metric != nil {
		return
	}
	if t.resource == nil {
		t.resource = t.places.resource(rm.Resource(), rm.SchemaUrl())
	}
	if t.scope == nil {
		t.scope = t.places.scope(t.resource, sm.Scope(), sm.SchemaUrl())
	}
	t.metric = t.places.metric(t.scope, m)
}
