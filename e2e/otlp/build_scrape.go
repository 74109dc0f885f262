// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"fmt"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
)

// Series is how many series a target has.
const Series = 8

// Scrape is what one of several equal scrapers sees of a target at one time: a
// point of each of its series, and Deltas points that add up.
type Scrape struct {
	Replica string
	// Target is 0 or more.
	Target int64
	// Step is the time. Two scrapes of a target must not have the same.
	Step int64
	// FirstDelta is the id of the first delta point, and lower than any key's.
	FirstDelta int64
	Deltas     int
}

// key numbers the series of all targets.
func (s Scrape) key(series int64) int64 { return 1 + s.Target*Series + series }

// BuildScrape makes the request that a scraper sends. The ids of its series'
// points are those of ItemOf, and in their exemplars: the attributes of a
// series are always the same.
func BuildScrape(s Scrape) Request {
	md := pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	attributes := rm.Resource().Attributes()
	attributes.PutStr("service.name", "shop")
	attributes.PutStr("service.instance.id", fmt.Sprintf("10.0.0.%d:8080", s.Target))
	attributes.PutStr("replica", s.Replica)
	sm := rm.ScopeMetrics().AppendEmpty()
	sm.Scope().SetName("scraper")

	kinds := []func(pmetric.Metric, int64) pcommon.Map{addCounter, addGauge, addHistogram, addExponential}
	for i, add := range kinds {
		metric := sm.Metrics().AppendEmpty()
		for series := int64(i); series < Series; series += int64(len(kinds)) {
			add(metric, ItemOf(s.key(series), s.Step)).PutInt("shard", series)
		}
	}
	if s.Deltas > 0 {
		deltas := sm.Metrics().AppendEmpty()
		for i := range s.Deltas {
			addDelta(deltas, s.FirstDelta+int64(i))
		}
	}
	return pmetricotlp.NewExportRequestFromMetrics(md)
}

// addCounter and its like append a point to a metric that is theirs already or
// empty, and return its attributes.
func addCounter(m pmetric.Metric, id int64) pcommon.Map {
	if m.Type() == pmetric.MetricTypeEmpty {
		m.SetName("http.server.requests")
		m.SetUnit("1")
		m.SetEmptySum().SetIsMonotonic(true)
		m.Sum().SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	}
	dp := m.Sum().DataPoints().AppendEmpty()
	dp.SetTimestamp(timestamp(id))
	dp.SetIntValue(id)
	identifyBy(dp.Exemplars(), id)
	return dp.Attributes()
}

func addGauge(m pmetric.Metric, id int64) pcommon.Map {
	if m.Type() == pmetric.MetricTypeEmpty {
		m.SetName("process.memory.usage")
		m.SetUnit("By")
		m.SetEmptyGauge()
	}
	dp := m.Gauge().DataPoints().AppendEmpty()
	dp.SetTimestamp(timestamp(id))
	dp.SetDoubleValue(float64(id) / 2)
	identifyBy(dp.Exemplars(), id)
	return dp.Attributes()
}

func addHistogram(m pmetric.Metric, id int64) pcommon.Map {
	if m.Type() == pmetric.MetricTypeEmpty {
		m.SetName("http.server.duration")
		m.SetUnit("s")
		m.SetEmptyHistogram().SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	}
	dp := m.Histogram().DataPoints().AppendEmpty()
	dp.SetTimestamp(timestamp(id))
	dp.SetCount(uint64(id))
	dp.ExplicitBounds().FromRaw([]float64{1})
	dp.BucketCounts().FromRaw([]uint64{uint64(id) - 1, 1})
	identifyBy(dp.Exemplars(), id)
	return dp.Attributes()
}

func addExponential(m pmetric.Metric, id int64) pcommon.Map {
	if m.Type() == pmetric.MetricTypeEmpty {
		m.SetName("db.client.duration")
		m.SetUnit("s")
		m.SetEmptyExponentialHistogram().SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	}
	dp := m.ExponentialHistogram().DataPoints().AppendEmpty()
	dp.SetTimestamp(timestamp(id))
	dp.SetCount(uint64(id))
	dp.Positive().BucketCounts().FromRaw([]uint64{uint64(id)})
	identifyBy(dp.Exemplars(), id)
	return dp.Attributes()
}

// addDelta appends a point of one series. Whoever keeps only the newest of them loses an order.
func addDelta(m pmetric.Metric, id int64) {
	if m.Type() == pmetric.MetricTypeEmpty {
		m.SetName("shop.orders")
		m.SetUnit("1")
		m.SetEmptySum().SetIsMonotonic(true)
		m.Sum().SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	}
	dp := m.Sum().DataPoints().AppendEmpty()
	dp.SetTimestamp(timestamp(id))
	dp.SetIntValue(1)
	identifyBy(dp.Exemplars(), id)
}

func identifyBy(exemplars pmetric.ExemplarSlice, id int64) {
	exemplar := exemplars.AppendEmpty()
	exemplar.SetTimestamp(timestamp(id))
	identify(exemplar.FilteredAttributes(), id)
}
