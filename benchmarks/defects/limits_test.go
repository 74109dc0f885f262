// SPDX-License-Identifier: Apache-2.0

package defects

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

var itemOnlySizing = defect{
	test: "TestItemOnlySizing", what: "a batch is to have at most 10,000 bytes", upstream: "RFC, #6046, #8272",
	want: want{
		stock:      cell{{settings: "send_batch_size: 10, send_batch_max_size: 10", is: aboveByteLimit}},
		adapter:    cell{{settings: "batch: {sizer: bytes, min_size: 10000, max_size: 10000}", is: withinByteLimit}},
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
		r := beginMetrics(t, s, s.batchesOfAtMost(5))
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
