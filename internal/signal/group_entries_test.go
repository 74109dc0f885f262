// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/partbuffer/partbufferprocessor/internal/key"
)

func mustMarshal(b []byte, err error) string {
	if err != nil {
		panic(err)
	}
	return string(b)
}

func groupSpanEntries(td ptrace.Traces, k *key.Key) (entries []groupEntry) {
	for _, rs := range td.ResourceSpans().All() {
		one := ptrace.NewTraces()
		to := one.ResourceSpans().AppendEmpty()
		rs.Resource().CopyTo(to.Resource())
		to.SetSchemaUrl(rs.SchemaUrl())
		add := func(key []byte, item bool) {
			text := mustMarshal((&ptrace.ProtoMarshaler{}).MarshalTraces(one))
			entries = append(entries, groupEntry{text: text, key: string(key), item: item})
		}
		if rs.ScopeSpans().Len() == 0 {
			add(nil, false)
		}
		resource, _ := k.AppendResource(nil, rs.Resource())
		toScope := to.ScopeSpans().AppendEmpty()
		for _, ss := range rs.ScopeSpans().All() {
			ss.Scope().CopyTo(toScope.Scope())
			toScope.SetSchemaUrl(ss.SchemaUrl())
			ptrace.NewSpanSlice().CopyTo(toScope.Spans())
			if ss.Spans().Len() == 0 {
				add(nil, false)
			}
			scope, _ := k.AppendScope(resource, ss.Scope())
			toSpan := toScope.Spans()
			for _, span := range ss.Spans().All() {
				ptrace.NewSpanSlice().CopyTo(toSpan)
				span.CopyTo(toSpan.AppendEmpty())
				item, _, _ := k.AppendSpan(scope, &key.Span{Resource: rs, Scope: ss, Span: span})
				add(item, true)
			}
		}
	}
	return entries
}

func groupRecordEntries(ld plog.Logs, k *key.Key) (entries []groupEntry) {
	for _, rl := range ld.ResourceLogs().All() {
		one := plog.NewLogs()
		to := one.ResourceLogs().AppendEmpty()
		rl.Resource().CopyTo(to.Resource())
		to.SetSchemaUrl(rl.SchemaUrl())
		add := func(key []byte, item bool) {
			text := mustMarshal((&plog.ProtoMarshaler{}).MarshalLogs(one))
			entries = append(entries, groupEntry{text: text, key: string(key), item: item})
		}
		if rl.ScopeLogs().Len() == 0 {
			add(nil, false)
		}
		resource, _ := k.AppendResource(nil, rl.Resource())
		toScope := to.ScopeLogs().AppendEmpty()
		for _, sl := range rl.ScopeLogs().All() {
			sl.Scope().CopyTo(toScope.Scope())
			toScope.SetSchemaUrl(sl.SchemaUrl())
			plog.NewLogRecordSlice().CopyTo(toScope.LogRecords())
			if sl.LogRecords().Len() == 0 {
				add(nil, false)
			}
			scope, _ := k.AppendScope(resource, sl.Scope())
			for _, record := range sl.LogRecords().All() {
				plog.NewLogRecordSlice().CopyTo(toScope.LogRecords())
				record.CopyTo(toScope.LogRecords().AppendEmpty())
				item, _, _ := k.AppendLogRecord(scope, &key.LogRecord{Resource: rl, Scope: sl, Record: record})
				add(item, true)
			}
		}
	}
	return entries
}

func groupPointEntries(md pmetric.Metrics, k *key.Key) (entries []groupEntry) {
	for _, rm := range md.ResourceMetrics().All() {
		one := pmetric.NewMetrics()
		to := one.ResourceMetrics().AppendEmpty()
		rm.Resource().CopyTo(to.Resource())
		to.SetSchemaUrl(rm.SchemaUrl())
		add := func(key []byte, item bool) {
			text := mustMarshal((&pmetric.ProtoMarshaler{}).MarshalMetrics(one))
			entries = append(entries, groupEntry{text: text, key: string(key), item: item})
		}
		if rm.ScopeMetrics().Len() == 0 {
			add(nil, false)
		}
		resource, _ := k.AppendResource(nil, rm.Resource())
		toScope := to.ScopeMetrics().AppendEmpty()
		for _, sm := range rm.ScopeMetrics().All() {
			sm.Scope().CopyTo(toScope.Scope())
			toScope.SetSchemaUrl(sm.SchemaUrl())
			pmetric.NewMetricSlice().CopyTo(toScope.Metrics())
			if sm.Metrics().Len() == 0 {
				add(nil, false)
			}
			scope, _ := k.AppendScope(resource, sm.Scope())
			for _, m := range sm.Metrics().All() {
				pmetric.NewMetricSlice().CopyTo(toScope.Metrics())
				toMetric := toScope.Metrics().AppendEmpty()
				m.CopyTo(toMetric)
				if pointCount(m) == 0 {
					add(nil, false)
				}
				metric, _ := k.AppendMetric(scope, m)
				for i := range pointCount(m) {
					m.CopyTo(toMetric)
					p := key.DataPoint{Resource: rm, Scope: sm, Metric: m}
					keepGroupPoint(toMetric, i, &p)
					item, _, _ := k.AppendDataPoint(metric, &p)
					add(item, true)
				}
			}
		}
	}
	return entries
}

// keepGroupPoint removes all data points of a metric but one, and sets p to
// that one.
func keepGroupPoint(m pmetric.Metric, i int, p *key.DataPoint) {
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		p.Number = keepGroupPointOf(m.Gauge().DataPoints(), i)
	case pmetric.MetricTypeSum:
		p.Number = keepGroupPointOf(m.Sum().DataPoints(), i)
	case pmetric.MetricTypeHistogram:
		p.Histogram = keepGroupPointOf(m.Histogram().DataPoints(), i)
	case pmetric.MetricTypeExponentialHistogram:
		p.Exponential = keepGroupPointOf(m.ExponentialHistogram().DataPoints(), i)
	case pmetric.MetricTypeSummary:
		p.Summary = keepGroupPointOf(m.Summary().DataPoints(), i)
	default:
		panic("a metric without data has no data points")
	}
}

func keepGroupPointOf[S slice[S, E], E movable[E]](points S, i int) E {
	at := -1
	points.RemoveIf(func(E) bool {
		at++
		return at != i
	})
	return points.At(0)
}

func groupProfileEntries(pd pprofile.Profiles, k *key.Key) (entries []groupEntry) {
	for _, rp := range pd.ResourceProfiles().All() {
		// Marshaling adds to the dictionary, so each entry has its own.
		add := func(key []byte, item bool, scopes ...pprofile.ScopeProfiles) {
			one := pprofile.NewProfiles()
			to := one.ResourceProfiles().AppendEmpty()
			rp.Resource().CopyTo(to.Resource())
			to.SetSchemaUrl(rp.SchemaUrl())
			for _, sp := range scopes {
				sp.CopyTo(to.ScopeProfiles().AppendEmpty())
			}
			text := mustMarshal((&pprofile.ProtoMarshaler{}).MarshalProfiles(one))
			entries = append(entries, groupEntry{text: text, key: string(key), item: item})
		}
		if rp.ScopeProfiles().Len() == 0 {
			add(nil, false)
		}
		resource, _ := k.AppendResource(nil, rp.Resource())
		for _, sp := range rp.ScopeProfiles().All() {
			scope, _ := k.AppendScope(resource, sp.Scope())
			add(scope, scopeHasSamples(sp), sp)
		}
	}
	return entries
}
