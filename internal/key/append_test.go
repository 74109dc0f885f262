// SPDX-License-Identifier: Apache-2.0

package key

import (
	"bytes"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// put is an attribute of a test, in the order in which it is written.
type put struct {
	key   string
	value any
}

func attributes(t *testing.T, m pcommon.Map, puts ...put) {
	t.Helper()
	for _, p := range puts {
		if nested, ok := p.value.([]put); ok {
			attributes(t, m.PutEmptyMap(p.key), nested...)
			continue
		}
		require.NoError(t, m.PutEmpty(p.key).FromRaw(p.value))
	}
}

// record is a log record with all that it belongs to.
type record struct {
	resource, scope, log []put
	scopeName            string
	edit                 func(plog.LogRecord)
}

func mustParse(tb testing.TB, signal Signal, paths ...string) *Key {
	tb.Helper()
	k, err := Parse(signal, paths)
	require.NoError(tb, err)
	return k
}

func (r record) key(t *testing.T, k *Key) (string, bool) {
	t.Helper()
	resource, scope, log := pcommon.NewResource(), pcommon.NewInstrumentationScope(), plog.NewLogRecord()
	attributes(t, resource.Attributes(), r.resource...)
	attributes(t, scope.Attributes(), r.scope...)
	attributes(t, log.Attributes(), r.log...)
	scope.SetName(r.scopeName)
	if r.edit != nil {
		r.edit(log)
	}
	b, ofResource := k.AppendResource(nil, resource)
	b, ofScope := k.AppendScope(b, scope)
	b, ofLog, err := k.AppendLogRecord(b, &LogRecord{Record: log})
	require.NoError(t, err)
	return string(b), ofResource || ofScope || ofLog
}

var everything = []string{"resource", "scope", "attributes"}

func TestEqualKeys(t *testing.T) {
	many := func(from, to, step int) (puts []put) {
		for i := from; i != to; i += step {
			puts = append(puts, put{string(rune('a' + i)), i})
		}
		return puts
	}
	tests := map[string]struct{ a, b record }{
		"attribute order": {
			record{resource: []put{{"a", 1}, {"b", 2}, {"c", 3}}},
			record{resource: []put{{"c", 3}, {"a", 1}, {"b", 2}}},
		},
		"nested attribute order": {
			record{log: []put{{"m", []put{{"x", "1"}, {"y", []put{{"p", 1}, {"q", 2}}}}}}},
			record{log: []put{{"m", []put{{"y", []put{{"q", 2}, {"p", 1}}}, {"x", "1"}}}}},
		},
		"order of many attributes": {record{log: many(0, 80, 1)}, record{log: many(79, -1, -1)}},
		"NaN": {
			record{log: []put{{"n", math.NaN()}}},
			record{log: []put{{"n", math.NaN()}}},
		},
		"other fields": {
			record{edit: func(l plog.LogRecord) { l.SetTimestamp(1) }},
			record{edit: func(l plog.LogRecord) { l.SetTimestamp(2) }},
		},
	}
	k := mustParse(t, Logs, everything...)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a, _ := tt.a.key(t, k)
			b, _ := tt.b.key(t, k)
			assert.Equal(t, a, b)
			assert.Equal(t, Hash([]byte(a)), Hash([]byte(b)))
		})
	}
}

func TestDifferentKeys(t *testing.T) {
	one := func(value any) record { return record{log: []put{{"a", value}}} }
	tests := map[string][]record{
		"type and value": {
			{},
			one(nil), one(""), one("1"), one(1), one(1.0), one(true), one(false), one([]byte("1")), one([]byte{}),
			one([]any{}), one([]any{1}), one([]any{"1"}), one([]put{}), one([]put{{"1", 1}}), one([]put{{"1", nil}}),
			one(0), one(0.0), one(math.Copysign(0, -1)), one(math.NaN()), one(math.Float64frombits(math.Float64bits(math.NaN()) ^ 1)),
		},
		"attribute name": {{log: []put{{"a", "x"}}}, {log: []put{{"b", "x"}}}},
		"level": {
			{resource: []put{{"a", "x"}}},
			{scope: []put{{"a", "x"}}},
			{log: []put{{"a", "x"}}},
			{resource: []put{{"a", "x"}}, scope: []put{{"a", "x"}}},
		},
		"slice order": {one([]any{1, 2}), one([]any{2, 1})},
		"nesting": {
			one([]any{[]any{1}, 2}), one([]any{[]any{1, 2}}), one([]any{1, []any{2}}),
			one([]put{{"b", []put{{"c", 1}}}}), one([]put{{"b", []put{}}, {"c", 1}}),
		},
		"concatenation": {
			{log: []put{{"a", "bc"}}},
			{log: []put{{"ab", "c"}}},
			{log: []put{{"a", ""}, {"bc", ""}}},
			{log: []put{{"a", "b"}, {"c", ""}}},
			{scopeName: "ab", log: []put{{"c", ""}}},
			{scopeName: "a", log: []put{{"bc", ""}}},
		},
		"forged tags": {
			{log: []put{{"a", "x"}, {"b", "y"}}},
			{log: []put{{"a", "x\x01b\x02\x01y"}}},
			{log: []put{{"a\x02\x01x\x01b", "y"}}},
		},
	}
	k := mustParse(t, Logs, everything...)
	for name, records := range tests {
		t.Run(name, func(t *testing.T) {
			seen := map[string]int{}
			for i, r := range records {
				b, _ := r.key(t, k)
				first, collides := seen[b]
				assert.False(t, collides, "%d and %d have the same key", first, i)
				seen[b] = i
			}
		})
	}
}

