// SPDX-License-Identifier: Apache-2.0

package defects

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

const byteLimitOfAdapter = "batch: {sizer: bytes, min_size: 10000, max_size: 10000}"

var itemOnlySizing = defect{
	test: "TestItemOnlySizing", what: "a batch is to have at most 10,000 bytes", upstream: "RFC, #6046, #8272",
	want: want{
		stock:      cell{{settings: "send_batch_size: 10, send_batch_max_size: 10", is: aboveByteLimit}},
		adapter:    cell{{settings: byteLimitOfAdapter, is: withinByteLimit}},
		partbuffer: cell{{settings: "send_batch_max_bytes: 10000", is: withinByteLimit}},
	},
}

// TestItemOnlySizing sends spans of very different sizes: no number of items fits all of them.
func TestItemOnlySizing(t *testing.T) {
	itemOnlySizing.observe(t, func(t *testing.T, s subject) outcome {
		r := begin(t, s)
		for range 3 {
			r.sendAll(spansOf(20, "small"), spansOf(20, strings.Repeat("large", 500)))
		}
		r.settle()
		require.Equal(t, 120, r.delivered())
		for _, d := range r.deliveries() {
			if d.bytes > 10_000 {
				return aboveByteLimit
			}
		}
		return withinByteLimit
	})
}

var oversizeItem = defect{
	test: "TestOversizeItem", what: "a data point that is larger than that", upstream: "#15936, #16087",
	want: want{
		stock:      cell{{is: oversizeDelivered}},
		adapter:    cell{{settings: byteLimitOfAdapter, is: oversizeLostMore}},
		partbuffer: cell{{settings: "send_batch_max_bytes: 10000", is: oversizeAlone}},
	},
}

// TestOversizeItem sends a data point that no batch can hold, among others.
func TestOversizeItem(t *testing.T) {
	oversizeItem.observe(t, func(t *testing.T, s subject) outcome {
		const points, large = 11, 3
		r := beginMetrics(t, s)
		md := gauge(points)
		md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Gauge().DataPoints().At(large).Attributes().
			PutStr("large", strings.Repeat("x", 20_000))
		require.NoError(t, r.metrics.ConsumeMetrics(t.Context(), md))
		r.settle()
		var values []int64
		alone := false
		for _, d := range r.deliveries() {
			all := d.metrics.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Gauge().DataPoints()
			for i := range all.Len() {
				values = append(values, all.At(i).IntValue())
			}
			alone = alone || all.Len() == 1 && all.At(0).IntValue() == large
		}
		counted := map[int64][]string{}
		for name, n := range r.counters() {
			counted[n] = append(counted[n], name)
		}
		switch lost := points - len(values); {
		case lost == 0 && alone:
			require.Contains(t, counted[1], "otelcol_processor_partbuffer_oversize_items")
			return oversizeAlone
		case lost == 0:
			return oversizeDelivered
		case lost == 1:
			require.Empty(t, counted[1])
			return oversizeLost
		default:
			require.Equal(t, []int64{0, 1, 2}, values, "what comes before it")
			require.Empty(t, counted[int64(lost)])
			return oversizeLostMore
		}
	})
}

var lostMetricMetadata = defect{
	test: "TestLostMetricMetadata", what: "`Metric.Metadata` of a metric that is split", upstream: "#12279, #14620",
	want: want{
		stock:      cell{{is: metadataLost}},
		adapter:    cell{{is: metadataKept}},
		partbuffer: cell{{is: metadataKept}},
	},
}

func TestLostMetricMetadata(t *testing.T) {
	lostMetricMetadata.observe(t, func(t *testing.T, s subject) outcome {
		r := beginMetrics(t, s, s.batchesOfAtMost5)
		require.NoError(t, r.metrics.ConsumeMetrics(t.Context(), gauge(10)))
		r.settle()
		require.Len(t, r.deliveries(), 2)
		without := 0
		for _, d := range r.deliveries() {
			require.Equal(t, 5, d.items)
			m := d.metrics.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0)
			if _, ok := m.Metadata().Get("prometheus.type"); !ok {
				without++
			}
		}
		require.LessOrEqual(t, without, 1)
		if without > 0 {
			return metadataLost
		}
		return metadataKept
	})
}

func gauge(points int) pmetric.Metrics {
	md := pmetric.NewMetrics()
	m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetName("requests")
	m.Metadata().PutStr("prometheus.type", "unknown")
	all := m.SetEmptyGauge().DataPoints()
	for i := range points {
		all.AppendEmpty().SetIntValue(int64(i))
	}
	return md
}
