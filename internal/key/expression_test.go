// SPDX-License-Identifier: Apache-2.0

package key

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// fullRecord is a log record of which expressions find something at any level.
func fullRecord(tb testing.TB, attribute any) *LogRecord {
	tb.Helper()
	r := &LogRecord{Resource: plog.NewResourceLogs()}
	r.Resource.Resource().Attributes().PutStr("y", "resource")
	r.Scope = r.Resource.ScopeLogs().AppendEmpty()
	r.Scope.Scope().SetName("library")
	r.Record = r.Scope.LogRecords().AppendEmpty()
	r.Record.SetSeverityText("INFO")
	require.NoError(tb, r.Record.Attributes().FromRaw(map[string]any{
		"native": attribute, "nested": map[string]any{"ottl": attribute}, "text": "item",
	}))
	return r
}

func fullSpan() *Span {
	s := &Span{Resource: ptrace.NewResourceSpans()}
	s.Resource.Resource().Attributes().PutStr("y", "resource")
	s.Scope = s.Resource.ScopeSpans().AppendEmpty()
	s.Span = s.Scope.Spans().AppendEmpty()
	s.Span.SetName("operation")
	s.Span.Attributes().PutStr("x", "item")
	s.Span.TraceState().FromRaw("a=b")
	return s
}

func fullPoint(metricType pmetric.MetricType) *DataPoint {
	p := &DataPoint{Resource: pmetric.NewResourceMetrics()}
	p.Scope = p.Resource.ScopeMetrics().AppendEmpty()
	p.Metric = p.Scope.Metrics().AppendEmpty()
	p.Metric.SetName("requests")
	p.Metric.SetDescription("how many")
	switch metricType {
	case pmetric.MetricTypeGauge:
		p.Number = p.Metric.SetEmptyGauge().DataPoints().AppendEmpty()
	case pmetric.MetricTypeSum:
		p.Number = p.Metric.SetEmptySum().DataPoints().AppendEmpty()
	case pmetric.MetricTypeHistogram:
		p.Histogram = p.Metric.SetEmptyHistogram().DataPoints().AppendEmpty()
	case pmetric.MetricTypeExponentialHistogram:
		p.Exponential = p.Metric.SetEmptyExponentialHistogram().DataPoints().AppendEmpty()
	default:
		p.Summary = p.Metric.SetEmptySummary().DataPoints().AppendEmpty()
	}
	p.Attributes().PutStr("x", "item")
	return p
}

func TestExpressionSpellings(t *testing.T) {
	// Each list spells the same value, whose bytes follow the position.
	for want, texts := range map[string][]string{
		"\x00\x02\x14resource/item/INFO/7": {
			`Concat([resource.attributes["y"], attributes["text"], severity_text, 7], "/")`,
			`Concat([resource.attributes["y"], log.attributes["text"], log.severity_text, 7], "/")`,
			"  Concat([resource.attributes[\"y\"],attributes[\"text\"],log.severity_text, 7],\"/\")\n",
		},
		"\x00\x02\x07library":                      {`Trim(scope.name)`, `Trim(instrumentation_scope.name)`},
		"\x00\x02\x01x":                            {`attributes["nested"]["ottl"]`, `log.attributes["nested"]["ottl"]`},
		"\x00\x03\x03\x00\x00\x00\x00\x00\x00\x00": {`Len(attributes)`, `Len(log.attributes)`, `1 + 2`},
		"\x00\x02\x00":                             {`""`, `resource.schema_url`},
	} {
		for _, text := range texts {
			k := mustParse(t, Logs, text)
			b, hasValue, err := k.AppendLogRecord(nil, fullRecord(t, "x"))
			require.NoError(t, err, text)
			assert.True(t, hasValue, text)
			assert.Equal(t, want, string(b), text)
			assert.Equal(t, strings.TrimSpace(text), k.String())
			assert.Equal(t, Item, k.Level())
			assert.False(t, k.WholeResource())
		}
	}
}

// TestExpressionIdentity reads the same values by a native path and by an
// expression.
func TestExpressionIdentity(t *testing.T) {
	native, ottl := mustParse(t, Logs, `attributes["native"]`), mustParse(t, Logs, `attributes["nested"]["ottl"]`)
	seen := map[string]any{}
	for _, value := range []any{
		"", "1", "true", 1, 0, 1.0, 0.0, math.Copysign(0, -1), math.NaN(), true, false, []byte("1"),
		[]byte{},
		[]any{},
		[]any{1},
		[]any{"1"},
		[]any{nil},
		[]any{[]any{1}},
		map[string]any{},
		map[string]any{"1": 1, "2": nil},
	} {
		r := fullRecord(t, value)
		a, hasValue, err := native.AppendLogRecord(nil, r)
		require.NoError(t, err)
		assert.True(t, hasValue)
		b, hasValue, err := ottl.AppendLogRecord(nil, r)
		require.NoError(t, err)
		assert.True(t, hasValue, value)
		assert.Equal(t, a, b, "%T %v", value, value)
		assert.NotContains(t, seen, string(b), "%T %v", value, value)
		seen[string(b)] = value
	}

	// OTTL does not tell what is empty from what is missing.
	for _, r := range []*LogRecord{fullRecord(t, nil), {
		Resource: plog.NewResourceLogs(), Scope: plog.NewScopeLogs(), Record: plog.NewLogRecord(),
	}} {
		b, hasValue, err := ottl.AppendLogRecord(nil, r)
		require.NoError(t, err)
		assert.False(t, hasValue)
		assert.Equal(t, "\x00\x00", string(b))
		assert.NotContains(t, seen, string(b))
	}
	empty, hasValue, _ := native.AppendLogRecord(nil, fullRecord(t, nil))
	assert.True(t, hasValue)
	assert.Equal(t, "\x00\x01", string(empty), "a native path tells them apart")
}

