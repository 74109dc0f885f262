// SPDX-License-Identifier: Apache-2.0

package signal

import "go.opentelemetry.io/collector/pdata/pmetric"

// metricsSizer sizes containers without what they contain, which it sets aside
// meanwhile. When off, it finds every size to be zero.
type metricsSizer struct {
	on      bool
	proto   pmetric.ProtoMarshaler
	scopes  pmetric.ScopeMetricsSlice
	metrics pmetric.MetricSlice
	// bare is a metric that takes the place of one without its data points.
	bare pmetric.Metric
}

func newMetricsSizer(on bool) metricsSizer {
	if !on {
		return metricsSizer{}
	}
	return metricsSizer{
		on:      true,
		scopes:  pmetric.NewScopeMetricsSlice(),
		metrics: pmetric.NewMetricSlice(),
		bare:    pmetric.NewMetric(),
	}
}

func (z *metricsSizer) resource(rm pmetric.ResourceMetrics) int {
	if !z.on {
		return 0
	}
	rm.ScopeMetrics().MoveAndAppendTo(z.scopes)
	n := z.proto.ResourceMetricsSize(rm)
	z.scopes.MoveAndAppendTo(rm.ScopeMetrics())
	return n
}

func (z *metricsSizer) scope(sm pmetric.ScopeMetrics) int {
	if !z.on {
		return 0
	}
	sm.Metrics().MoveAndAppendTo(z.metrics)
	n := z.proto.ScopeMetricsSize(sm)
	z.metrics.MoveAndAppendTo(sm.Metrics())
	return n
}

// metric returns the size of a metric without its data, and of its data without
// the data points. The metric must have data points.
func (z *metricsSizer) metric(m pmetric.Metric) (outer, inner int) {
	copyMetric(m, z.bare)
	// The data's own fields are too few for its length to need a second byte.
	if t := temporality(m); t != pmetric.AggregationTemporalityUnspecified {
		inner += 1 + varint(uint64(t))
	}
	if monotonic(m) {
		inner += 2
	}
	return z.proto.MetricSize(z.bare) - field(inner), inner
}

func (z *metricsSizer) point(m pmetric.Metric, i int) int {
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		return field(z.proto.NumberDataPointSize(m.Gauge().DataPoints().At(i)))
	case pmetric.MetricTypeSum:
		return field(z.proto.NumberDataPointSize(m.Sum().DataPoints().At(i)))
	case pmetric.MetricTypeHistogram:
		return field(z.proto.HistogramDataPointSize(m.Histogram().DataPoints().At(i)))
	case pmetric.MetricTypeExponentialHistogram:
		return field(z.proto.ExponentialHistogramDataPointSize(m.ExponentialHistogram().DataPoints().At(i)))
	case pmetric.MetricTypeSummary:
		return field(z.proto.SummaryDataPointSize(m.Summary().DataPoints().At(i)))
	default:
		return 0
	}
}