func TestPositionSeparatesPaths(t *testing.T) {
	k := mustParse(t, Logs, `attributes["a"]`, `attributes["b"]`)
	a, _ := record{log: []put{{"a", "x"}}}.key(t, k)
	b, _ := record{log: []put{{"b", "x"}}}.key(t, k)
	assert.NotEqual(t, a, b)

	both := mustParse(t, Logs, "severity_text", "event_name")
	first, _ := record{edit: func(l plog.LogRecord) { l.SetSeverityText("x") }}.key(t, both)
	second, _ := record{edit: func(l plog.LogRecord) { l.SetEventName("x") }}.key(t, both)
	assert.NotEqual(t, first, second)
}

func TestHasValueOfLogs(t *testing.T) {
	set := func(edit func(plog.LogRecord)) record { return record{edit: edit} }
	tests := map[string]struct {
		path    string
		without record
		with    record
	}{
		"attribute":        {`attributes["a"]`, record{log: []put{{"b", 1}}}, record{log: []put{{"a", ""}}}},
		"empty attribute":  {`resource.attributes["a"]`, record{}, record{resource: []put{{"a", nil}}}},
		"scope attribute":  {`scope.attributes["a"]`, record{}, record{scope: []put{{"a", false}}}},
		"scope name":       {"scope.name", record{}, record{scopeName: "s"}},
		"trace id":         {"trace_id", record{}, set(func(l plog.LogRecord) { l.SetTraceID([16]byte{15: 1}) })},
		"span id":          {"span_id", record{}, set(func(l plog.LogRecord) { l.SetSpanID([8]byte{7: 1}) })},
		"body":             {"body", record{}, set(func(l plog.LogRecord) { l.Body().SetStr("") })},
		"severity number":  {"severity_number", record{}, set(func(l plog.LogRecord) { l.SetSeverityNumber(1) })},
		"severity text":    {"severity_text", record{}, set(func(l plog.LogRecord) { l.SetSeverityText("x") })},
		"event name":       {"event_name", record{}, set(func(l plog.LogRecord) { l.SetEventName("x") })},
		"one of two paths": {"event_name", record{}, set(func(l plog.LogRecord) { l.SetEventName("y") })},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			k := mustParse(t, Logs, tt.path)
			without, ok := tt.without.key(t, k)
			assert.False(t, ok)
			with, ok := tt.with.key(t, k)
			assert.True(t, ok)
			assert.NotEqual(t, without, with)
		})
	}
	for _, whole := range everything {
		_, ok := record{}.key(t, mustParse(t, Logs, whole))
		assert.True(t, ok, whole)
	}
}

func TestSpanFields(t *testing.T) {
	edits := map[string]func(ptrace.Span){
		"name":            func(s ptrace.Span) { s.SetName("n") },
		"trace_id":        func(s ptrace.Span) { s.SetTraceID([16]byte{1}) },
		"span_id":         func(s ptrace.Span) { s.SetSpanID([8]byte{1}) },
		"parent_span_id":  func(s ptrace.Span) { s.SetParentSpanID([8]byte{1}) },
		"kind":            func(s ptrace.Span) { s.SetKind(ptrace.SpanKindServer) },
		`attributes["a"]`: func(s ptrace.Span) { s.Attributes().PutInt("a", 0) },
	}
	for path := range edits {
		k := mustParse(t, Traces, path)
		empty, ok, err := k.AppendSpan(nil, &Span{Span: ptrace.NewSpan()})
		require.NoError(t, err)
		assert.False(t, ok, path)
		for edited, edit := range edits {
			span := ptrace.NewSpan()
			edit(span)
			b, ok, err := k.AppendSpan(nil, &Span{Span: span})
			require.NoError(t, err)
			assert.Equal(t, edited == path, ok, "%s after setting %s", path, edited)
			assert.Equal(t, edited != path, bytes.Equal(b, empty), "%s after setting %s", path, edited)
		}
	}
}

