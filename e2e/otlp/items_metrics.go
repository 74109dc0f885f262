// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/partbuffer/partbufferprocessor/e2e/ledger"
)

func dataPoints(md pmetric.Metrics) ([]ledger.Item, error) {
	items := make([]ledger.Item, 0, md.DataPointCount())
	for _, rm := range md.ResourceMetrics().All() {
		for _, sm := range rm.ScopeMetrics().All() {
			head, err := header(rm.Resource(), rm.SchemaUrl(), sm.Scope(), sm.SchemaUrl())
			if err != nil {
				return nil, err
			}
			for _, metric := range sm.Metrics().All() {
				items, err = appendPoints(items, head, metric)
				if err != nil {
					return nil, err
				}
			}
		}
	}
	return items, nil
}

// appendPoints encodes each point as the only one of a metric with the same head.
func appendPoints(items []ledger.Item, head []byte, metric pmetric.Metric) ([]ledger.Item, error) {
	one := pmetric.NewMetrics()
	slot := one.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	slot.SetName(metric.Name())
	slot.SetDescription(metric.Description())
	slot.SetUnit(metric.Unit())
	metric.Metadata().CopyTo(slot.Metadata())

	add := func(attributes pcommon.Map, exemplars pmetric.ExemplarSlice) error {
		id, err := pointID(attributes, exemplars)
		if err != nil {
			return err
		}
		body, err := new(pmetric.ProtoMarshaler).MarshalMetrics(one)
		if err != nil {
			return err
		}
		items = append(items, ledger.Item{ID: id, Content: content(head, body), Updates: -1})
		return nil
	}

	var err error
	switch metric.Type() {
	case pmetric.MetricTypeGauge:
		point := slot.SetEmptyGauge().DataPoints().AppendEmpty()
		for _, dp := range metric.Gauge().DataPoints().All() {
			dp.CopyTo(point)
			err = errors.Join(err, add(dp.Attributes(), dp.Exemplars()))
		}
	case pmetric.MetricTypeSum:
		slot.SetEmptySum().SetIsMonotonic(metric.Sum().IsMonotonic())
		slot.Sum().SetAggregationTemporality(metric.Sum().AggregationTemporality())
		point := slot.Sum().DataPoints().AppendEmpty()
		for _, dp := range metric.Sum().DataPoints().All() {
			dp.CopyTo(point)
			err = errors.Join(err, add(dp.Attributes(), dp.Exemplars()))
		}
	case pmetric.MetricTypeHistogram:
		slot.SetEmptyHistogram().SetAggregationTemporality(metric.Histogram().AggregationTemporality())
		point := slot.Histogram().DataPoints().AppendEmpty()
		for _, dp := range metric.Histogram().DataPoints().All() {
			dp.CopyTo(point)
			err = errors.Join(err, add(dp.Attributes(), dp.Exemplars()))
		}
	case pmetric.MetricTypeExponentialHistogram:
		slot.SetEmptyExponentialHistogram().SetAggregationTemporality(metric.ExponentialHistogram().AggregationTemporality())
		point := slot.ExponentialHistogram().DataPoints().AppendEmpty()
		for _, dp := range metric.ExponentialHistogram().DataPoints().All() {
			dp.CopyTo(point)
			err = errors.Join(err, add(dp.Attributes(), dp.Exemplars()))
		}
	case pmetric.MetricTypeSummary:
		point := slot.SetEmptySummary().DataPoints().AppendEmpty()
		for _, dp := range metric.Summary().DataPoints().All() {
			dp.CopyTo(point)
			err = errors.Join(err, add(dp.Attributes(), pmetric.NewExemplarSlice()))
		}
	default:
		err = fmt.Errorf("metric %q: unexpected type %s", metric.Name(), metric.Type())
	}
	return items, err
}

func pointCount(m pmetric.Metric) int {
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		return m.Gauge().DataPoints().Len()
	case pmetric.MetricTypeSum:
		return m.Sum().DataPoints().Len()
	case pmetric.MetricTypeHistogram:
		return m.Histogram().DataPoints().Len()
	case pmetric.MetricTypeExponentialHistogram:
		return m.ExponentialHistogram().DataPoints().Len()
	case pmetric.MetricTypeSummary:
		return m.Summary().DataPoints().Len()
	default:
		return 0
	}
}

// pointID finds the id in the attributes of a data point, or in its first
// exemplar where the attributes are to be the same in every point of a series.
func pointID(attributes pcommon.Map, exemplars pmetric.ExemplarSlice) (int64, error) {
	if _, ok := attributes.Get(idAttribute); !ok && exemplars.Len() > 0 {
		attributes = exemplars.At(0).FilteredAttributes()
	}
	return idOf(attributes)
}
