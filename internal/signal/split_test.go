// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/testdata"
)

// TestSplitMetricTypes splits every type of metric between its data points.
func TestSplitMetricTypes(t *testing.T) {
	delta := pmetric.AggregationTemporalityDelta
	for name, fill := range map[string]func(pmetric.Metric, int){
		"gauge": func(m pmetric.Metric, points int) {
			m.SetEmptyGauge()
			for range points {
				m.Gauge().DataPoints().AppendEmpty().Exemplars().AppendEmpty().SetIntValue(1)
			}
		},
		"sum": func(m pmetric.Metric, points int) {
			m.SetEmptySum().SetAggregationTemporality(delta)
			m.Sum().SetIsMonotonic(true)
			for range points {
				m.Sum().DataPoints().AppendEmpty().Exemplars().AppendEmpty().SetIntValue(1)
			}
		},
		"histogram": func(m pmetric.Metric, points int) {
			m.SetEmptyHistogram().SetAggregationTemporality(delta)
			for range points {
				p := m.Histogram().DataPoints().AppendEmpty()
				p.BucketCounts().Append(1, 2)
				p.Exemplars().AppendEmpty().SetIntValue(1)
			}
		},
		"exponential histogram": func(m pmetric.Metric, points int) {
			m.SetEmptyExponentialHistogram().SetAggregationTemporality(delta)
			for range points {
				p := m.ExponentialHistogram().DataPoints().AppendEmpty()
				p.Positive().BucketCounts().Append(1, 2)
				p.Exemplars().AppendEmpty().SetIntValue(1)
			}
		},
		"summary": func(m pmetric.Metric, points int) {
			m.SetEmptySummary()
			for range points {
				m.Summary().DataPoints().AppendEmpty().QuantileValues().AppendEmpty().SetQuantile(0.5)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			build := func(points int) pmetric.Metrics {
				md := pmetric.NewMetrics()
				rm := md.ResourceMetrics().AppendEmpty()
				rm.Resource().Attributes().PutStr("a", "1")
				rm.SetSchemaUrl("resource schema")
				sm := rm.ScopeMetrics().AppendEmpty()
				sm.Scope().SetName("scope")
				sm.SetSchemaUrl("scope schema")
				m := sm.Metrics().AppendEmpty()
				m.SetName("name")
				m.SetDescription("description")
				m.SetUnit("unit")
				m.Metadata().PutStr("a", "1")
				fill(m, points)
				return md
			}
			// Fewer items go than stay, and the other way round.
			for _, n := range []int{1, 4} {
				md := build(5)
				head, ok := Metrics{}.Split(md, n, 0)
				require.True(t, ok)
				assert.Equal(t, metricLines(build(n)), metricLines(head))
				assert.Equal(t, metricLines(build(5-n)), metricLines(md))
			}
			md := build(5)
			head, ok := Metrics{}.Split(md, 0, Metrics{}.Bytes(build(3)))
			require.True(t, ok)
			assert.Equal(t, metricLines(build(3)), metricLines(head))
		})
	}
}

// TestSplitMetricsToTheByte lets the data of a metric grow past the lengths at
// which its own length takes another byte.
func TestSplitMetricsToTheByte(t *testing.T) {
	for size := range 300 {
		for name, fill := range map[string]func(pmetric.Metric) pmetric.NumberDataPointSlice{
			"gauge": func(m pmetric.Metric) pmetric.NumberDataPointSlice { return m.SetEmptyGauge().DataPoints() },
			"sum": func(m pmetric.Metric) pmetric.NumberDataPointSlice {
				m.SetEmptySum().SetIsMonotonic(true)
				m.Sum().SetAggregationTemporality(300)
				return m.Sum().DataPoints()
			},
		} {
			build := func(points int) pmetric.Metrics {
				md := pmetric.NewMetrics()
				to := fill(md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty())
				for range points {
					to.AppendEmpty().Attributes().PutStr("", strings.Repeat("x", size))
				}
				return md
			}
			limit := Metrics{}.Bytes(build(1))
			head, ok := Metrics{}.Split(build(2), 0, limit)
			require.Truef(t, ok, "%s of %d", name, size)
			require.Equal(t, 1, head.DataPointCount())
			_, ok = Metrics{}.Split(build(2), 0, limit-1)
			require.Falsef(t, ok, "%s of %d", name, size)
		}
	}
}

