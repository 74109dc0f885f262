// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"slices"
	"strconv"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// sample is an item of Map mode as a test sees it: id tells one item from all others, key what it is about.
type sample struct {
	id       int
	resource string
	key      string // "" = none
	at       uint64 // timestamp
	delta    bool   // metrics only
}

// mapKind builds requests of samples and reads them back. The key is an attribute of the item.
type mapKind[D comparable] struct {
	kind[D]
	request func(samples []sample) D
	read    func(D) []received
}

// received is a sample that came out.
type received struct {
	sample
	updates int64 // -1 = no attribute
}

const (
	keyPath          = `attributes["key"]`
	updatesAttribute = "updates"
)

func forEachMapKind(t *testing.T, traces func(*testing.T, mapKind[ptrace.Traces]), logs func(*testing.T, mapKind[plog.Logs]),
	metrics func(*testing.T, mapKind[pmetric.Metrics]),
) {
	t.Run("traces", func(t *testing.T) { traces(t, tracesMapKind()) })
	t.Run("logs", func(t *testing.T) { logs(t, logsMapKind()) })
	t.Run("metrics", func(t *testing.T) { metrics(t, metricsMapKind()) })
}

// newMapRig is newRig for Map mode: ids are those of the samples.
func newMapRig[D comparable](t tester, k mapKind[D], cfg *Config) *rig[D] {
	t.Helper()
	k.ids = func(data D) (ids []int) {
		for _, r := range k.read(data) {
			ids = append(ids, r.id)
		}
		return ids
	}
	return newRig(t, k.kind, cfg)
}

// received returns what came out since the last call, by id.
func (k mapKind[D]) received(r *rig[D]) (all []received) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, b := range r.batches {
		all = append(all, k.read(b.data)...)
	}
	r.batches = nil
	slices.SortFunc(all, func(a, b received) int { return a.id - b.id })
	return all
}

func mapConfig(change func(*Config)) *Config {
	return testConfig(func(c *Config) {
		c.Mode, c.Timeout = modeMap, defaultWindow
		c.Map.Key = []string{keyPath}
		c.Map.UpdatesAttribute = updatesAttribute
		if change != nil {
			change(c)
		}
	})
}

func label(attributes pcommon.Map, s sample) {
	if s.key != "" {
		attributes.PutStr("key", s.key)
	}
	attributes.PutInt("id", int64(s.id))
}

func unlabel(resource, attributes pcommon.Map, at pcommon.Timestamp) received {
	r := received{updates: -1}
	name, _ := resource.Get("service.name")
	r.resource = name.Str()
	if key, ok := attributes.Get("key"); ok {
		r.key = key.Str()
	}
	id, _ := attributes.Get("id")
	r.id = int(id.Int())
	if updates, ok := attributes.Get(updatesAttribute); ok {
		r.updates = updates.Int()
	}
	r.at = uint64(at)
	return r
}

// byResource calls add for the samples of one resource after the other.
func byResource(samples []sample, add func(resource string, of []sample)) {
	for len(samples) > 0 {
		n := slices.IndexFunc(samples, func(s sample) bool { return s.resource != samples[0].resource })
		if n < 0 {
			n = len(samples)
		}
		add(samples[0].resource, samples[:n])
		samples = samples[n:]
	}
}

func tracesMapKind() mapKind[ptrace.Traces] {
	return mapKind[ptrace.Traces]{
		kind: tracesKind(),
		request: func(samples []sample) ptrace.Traces {
			td := ptrace.NewTraces()
			byResource(samples, func(resource string, of []sample) {
				rs := td.ResourceSpans().AppendEmpty()
				fillResource(rs.Resource(), resource)
				spans := rs.ScopeSpans().AppendEmpty().Spans()
				for _, s := range of {
					span := spans.AppendEmpty()
					span.SetName(strconv.Itoa(s.id))
					span.SetEndTimestamp(pcommon.Timestamp(s.at))
					label(span.Attributes(), s)
				}
			})
			return td
		},
		read: func(td ptrace.Traces) (all []received) {
			for _, rs := range td.ResourceSpans().All() {
				for _, ss := range rs.ScopeSpans().All() {
					for _, span := range ss.Spans().All() {
						all = append(all, unlabel(rs.Resource().Attributes(), span.Attributes(), span.EndTimestamp()))
					}
				}
			}
			return all
		},
	}
}