func TestMetricFields(t *testing.T) {
	base := func() pmetric.Metric {
		m := pmetric.NewMetric()
		m.SetName("n")
		m.SetUnit("u")
		m.SetDescription("d")
		m.SetEmptySum().SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
		return m
	}
	tests := []struct {
		name string
		edit func(pmetric.Metric)
		// changed lists the paths whose value the edit changes.
		changed []string
	}{
		{"name", func(m pmetric.Metric) { m.SetName("x") }, []string{"metric", "metric.name"}},
		{"unit", func(m pmetric.Metric) { m.SetUnit("x") }, []string{"metric", "metric.unit"}},
		{"description", func(m pmetric.Metric) { m.SetDescription("x") }, nil},
		{"type", func(m pmetric.Metric) { m.SetEmptyGauge() }, []string{"metric", "metric.type"}},
		{"temporality", func(m pmetric.Metric) {
			m.Sum().SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
		}, []string{"metric"}},
		{"monotonic", func(m pmetric.Metric) { m.Sum().SetIsMonotonic(true) }, []string{"metric"}},
		{"points", func(m pmetric.Metric) { m.Sum().DataPoints().AppendEmpty() }, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			edited := base()
			tt.edit(edited)
			for _, path := range []string{"metric", "metric.name", "metric.unit", "metric.type"} {
				k := mustParse(t, Metrics, path)
				before, ok := k.AppendMetric(nil, base())
				assert.True(t, ok, path)
				after, _ := k.AppendMetric(nil, edited)
				if assert.ObjectsAreEqual(before, after) {
					assert.NotContains(t, tt.changed, path)
				} else {
					assert.Contains(t, tt.changed, path)
				}
			}
		})
	}
}

func TestHistogramTemporality(t *testing.T) {
	k := mustParse(t, Metrics, "metric")
	for _, set := range []func(pmetric.Metric, pmetric.AggregationTemporality){
		func(m pmetric.Metric, at pmetric.AggregationTemporality) {
			m.SetEmptyHistogram().SetAggregationTemporality(at)
		},
		func(m pmetric.Metric, at pmetric.AggregationTemporality) {
			m.SetEmptyExponentialHistogram().SetAggregationTemporality(at)
		},
	} {
		delta, cumulative := pmetric.NewMetric(), pmetric.NewMetric()
		set(delta, pmetric.AggregationTemporalityDelta)
		set(cumulative, pmetric.AggregationTemporalityCumulative)
		a, _ := k.AppendMetric(nil, delta)
		b, _ := k.AppendMetric(nil, cumulative)
		assert.NotEqual(t, a, b)
	}
}

func TestEmptyMetricHasNoType(t *testing.T) {
	for path, want := range map[string]bool{
		"metric": true, "metric.name": false, "metric.unit": false, "metric.type": false,
	} {
		_, ok := mustParse(t, Metrics, path).AppendMetric(nil, pmetric.NewMetric())
		assert.Equal(t, want, ok, path)
	}
}

func TestLevelsWriteTheirOwnShare(t *testing.T) {
	k := mustParse(t, Metrics, `attributes["a"]`, "scope.version", `resource.attributes["r"]`)
	resource, scope := pcommon.NewResource(), pcommon.NewInstrumentationScope()
	point := DataPoint{Metric: pmetric.NewMetric(), Number: pmetric.NewNumberDataPoint()}
	resource.Attributes().PutStr("r", "1")
	scope.SetVersion("2")
	point.Metric.SetEmptyGauge()
	point.Number.Attributes().PutStr("a", "3")

	b, _ := k.AppendResource(nil, resource)
	b, _ = k.AppendScope(b, scope)
	b, _ = k.AppendMetric(b, point.Metric)
	b, _, err := k.AppendDataPoint(b, &point)
	require.NoError(t, err)
	assert.Equal(t, "\x02\x02\x011"+"\x01\x02\x012"+"\x00\x02\x013", string(b))
}