func TestSplitNothingFits(t *testing.T) {
	td := testdata.GenerateTraces(2)
	before := traceLines(td)
	_, ok := Traces{}.Split(td, 0, 10)
	assert.False(t, ok)
	assert.Equal(t, before, traceLines(td))

	head, ok := Traces{}.Split(td, 1, 0)
	assert.True(t, ok)
	assert.Equal(t, before[:1], traceLines(head))
	assert.Equal(t, 1, td.SpanCount())
}

func TestSplitEverythingFits(t *testing.T) {
	size := Traces{}.Bytes(testdata.GenerateTraces(5))
	for _, limit := range []struct{ items, bytes int }{{0, 0}, {5, 0}, {0, size}, {5, size}, {9, 9 * size}, {-1, -1}} {
		td := testdata.GenerateTraces(5)
		head, ok := Traces{}.Split(td, limit.items, limit.bytes)
		assert.True(t, ok)
		assert.Equal(t, 5, head.SpanCount())
		assert.Zero(t, td.ResourceSpans().Len())
	}
	td := testdata.GenerateTraces(5)
	head, ok := Traces{}.Split(td, 0, size-1)
	assert.True(t, ok)
	assert.Equal(t, 4, head.SpanCount(), "one byte short")
}

// TestSplitKeepsWhatHasNoItems makes sure that elements without items neither
// get lost nor are ever all that is left.
func TestSplitKeepsWhatHasNoItems(t *testing.T) {
	build := func() pmetric.Metrics {
		md := pmetric.NewMetrics()
		md.ResourceMetrics().AppendEmpty().SetSchemaUrl("no scopes")
		metrics := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics()
		metrics.AppendEmpty().SetName("no data")
		for range 2 {
			metrics.AppendEmpty().SetEmptyGauge().DataPoints().AppendEmpty()
		}
		metrics.AppendEmpty().SetName("no data either" + strings.Repeat("!", 1000))
		md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Scope().SetName("no metrics")
		return md
	}
	whole := plain(metricLines(build()))

	md := build()
	head, ok := Metrics{}.Split(md, 1, 0)
	require.True(t, ok)
	assert.Equal(t, whole[:3], plain(metricLines(head)), "what precedes an item goes with it")
	assert.Equal(t, whole[3:], plain(metricLines(md)))

	md = build()
	head, ok = Metrics{}.Split(md, 0, 500)
	require.True(t, ok)
	assert.Equal(t, 1, head.DataPointCount(), "the last item stays with what follows and is too large")
	assert.Equal(t, whole[3:], plain(metricLines(md)))
	_, ok = Metrics{}.Split(md, 0, 500)
	assert.False(t, ok)
	head, ok = Metrics{}.Split(md, 1, 0)
	assert.True(t, ok)
	assert.Equal(t, whole[3:], plain(metricLines(head)))

	empty := pmetric.NewMetrics()
	empty.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty().SetName("no data")
	want := plain(metricLines(empty))
	head, ok = Metrics{}.Split(empty, 1, 0)
	assert.True(t, ok)
	assert.Equal(t, want, plain(metricLines(head)))
}

// TestSplitAtBorders makes sure that a whole scope or resource is moved,
// not copied with nothing left behind.
func TestSplitAtBorders(t *testing.T) {
	td := ptrace.NewTraces()
	for range 2 {
		rs := td.ResourceSpans().AppendEmpty()
		for range 2 {
			ss := rs.ScopeSpans().AppendEmpty()
			for range 2 {
				ss.Spans().AppendEmpty()
			}
		}
	}
	for _, want := range []struct{ items, resources, left int }{{4, 1, 1}, {2, 1, 1}, {2, 1, 0}} {
		head, ok := Traces{}.Split(td, want.items, 0)
		require.True(t, ok)
		assert.Equal(t, want.resources, head.ResourceSpans().Len())
		assert.Equal(t, want.items/2, head.ResourceSpans().At(0).ScopeSpans().Len())
		assert.Equal(t, want.left, td.ResourceSpans().Len())
	}
}

func TestSplitProfilesCopiesDictionary(t *testing.T) {
	pd := testdata.GenerateProfiles(4)
	whole := plain(profileLines(pd))
	head, ok := Profiles{}.Split(pd, 1, 0)
	require.True(t, ok)
	assert.Equal(t, whole[:1], plain(profileLines(head)))
	assert.Equal(t, whole[1:], plain(profileLines(pd)))

	dictionary := pprofile.NewProfiles()
	pd.Dictionary().CopyTo(dictionary.Dictionary())
	_, ok = Profiles{}.Split(pd, 0, Profiles{}.Bytes(dictionary))
	assert.False(t, ok, "the dictionary alone is as large as the limit")
}