func TestExpressionsOfSpans(t *testing.T) {
	for text, want := range map[string]string{
		`trace_state`:      "\x00\x02\x03a=b",
		`span.trace_state`: "\x00\x02\x03a=b",
		`IsRootSpan()`:     "\x00\x06",
		`Concat([resource.attributes["y"], span.attributes["x"], name], ".")`: "\x00\x02\x17resource.item.operation",
	} {
		b, hasValue, err := mustParse(t, Traces, text).AppendSpan(nil, fullSpan())
		require.NoError(t, err, text)
		assert.True(t, hasValue, text)
		assert.Equal(t, want, string(b), text)
	}
}

func TestExpressionsOfDataPoints(t *testing.T) {
	k := mustParse(t, Metrics, `Concat([metric.name, metric.description, datapoint.attributes["x"]], "/")`, "count")
	for metricType := pmetric.MetricTypeGauge; metricType <= pmetric.MetricTypeSummary; metricType++ {
		b, hasValue, err := k.AppendDataPoint(nil, fullPoint(metricType))
		require.NoError(t, err, metricType)
		assert.True(t, hasValue)
		want := "\x00\x02\x16requests/how many/item\x01"
		if metricType == pmetric.MetricTypeGauge || metricType == pmetric.MetricTypeSum {
			want += "\x00"
		} else {
			want += "\x03\x00\x00\x00\x00\x00\x00\x00\x00"
		}
		assert.Equal(t, want, string(b), metricType)
	}
}

func TestExpressionNextToNativePaths(t *testing.T) {
	k := mustParse(t, Logs, `resource.attributes["y"]`, `ToLowerCase(severity_text)`, "scope.name", `attributes["text"]`)
	r := fullRecord(t, 1)
	b, _ := k.AppendResource(nil, r.Resource.Resource())
	b, _ = k.AppendScope(b, r.Scope.Scope())
	b, hasValue, err := k.AppendLogRecord(b, r)
	require.NoError(t, err)
	assert.True(t, hasValue)
	assert.Equal(t, "\x00\x02\x08resource"+"\x02\x02\x07library"+"\x01\x02\x04info"+"\x03\x02\x04item", string(b))
}

func TestFailedExpressionIsAbsent(t *testing.T) {
	k := mustParse(t, Logs, `Substring(severity_text, 2, 9)`, "severity_text", `ParseInt(severity_text, 10)`)
	b, hasValue, err := k.AppendLogRecord([]byte("before"), fullRecord(t, 1))
	require.ErrorContains(t, err, `key expression "Substring(severity_text, 2, 9)": `)
	assert.NotContains(t, err.Error(), "ParseInt", "the first error is enough")
	assert.True(t, hasValue)
	assert.Equal(t, "before"+"\x00\x00"+"\x01\x02\x04INFO"+"\x02\x00", string(b))

	_, hasValue, err = mustParse(t, Logs, `ParseInt(severity_text, 10)`).AppendLogRecord(nil, fullRecord(t, 1))
	require.Error(t, err)
	assert.False(t, hasValue)
}

func TestExpressionOfUnknownType(t *testing.T) {
	s := fullSpan()
	s.Span.Events().AppendEmpty()
	for text, want := range map[string]string{
		`events`:                `key expression "events": a value of type ptrace.SpanEventSlice cannot be part of a key`,
		`["a", [name, events]]`: `a value of type ptrace.SpanEventSlice cannot be part of a key`,
		`{"a": events}`:         `key expression "{\"a\": events}": `,
	} {
		b, hasValue, err := mustParse(t, Traces, text).AppendSpan(nil, s)
		require.ErrorContains(t, err, want)
		assert.False(t, hasValue)
		assert.Equal(t, "\x00\x00", string(b), "nothing of the value is left")
	}
	point := fullPoint(pmetric.MetricTypeExponentialHistogram)
	_, _, err := mustParse(t, Metrics, "positive").AppendDataPoint(nil, point)
	require.ErrorContains(t, err, `key expression "positive": a value of type`)
}