func logsMapKind() mapKind[plog.Logs] {
	return mapKind[plog.Logs]{
		kind: logsKind(),
		request: func(samples []sample) plog.Logs {
			ld := plog.NewLogs()
			byResource(samples, func(resource string, of []sample) {
				rl := ld.ResourceLogs().AppendEmpty()
				fillResource(rl.Resource(), resource)
				records := rl.ScopeLogs().AppendEmpty().LogRecords()
				for _, s := range of {
					record := records.AppendEmpty()
					record.Body().SetInt(int64(s.id))
					record.SetTimestamp(pcommon.Timestamp(s.at))
					label(record.Attributes(), s)
				}
			})
			return ld
		},
		read: func(ld plog.Logs) (all []received) {
			for _, rl := range ld.ResourceLogs().All() {
				for _, sl := range rl.ScopeLogs().All() {
					for _, record := range sl.LogRecords().All() {
						all = append(all, unlabel(rl.Resource().Attributes(), record.Attributes(), record.Timestamp()))
					}
				}
			}
			return all
		},
	}
}

// metricsMapKind puts the points of a request into gauges, cumulative and delta sums and histograms by turns.
func metricsMapKind() mapKind[pmetric.Metrics] {
	return mapKind[pmetric.Metrics]{
		kind: metricsKind(),
		request: func(samples []sample) pmetric.Metrics {
			md := pmetric.NewMetrics()
			byResource(samples, func(resource string, of []sample) {
				rm := md.ResourceMetrics().AppendEmpty()
				fillResource(rm.Resource(), resource)
				metrics := rm.ScopeMetrics().AppendEmpty().Metrics()
				for _, s := range of {
					addPoint(metrics.AppendEmpty(), s)
				}
			})
			return md
		},
		read: readPoints,
	}
}

func addPoint(m pmetric.Metric, s sample) {
	// The type depends on the key, so that the points of one key are of one type.
	switch kind := len(s.key) % 3; {
	case s.delta:
		m.SetName("delta")
		m.SetEmptySum().SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
		dp := m.Sum().DataPoints().AppendEmpty()
		dp.SetTimestamp(pcommon.Timestamp(s.at))
		label(dp.Attributes(), s)
	case kind == 0:
		m.SetName("gauge")
		dp := m.SetEmptyGauge().DataPoints().AppendEmpty()
		dp.SetTimestamp(pcommon.Timestamp(s.at))
		label(dp.Attributes(), s)
	case kind == 1:
		m.SetName("sum")
		m.SetEmptySum().SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
		dp := m.Sum().DataPoints().AppendEmpty()
		dp.SetTimestamp(pcommon.Timestamp(s.at))
		label(dp.Attributes(), s)
	default:
		m.SetName("histogram")
		m.SetEmptyHistogram().SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
		dp := m.Histogram().DataPoints().AppendEmpty()
		dp.SetTimestamp(pcommon.Timestamp(s.at))
		label(dp.Attributes(), s)
	}
}

func readPoints(md pmetric.Metrics) (all []received) {
	for _, rm := range md.ResourceMetrics().All() {
		resource := rm.Resource().Attributes()
		for _, sm := range rm.ScopeMetrics().All() {
			for _, m := range sm.Metrics().All() {
				if m.Type() == pmetric.MetricTypeHistogram {
					for _, dp := range m.Histogram().DataPoints().All() {
						all = append(all, unlabel(resource, dp.Attributes(), dp.Timestamp()))
					}
					continue
				}
				var points pmetric.NumberDataPointSlice
				delta := false
				if m.Type() == pmetric.MetricTypeSum {
					points = m.Sum().DataPoints()
					delta = m.Sum().AggregationTemporality() == pmetric.AggregationTemporalityDelta
				} else {
					points = m.Gauge().DataPoints()
				}
				for _, dp := range points.All() {
					r := unlabel(resource, dp.Attributes(), dp.Timestamp())
					r.delta = delta
					all = append(all, r)
				}
			}
		}
	}
	return all
}
