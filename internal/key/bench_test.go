// SPDX-License-Identifier: Apache-2.0

package key

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

func benchResource(n int) pcommon.Resource {
	r := pcommon.NewResource()
	for i := range n {
		// Multiplying by 7 mixes the order of the keys.
		r.Attributes().PutStr("attribute.name."+strconv.Itoa(i*7%n), "some value "+strconv.Itoa(i))
	}
	return r
}

func benchRecord(tb testing.TB) plog.LogRecord {
	record := plog.NewLogRecord()
	require.NoError(tb, record.Attributes().FromRaw(map[string]any{
		"order.id": "1f0c2b7e", "user": "somebody", "attempt": 3, "region": "eu",
	}))
	return record
}

func TestAppendDoesNotAllocate(t *testing.T) {
	k := mustParse(t, Logs, "resource", "scope", "attributes", "body")
	record := benchRecord(t)
	record.Body().SetEmptyMap().PutEmptySlice("a").AppendEmpty().SetEmptyBytes().FromRaw([]byte("abc"))
	scope := pcommon.NewInstrumentationScope()
	for _, size := range []int{1, 16} {
		resource := benchResource(size)
		buf := make([]byte, 0, 1<<14)
		allocs := testing.AllocsPerRun(100, func() {
			buf, _ = k.AppendResource(buf[:0], resource)
			buf, _ = k.AppendScope(buf, scope)
			buf, _, _ = k.AppendLogRecord(buf, &LogRecord{Record: record})
		})
		assert.Less(t, allocs, 0.5, "%d attributes", size)
	}
}

func TestNaturalIdentityDoesNotAllocate(t *testing.T) {
	natural := func(signal Signal) *Key {
		k, err := Natural(signal)
		require.NoError(t, err)
		return k
	}
	traces, logs, metrics := natural(Traces), natural(Logs), natural(Metrics)
	span, record := fullSpan(), fullRecord(t, "x")
	buf := make([]byte, 0, 1<<10)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		buf, _, _ = traces.AppendSpan(buf[:0], &Span{Resource: span.Resource, Scope: span.Scope, Span: span.Span})
	}), "spans")
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		buf, _, _ = logs.AppendLogRecord(buf[:0], &LogRecord{Resource: record.Resource, Scope: record.Scope, Record: record.Record})
	}), "log records")
	for metricType := pmetric.MetricTypeGauge; metricType <= pmetric.MetricTypeSummary; metricType++ {
		point := *fullPoint(metricType)
		assert.Zero(t, testing.AllocsPerRun(100, func() {
			buf, _ = metrics.AppendMetric(buf[:0], point.Metric)
			buf, _, _ = metrics.AppendDataPoint(buf, &point)
		}), metricType)
	}
	none := &Conditions{}
	assert.Zero(t, testing.AllocsPerRun(100, func() { _, _ = none.Span(t.Context(), span) }), "no conditions")
}

// TestOTTLContextsAreReused would see the contexts that OTTL keeps in pools if
// they were made anew for each item.
func TestOTTLContextsAreReused(t *testing.T) {
	spans, match := mustParse(t, Traces, "trace_state"), mustParseConditions(t, Traces, `name == "x"`)
	records, points := mustParse(t, Logs, "resource.schema_url"), mustParse(t, Metrics, "metric.description")
	span, record, point := fullSpan(), fullRecord(t, "x"), fullPoint(pmetric.MetricTypeSum)
	buf := make([]byte, 0, 1<<10)
	for name, read := range map[string]func(){
		"span":       func() { buf, _, _ = spans.AppendSpan(buf[:0], span) },
		"condition":  func() { _, _ = match.Span(t.Context(), span) },
		"log record": func() { buf, _, _ = records.AppendLogRecord(buf[:0], record) },
		"data point": func() { buf, _, _ = points.AppendDataPoint(buf[:0], point) },
	} {
		// The result takes one and a data point another; a context would take
		// three. Under the race detector pools forget a fourth of what they are
		// given.
		assert.LessOrEqual(t, testing.AllocsPerRun(1000, read), 3.0, name)
	}
}

func BenchmarkAppend(b *testing.B) {
	b.Run("resource10", func(b *testing.B) {
		k, resource := mustParse(b, Logs, "resource"), benchResource(10)
		var buf []byte
		b.ReportAllocs()
		for b.Loop() {
			buf, _ = k.AppendResource(buf[:0], resource)
		}
	})
	b.Run("record3", func(b *testing.B) {
		k := mustParse(b, Logs, `attributes["order.id"]`, `attributes["user"]`, `attributes["attempt"]`)
		record := benchRecord(b)
		var buf []byte
		b.ReportAllocs()
		for b.Loop() {
			buf, _, _ = k.AppendLogRecord(buf[:0], &LogRecord{Record: record})
		}
	})
}

// BenchmarkAppendAttribute is the cost of one attribute by a native path and by
// the least that OTTL can do for it.
func BenchmarkAppendAttribute(b *testing.B) {
	for name, path := range map[string]string{
		"native": `attributes["text"]`,
		"ottl":   `attributes["nested"]["ottl"]`,
		"concat": `Concat([attributes["text"], severity_text], "/")`,
	} {
		b.Run(name, func(b *testing.B) {
			k, record := mustParse(b, Logs, path), fullRecord(b, "x")
			var buf []byte
			b.ReportAllocs()
			for b.Loop() {
				buf, _, _ = k.AppendLogRecord(buf[:0], record)
			}
		})
	}
}

func BenchmarkAppendNaturalSpan(b *testing.B) {
	k, err := Natural(Traces)
	require.NoError(b, err)
	span := fullSpan()
	span.Span.SetTraceID([16]byte{1})
	span.Span.SetSpanID([8]byte{1})
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf, _, _ = k.AppendSpan(buf[:0], span)
	}
}

func BenchmarkCondition(b *testing.B) {
	c, span := mustParseConditions(b, Traces, `attributes["x"] == "item"`), fullSpan()
	b.ReportAllocs()
	for b.Loop() {
		_, _ = c.Span(b.Context(), span)
	}
}

func BenchmarkAppendAllAttributes(b *testing.B) {
	for _, size := range []int{3, 10, 20, 40} {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			k, record := mustParse(b, Logs, "attributes"), plog.NewLogRecord()
			benchResource(size).Attributes().MoveTo(record.Attributes())
			var buf []byte
			b.ReportAllocs()
			for b.Loop() {
				buf, _, _ = k.AppendLogRecord(buf[:0], &LogRecord{Record: record})
			}
		})
	}
}

func BenchmarkHash(b *testing.B) {
	buf, _ := mustParse(b, Logs, "resource").AppendResource(nil, benchResource(10))
	b.SetBytes(int64(len(buf)))
	for b.Loop() {
		Hash(buf)
	}
}

func BenchmarkSum(b *testing.B) {
	buf, _ := mustParse(b, Logs, "resource").AppendResource(nil, benchResource(10))
	b.SetBytes(int64(len(buf)))
	for b.Loop() {
		Sum(buf)
	}
}
