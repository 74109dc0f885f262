// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
)

// buildMetrics deals the points over one metric of each type.
func buildMetrics(spec Spec) Request {
	md := pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	rm.SetSchemaUrl(fillResource(rm.Resource(), spec.Resource))
	sm := rm.ScopeMetrics().AppendEmpty()
	sm.SetSchemaUrl(fillScope(sm.Scope(), spec.Resource))

	types := []pmetric.MetricType{
		pmetric.MetricTypeGauge,
		pmetric.MetricTypeSum,
		pmetric.MetricTypeHistogram,
		pmetric.MetricTypeExponentialHistogram,
		pmetric.MetricTypeSummary,
	}
	metrics := make([]pmetric.Metric, min(len(types), spec.Count))
	for i := range metrics {
		// Appending moves no metric: a handle points at the metric itself.
		metrics[i] = sm.Metrics().AppendEmpty()
		fillMetric(metrics[i], types[i])
	}
	for i := range spec.Count {
		fillPoint(metrics[i%len(metrics)], spec.First+int64(i))
	}
	return pmetricotlp.NewExportRequestFromMetrics(md)
}

func fillMetric(m pmetric.Metric, kind pmetric.MetricType) {
	m.SetName("requests." + kind.String())
	m.SetDescription("how many")
	m.SetUnit("1")
	m.Metadata().PutStr("origin", kind.String())
	switch kind {
	case pmetric.MetricTypeGauge:
		m.SetEmptyGauge()
	case pmetric.MetricTypeSum:
		m.SetEmptySum().SetIsMonotonic(true)
		m.Sum().SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	case pmetric.MetricTypeHistogram:
		m.SetEmptyHistogram().SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	case pmetric.MetricTypeExponentialHistogram:
		m.SetEmptyExponentialHistogram().SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	case pmetric.MetricTypeSummary:
		m.SetEmptySummary()
	default:
	}
}

func fillPoint(m pmetric.Metric, id int64) {
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		fillNumber(m.Gauge().DataPoints().AppendEmpty(), id)
	case pmetric.MetricTypeSum:
		fillNumber(m.Sum().DataPoints().AppendEmpty(), id)
	case pmetric.MetricTypeHistogram:
		dp := m.Histogram().DataPoints().AppendEmpty()
		identify(dp.Attributes(), id)
		dp.SetTimestamp(timestamp(id))
		dp.SetCount(3)
		dp.SetSum(float64(id))
		dp.ExplicitBounds().FromRaw([]float64{1, 2})
		dp.BucketCounts().FromRaw([]uint64{1, 1, 1})
		dp.Exemplars().AppendEmpty().SetTraceID(traceID(id))
	case pmetric.MetricTypeExponentialHistogram:
		dp := m.ExponentialHistogram().DataPoints().AppendEmpty()
		identify(dp.Attributes(), id)
		dp.SetTimestamp(timestamp(id))
		dp.SetScale(2)
		dp.SetZeroCount(1)
		dp.Positive().BucketCounts().FromRaw([]uint64{uint64(id), 1})
	case pmetric.MetricTypeSummary:
		dp := m.Summary().DataPoints().AppendEmpty()
		identify(dp.Attributes(), id)
		dp.SetTimestamp(timestamp(id))
		dp.SetCount(uint64(id))
		dp.QuantileValues().AppendEmpty().SetQuantile(0.99)
	default:
	}
}

func fillNumber(dp pmetric.NumberDataPoint, id int64) {
	identify(dp.Attributes(), id)
	dp.SetTimestamp(timestamp(id))
	dp.SetIntValue(id)
	dp.Exemplars().AppendEmpty().SetSpanID(spanID(id))
}

func identify(attributes pcommon.Map, id int64) {
	attributes.PutInt(idAttribute, id)
}
