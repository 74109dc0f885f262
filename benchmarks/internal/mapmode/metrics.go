// SPDX-License-Identifier: Apache-2.0

package mapmode

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/load"
)

// Metrics makes data points of one cumulative monotonic sum. The value of a point is its round.
func Metrics() Signal[pmetric.Metrics] {
	var (
		encode pmetric.ProtoMarshaler
		decode pmetric.ProtoUnmarshaler
	)
	return Signal[pmetric.Metrics]{
		Name: "metrics", Make: makeMetrics, Stamp: stampMetrics, Count: pmetric.Metrics.DataPointCount,
		Marshal: encode.MarshalMetrics, Unmarshal: decode.UnmarshalMetrics,
	}
}

func makeMetrics(resource int, keys []int, attributes int) pmetric.Metrics {
	md := pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	load.Describe(rm.Resource().Attributes(), resource)
	sm := rm.ScopeMetrics().AppendEmpty()
	sm.Scope().SetName("example.com/shop/instrumentation/http")
	sm.Scope().SetVersion("1.14.2")
	m := sm.Metrics().AppendEmpty()
	m.SetName("http.server.request.count")
	m.SetDescription("Requests that were answered.")
	m.SetUnit("{request}")
	sum := m.SetEmptySum()
	sum.SetIsMonotonic(true)
	sum.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	sum.DataPoints().EnsureCapacity(len(keys))
	for _, key := range keys {
		dp := sum.DataPoints().AppendEmpty()
		dp.SetStartTimestamp(pcommon.NewTimestampFromTime(epoch))
		describePoint(dp.Attributes(), key, attributes)
	}
	stampMetrics(md, 0)
	return md
}

func stampMetrics(md pmetric.Metrics, round int) {
	points := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Sum().DataPoints()
	for _, dp := range points.All() {
		dp.SetTimestamp(roundTime(round))
		dp.SetIntValue(int64(round))
	}
}
