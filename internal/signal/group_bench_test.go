// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/partbuffer/partbufferprocessor/internal/key"
)

// benchTracesOf has resources of 10 attributes with the same number of spans.
func benchTracesOf(resources, spans int) ptrace.Traces {
	td := ptrace.NewTraces()
	for r := range resources {
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("n", strconv.Itoa(r))
		for i := range 9 {
			rs.Resource().Attributes().PutStr("attribute.name."+strconv.Itoa(i*7%9), "some value "+strconv.Itoa(i))
		}
		ss := rs.ScopeSpans().AppendEmpty()
		ss.Scope().SetName("library")
		for i := range spans {
			span := ss.Spans().AppendEmpty()
			span.SetName("operation")
			span.SetTraceID([16]byte{byte(r), byte(i), byte(i >> 8), 1})
			span.Attributes().PutStr("http.route", "/some/route")
			span.Attributes().PutInt("http.status", 200)
			span.Attributes().PutStr("peer", "somewhere")
		}
	}
	return td
}

func TestGroupWholeRequestDoesNotAllocate(t *testing.T) {
	for _, paths := range [][]string{{"resource"}, {"resource", "scope"}, {"resource", "scope", "name", "attributes"}} {
		k := mustParseKey(t, key.Traces, paths...)
		td := benchTracesOf(1, 20)
		dst := make([]Part[ptrace.Traces], 0, 1)
		// Run before measuring, to fill the pool.
		dst = Traces{}.Group(dst[:0], td, k, 16)
		allocs := testing.AllocsPerRun(100, func() { dst = Traces{}.Group(dst[:0], td, k, 16) })
		if raceEnabled {
			// Under the race detector pools forget some of what they are given.
			continue
		}
		assert.Zero(t, allocs, paths)
	}
}

func TestGroupWholeMetricsDoesNotAllocate(t *testing.T) {
	k := mustParseKey(t, key.Metrics, "resource", "attributes")
	md := pmetric.NewMetrics()
	metrics := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics()
	for range 10 {
		metrics.AppendEmpty().SetEmptySum().DataPoints().AppendEmpty()
		metrics.AppendEmpty().SetEmptyHistogram().DataPoints().AppendEmpty()
		metrics.AppendEmpty().SetEmptyExponentialHistogram().DataPoints().AppendEmpty()
		metrics.AppendEmpty().SetEmptySummary().DataPoints().AppendEmpty()
	}
	dst := make([]Part[pmetric.Metrics], 0, 1)
	dst = Metrics{}.Group(dst[:0], md, k, 16)
	allocs := testing.AllocsPerRun(100, func() { dst = Metrics{}.Group(dst[:0], md, k, 16) })
	if raceEnabled {
		// Under the race detector pools forget some of what they are given.
		return
	}
	assert.Zero(t, allocs)
}

// BenchmarkGroupWhole is the cost of finding that one partition takes all.
func BenchmarkGroupWhole(b *testing.B) {
	for _, spans := range []int{1, 20, 500} {
		for _, paths := range [][]string{{"resource"}, {"resource", "scope"}, {"attributes"}} {
			k := mustParseKey(b, key.Traces, paths...)
			td := benchTracesOf(1, spans)
			var dst []Part[ptrace.Traces]
			b.Run(k.String()+"/"+strconv.Itoa(spans)+"spans", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					dst = Traces{}.Group(dst[:0], td, k, 16)
				}
			})
		}
	}
}

// BenchmarkGroupApart takes apart a request of 10 resources and 500 spans, by
// whole resources and by single spans. The time includes a copy of the request,
// which the case copy shows alone.
func BenchmarkGroupApart(b *testing.B) {
	td := benchTracesOf(10, 50)
	var dst []Part[ptrace.Traces]
	b.Run("copy", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			td.CopyTo(ptrace.NewTraces())
		}
	})
	for _, path := range []string{"resource", "trace_id"} {
		k := mustParseKey(b, key.Traces, path)
		b.Run(path, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				one := ptrace.NewTraces()
				td.CopyTo(one)
				dst = Traces{}.Group(dst[:0], one, k, 16)
			}
		})
	}
}
