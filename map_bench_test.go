// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"fmt"
	"testing"

	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/partbuffer/partbufferprocessor/internal/metadata"
)

const benchItems = 100

func benchAttributes(m pcommon.Map, n, of int) {
	m.PutStr("series", fmt.Sprintf("series number %d", n))
	for i := 1; i < of; i++ {
		m.PutStr(fmt.Sprintf("attribute.%d", i), "a value of some length")
	}
}

// BenchmarkMapUpdate measures what it costs to replace an item of a live key, per item, with natural identity.
func BenchmarkMapUpdate(b *testing.B) {
	cfg := mapConfig(func(c *Config) { c.Timeout, c.Map = 1<<62, defaultMapConfig() })
	set := processortest.NewNopSettings(metadata.Type)
	for _, attributes := range []int{3, 20} {
		b.Run(fmt.Sprintf("metrics/attributes=%d", attributes), func(b *testing.B) {
			p, err := NewFactory().CreateMetrics(context.Background(), set, cfg, consumertest.NewNop())
			if err != nil {
				b.Fatal(err)
			}
			template := pmetric.NewMetrics()
			rm := template.ResourceMetrics().AppendEmpty()
			fillResource(rm.Resource(), "a")
			m := rm.ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
			m.SetName("requests")
			m.SetEmptySum().SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
			for i := range benchItems {
				benchAttributes(m.Sum().DataPoints().AppendEmpty().Attributes(), i, attributes)
			}
			at := pcommon.Timestamp(0)
			benchRounds(b, func() pmetric.Metrics {
				at++
				for _, dp := range m.Sum().DataPoints().All() {
					dp.SetTimestamp(at)
				}
				md := pmetric.NewMetrics()
				template.CopyTo(md)
				return md
			}, p.ConsumeMetrics)
			_ = p.Shutdown(context.Background())
		})
		b.Run(fmt.Sprintf("logs/attributes=%d", attributes), func(b *testing.B) {
			p, err := NewFactory().CreateLogs(context.Background(), set, cfg, consumertest.NewNop())
			if err != nil {
				b.Fatal(err)
			}
			template := plog.NewLogs()
			rl := template.ResourceLogs().AppendEmpty()
			fillResource(rl.Resource(), "a")
			records := rl.ScopeLogs().AppendEmpty().LogRecords()
			for i := range benchItems {
				record := records.AppendEmpty()
				record.Body().SetStr("the status of something has changed")
				benchAttributes(record.Attributes(), i, attributes)
			}
			at := pcommon.Timestamp(0)
			benchRounds(b, func() plog.Logs {
				at++
				for _, record := range records.All() {
					record.SetTimestamp(at)
				}
				ld := plog.NewLogs()
				template.CopyTo(ld)
				return ld
			}, p.ConsumeLogs)
			_ = p.Shutdown(context.Background())
		})
	}
}

// benchRounds makes requests while the clock stands still. One operation is one item.
func benchRounds[D any](b *testing.B, request func() D, consume func(context.Context, D) error) {
	b.ReportAllocs()
	requests := make([]D, 100)
	if err := consume(context.Background(), request()); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for done := 0; done < b.N; {
		b.StopTimer()
		for i := range requests {
			requests[i] = request()
		}
		b.StartTimer()
		for _, data := range requests {
			if done >= b.N {
				break
			}
			if err := consume(context.Background(), data); err != nil {
				b.Fatal(err)
			}
			done += benchItems
		}
	}
}
