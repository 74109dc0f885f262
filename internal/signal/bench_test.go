// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"fmt"
	"strconv"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

const (
	benchItems      = 8192
	benchResources  = 20
	benchAttributes = 10
)

// fillResource gives resource n ten attributes, most of which it shares with
// the others, as the resources of one deployment do.
func fillResource(attributes pcommon.Map, n int) {
	for i := range benchAttributes - 2 {
		attributes.PutStr("deployment.attribute."+strconv.Itoa(i), "a value they all share "+strconv.Itoa(i))
	}
	attributes.PutStr("service.instance.id", "5f2b1c6e-0000-4000-8000-00000000"+strconv.Itoa(1000+n))
	attributes.PutInt("process.pid", int64(n))
}

func benchTraces(n, spans int) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	fillResource(rs.Resource().Attributes(), n)
	ss := rs.ScopeSpans().AppendEmpty()
	ss.Scope().SetName("go.opentelemetry.io/contrib/instrumentation/net/http")
	ss.Scope().SetVersion("0.60.0")
	for i := range spans {
		s := ss.Spans().AppendEmpty()
		s.SetName("GET /orders")
		s.SetTraceID(pcommon.TraceID{byte(i), byte(i >> 8), 1})
		s.SetSpanID(pcommon.SpanID{byte(i), byte(i >> 8), 1})
		s.Attributes().PutStr("http.request.method", "GET")
		s.Attributes().PutInt("http.response.status_code", 200)
		s.Attributes().PutStr("url.path", "/orders")
	}
	return td
}

func benchLogs(n, records int) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	fillResource(rl.Resource().Attributes(), n)
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName("com.example.orders.OrderService")
	for range records {
		sl.LogRecords().AppendEmpty().Body().SetStr("order accepted")
	}
	return ld
}

// benchMetrics makes points data points, ten to a metric at most.
func benchMetrics(n, points int) pmetric.Metrics {
	md := pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	fillResource(rm.Resource().Attributes(), n)
	sm := rm.ScopeMetrics().AppendEmpty()
	sm.Scope().SetName("go.opentelemetry.io/contrib/instrumentation/runtime")
	var metric pmetric.Metric
	for i := range points {
		if i%10 == 0 {
			metric = sm.Metrics().AppendEmpty()
			metric.SetName("http.server.request.duration." + strconv.Itoa(i/10))
			metric.SetUnit("s")
			metric.SetEmptySum().SetIsMonotonic(true)
		}
		point := metric.Sum().DataPoints().AppendEmpty()
		point.SetIntValue(int64(i))
		point.Attributes().PutStr("http.route", "/orders")
	}
	return md
}

func benchProfiles(n, samples int) pprofile.Profiles {
	pd := pprofile.NewProfiles()
	d := pd.Dictionary()
	fillFirstEntries(d)
	for i := range 50 {
		d.StringTable().Append("main.function" + strconv.Itoa(i))
		d.FunctionTable().AppendEmpty().SetNameStrindex(int32(i + 1))
		location := d.LocationTable().AppendEmpty()
		location.SetAddress(uint64(i))
		location.Lines().AppendEmpty().SetFunctionIndex(int32(i + 1))
		d.StackTable().AppendEmpty().LocationIndices().Append(int32(i + 1))
	}
	rp := pd.ResourceProfiles().AppendEmpty()
	fillResource(rp.Resource().Attributes(), n)
	p := rp.ScopeProfiles().AppendEmpty().Profiles().AppendEmpty()
	for i := range samples {
		s := p.Samples().AppendEmpty()
		s.SetStackIndex(int32(i%50 + 1))
		s.Values().Append(int64(i))
	}
	return pd
}

// mergeOrders are the orders in which the requests of several resources arrive.
var mergeOrders = []struct {
	name     string
	resource func(n int) int
}{
	{name: "equal/turns", resource: func(n int) int { return n % benchResources }},
	{name: "equal/mixed", resource: func(n int) int { return (n * 0x9e3779b1 >> 16) % benchResources }},
	{name: "equal/single", resource: func(int) int { return 0 }},
	{name: "append", resource: func(n int) int { return n % benchResources }},
}

// benchmarkMerge reports the time and allocations of one Add and its share of
// Take, for batches of about total items out of requests of some sizes.
func benchmarkMerge[D any](b *testing.B, signal Signal[D], total int, sizes []int, request func(n, items int) D) {
	for _, items := range sizes {
		for _, order := range mergeOrders {
			b.Run(fmt.Sprintf("%ditems/%s", items, order.name), func(b *testing.B) {
				b.ReportAllocs()
				merger := signal.NewMerger(order.name != "append")
				requests := make([]D, max(1, total/items))
				added := len(requests)
				for b.Loop() {
					if added == len(requests) {
						b.StopTimer()
						for i := range requests {
							requests[i] = request(order.resource(i), items)
						}
						added = 0
						b.StartTimer()
					}
					if err := merger.Add(requests[added]); err != nil {
						b.Fatal(err)
					}
					added++
					if added == len(requests) {
						merger.Take()
					}
				}
			})
		}
	}
}

func BenchmarkMergeTraces(b *testing.B) {
	benchmarkMerge(b, Traces{}, benchItems, []int{1, 20, 500}, benchTraces)
}

func BenchmarkMergeLogs(b *testing.B) {
	benchmarkMerge(b, Logs{}, benchItems, []int{1, 20, 500}, benchLogs)
}

func BenchmarkMergeMetrics(b *testing.B) {
	benchmarkMerge(b, Metrics{}, benchItems, []int{1, 20, 500}, benchMetrics)
}

func BenchmarkMergeProfiles(b *testing.B) {
	benchmarkMerge(b, Profiles{}, benchItems, []int{20, 500}, benchProfiles)
}

// benchmarkSplit reports the time and allocations of splitting a request of
// total items into heads, all of them together.
func benchmarkSplit[D any](b *testing.B, signal Signal[D], total int, request func(n, items int) D) {
	for _, limit := range []struct {
		name            string
		items, maxBytes int
	}{
		{name: "8192items", items: 8192},
		{name: "1000items", items: 1000},
		{name: "100KiB", maxBytes: 100 << 10},
	} {
		b.Run(limit.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				data := request(0, total)
				b.StartTimer()
				for signal.Items(data) > 0 {
					if _, ok := signal.Split(data, limit.items, limit.maxBytes); !ok {
						b.Fatal("nothing fits")
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*total), "ns/item")
		})
	}
}

func BenchmarkSplitTraces(b *testing.B)  { benchmarkSplit(b, Traces{}, 20000, benchTraces) }
func BenchmarkSplitLogs(b *testing.B)    { benchmarkSplit(b, Logs{}, 20000, benchLogs) }
func BenchmarkSplitMetrics(b *testing.B) { benchmarkSplit(b, Metrics{}, 20000, benchMetrics) }
func BenchmarkSplitProfiles(b *testing.B) {
	benchmarkSplit(b, Profiles{}, 20000, benchProfiles)
}
