// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// KeptPoint is a data point outside of its request. The type of its metric says
// which of its points is used. It is small because most are numbers. It is not
// safe for concurrent use.
type KeptPoint struct {
	metric *placeMetric
	number pmetric.NumberDataPoint
	other  *otherPoint // made when it is needed
}

type otherPoint struct {
	histogram   pmetric.HistogramDataPoint
	exponential pmetric.ExponentialHistogramDataPoint
	summary     pmetric.SummaryDataPoint
}

// AppendItems appends n empty numbers to dst, which most points are. They come
// from one slice because a point alone takes a second allocation.
func (Metrics) AppendItems(dst []KeptPoint, n int) []KeptPoint {
	numbers := pmetric.NewNumberDataPointSlice()
	for range n {
		dst = append(dst, KeptPoint{number: numbers.AppendEmpty()})
	}
	return dst
}

// ItemBytes is the protobuf size of a data point.
func (Metrics) ItemBytes(k *KeptPoint) int {
	var sizer pmetric.ProtoMarshaler
	switch k.metric.metric.Type() {
	case pmetric.MetricTypeHistogram:
		return sizer.HistogramDataPointSize(k.other.histogram)
	case pmetric.MetricTypeExponentialHistogram:
		return sizer.ExponentialHistogramDataPointSize(k.other.exponential)
	case pmetric.MetricTypeSummary:
		return sizer.SummaryDataPointSize(k.other.summary)
	default:
		return sizer.NumberDataPointSize(k.number)
	}
}

func (k *KeptPoint) takeNumber(e pmetric.NumberDataPoint) {
	if k.number == (pmetric.NumberDataPoint{}) {
		k.number, k.other = pmetric.NewNumberDataPoint(), nil
	}
	e.MoveTo(k.number)
}

func (k *KeptPoint) takeHistogram(e pmetric.HistogramDataPoint) {
	if k.other == nil || k.other.histogram == (pmetric.HistogramDataPoint{}) {
		k.number, k.other = pmetric.NumberDataPoint{}, &otherPoint{histogram: pmetric.NewHistogramDataPoint()}
	}
	e.MoveTo(k.other.histogram)
}

func (k *KeptPoint) takeExponential(e pmetric.ExponentialHistogramDataPoint) {
	if k.other == nil || k.other.exponential == (pmetric.ExponentialHistogramDataPoint{}) {
		k.number, k.other = pmetric.NumberDataPoint{}, &otherPoint{exponential: pmetric.NewExponentialHistogramDataPoint()}
	}
	e.MoveTo(k.other.exponential)
}

func (k *KeptPoint) takeSummary(e pmetric.SummaryDataPoint) {
	if k.other == nil || k.other.summary == (pmetric.SummaryDataPoint{}) {
		k.number, k.other = pmetric.NumberDataPoint{}, &otherPoint{summary: pmetric.NewSummaryDataPoint()}
	}
	e.MoveTo(k.other.summary)
}

// copyTo appends a copy of the point to a metric of its type, and returns the
// copy's attributes.
func (k *KeptPoint) copyTo(m pmetric.Metric) pcommon.Map {
	switch m.Type() {
	case pmetric.MetricTypeHistogram:
		e := m.Histogram().DataPoints().AppendEmpty()
		k.other.histogram.CopyTo(e)
		return e.Attributes()
	case pmetric.MetricTypeExponentialHistogram:
		e := m.ExponentialHistogram().DataPoints().AppendEmpty()
		k.other.exponential.CopyTo(e)
		return e.Attributes()
	case pmetric.MetricTypeSummary:
		e := m.Summary().DataPoints().AppendEmpty()
		k.other.summary.CopyTo(e)
		return e.Attributes()
	case pmetric.MetricTypeSum:
		e := m.Sum().DataPoints().AppendEmpty()
		k.number.CopyTo(e)
		return e.Attributes()
	default:
		e := m.Gauge().DataPoints().AppendEmpty()
		k.number.CopyTo(e)
		return e.Attributes()
	}
}

// NewBuilder returns a Builder of data points.
func (m Metrics) NewBuilder(attribute string) Builder[pmetric.Metrics, KeptPoint] {
	return &metricsBuilder{attribute: attribute, merger: m.NewMerger(true), metrics: map[*placeMetric]pmetric.Metric{}}
}

type metricsBuilder struct {
	attribute string
	merger    Merger[pmetric.Metrics]
	out       pmetric.Metrics
	placement[pmetric.ResourceMetrics, pmetric.ScopeMetrics]
	metrics map[*placeMetric]pmetric.Metric
}

// Add copies a data point.
func (b *metricsBuilder) Add(item *KeptPoint, updates int) {
	if b.empty() {
		b.out = pmetric.NewMetrics()
	}
	metric, known := b.metrics[item.metric]
	if !known {
		metric = b.scopeOf(item.metric.of).Metrics().AppendEmpty()
		copyMetric(item.metric.metric, metric)
		b.metrics[item.metric] = metric
		b.alike = b.alike || item.metric.loose
	}
	attributes := item.copyTo(metric)
	if b.attribute != "" {
		attributes.PutInt(b.attribute, int64(updates))
	}
}

func (b *metricsBuilder) scopeOf(at *placeScope) pmetric.ScopeMetrics {
	scope, known := b.scope(at)
	if known {
		return scope
	}
	resource, known := b.resource(at.of)
	if !known {
		resource = b.out.ResourceMetrics().AppendEmpty()
		at.of.resource.CopyTo(resource.Resource())
		resource.SetSchemaUrl(at.of.schemaURL)
		b.addResource(at.of, resource)
	}
	scope = resource.ScopeMetrics().AppendEmpty()
	at.scope.CopyTo(scope.Scope())
	scope.SetSchemaUrl(at.schemaURL)
	b.addScope(at, scope)
	return scope
}

// Take returns what was added and forgets it.
func (b *metricsBuilder) Take() pmetric.Metrics {
	if b.empty() {
		return pmetric.NewMetrics()
	}
	out, again := b.out, b.alike
	b.out = pmetric.Metrics{}
	b.forget()
	clear(b.metrics)
	return mergeAlike(b.merger, out, again)
}
