// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/xpdata/entity"
	"pgregory.net/rapid"
)

// draw draws requests. What items belong to is drawn from so few choices that
// equal ones are frequent; items are told apart by a serial number and vary in
// size around the lengths at which a protobuf length needs another byte.
type draw struct {
	*rapid.T
	serial int
}

func (d *draw) count(most int) int { return rapid.IntRange(0, most).Draw(d.T, "count") }

func (d *draw) chance() bool { return rapid.Bool().Draw(d.T, "chance") }

func (d *draw) text() string { return rapid.SampledFrom([]string{"", "x"}).Draw(d.T, "text") }

func (d *draw) name() string {
	d.serial++
	size := rapid.SampledFrom([]int{0, 0, 60, 110, 125, 250, 16300}).Draw(d.T, "size")
	return strconv.Itoa(d.serial) + strings.Repeat("n", size)
}

func (d *draw) attributes(m pcommon.Map) {
	for _, k := range rapid.Permutation([]string{"a", "b"}).Draw(d.T, "order") {
		switch rapid.IntRange(0, 5).Draw(d.T, k) {
		case 0:
			m.PutStr(k, "1")
		case 1:
			m.PutInt(k, 1)
		case 2:
			nested := m.PutEmptyMap(k)
			for _, n := range rapid.Permutation([]string{"p", "q"}).Draw(d.T, "nested order") {
				nested.PutStr(n, n)
			}
		}
	}
}

func (d *draw) resource(r pcommon.Resource) (schemaURL string) {
	d.attributes(r.Attributes())
	r.SetDroppedAttributesCount(uint32(d.count(1)))
	if d.chance() {
		ref := entity.ResourceEntityRefs(r).AppendEmpty()
		ref.SetType(d.text())
		ref.IdKeys().Append("a")
	}
	return d.text()
}

func (d *draw) scope(s pcommon.InstrumentationScope) (schemaURL string) {
	s.SetName(d.text())
	s.SetVersion(d.text())
	if d.chance() {
		d.attributes(s.Attributes())
	}
	s.SetDroppedAttributesCount(uint32(d.count(1)))
	return d.text()
}

func drawTraces(t *rapid.T) ptrace.Traces {
	d, td := &draw{T: t}, ptrace.NewTraces()
	for range d.count(3) {
		rs := td.ResourceSpans().AppendEmpty()
		rs.SetSchemaUrl(d.resource(rs.Resource()))
		for range d.count(3) {
			ss := rs.ScopeSpans().AppendEmpty()
			ss.SetSchemaUrl(d.scope(ss.Scope()))
			for range d.count(5) {
				ss.Spans().AppendEmpty().SetName(d.name())
			}
		}
	}
	return td
}

func drawLogs(t *rapid.T) plog.Logs {
	d, ld := &draw{T: t}, plog.NewLogs()
	for range d.count(3) {
		rl := ld.ResourceLogs().AppendEmpty()
		rl.SetSchemaUrl(d.resource(rl.Resource()))
		for range d.count(3) {
			sl := rl.ScopeLogs().AppendEmpty()
			sl.SetSchemaUrl(d.scope(sl.Scope()))
			for range d.count(5) {
				sl.LogRecords().AppendEmpty().Body().SetStr(d.name())
			}
		}
	}
	return ld
}

func drawMetrics(t *rapid.T) pmetric.Metrics {
	d, md := &draw{T: t}, pmetric.NewMetrics()
	for range d.count(2) {
		rm := md.ResourceMetrics().AppendEmpty()
		rm.SetSchemaUrl(d.resource(rm.Resource()))
		for range d.count(2) {
			sm := rm.ScopeMetrics().AppendEmpty()
			sm.SetSchemaUrl(d.scope(sm.Scope()))
			for range d.count(4) {
				d.metric(sm.Metrics().AppendEmpty())
			}
		}
	}
	return md
}

func (d *draw) metric(m pmetric.Metric) {
	m.SetName(d.text())
	m.SetUnit(d.text())
	m.SetDescription(d.text())
	if d.chance() {
		d.attributes(m.Metadata())
	}
	temporality := pmetric.AggregationTemporality(rapid.SampledFrom([]int32{0, 1, 2, 300, -1}).Draw(d.T, "temporality"))
	switch rapid.IntRange(0, 5).Draw(d.T, "type") {
	case 0:
		m.SetEmptyGauge()
		for range d.count(4) {
			p := m.Gauge().DataPoints().AppendEmpty()
			p.SetDoubleValue(1)
			p.Attributes().PutStr("n", d.name())
		}
	case 1:
		m.SetEmptySum().SetAggregationTemporality(temporality)
		m.Sum().SetIsMonotonic(d.chance())
		for range d.count(4) {
			p := m.Sum().DataPoints().AppendEmpty()
			p.SetIntValue(1)
			p.Exemplars().AppendEmpty().FilteredAttributes().PutStr("n", d.name())
		}
	case 2:
		m.SetEmptyHistogram().SetAggregationTemporality(temporality)
		for range d.count(4) {
			m.Histogram().DataPoints().AppendEmpty().Attributes().PutStr("n", d.name())
		}
	case 3:
		m.SetEmptyExponentialHistogram().SetAggregationTemporality(temporality)
		for range d.count(4) {
			m.ExponentialHistogram().DataPoints().AppendEmpty().Attributes().PutStr("n", d.name())
		}
	case 4:
		m.SetEmptySummary()
		for range d.count(4) {
			m.Summary().DataPoints().AppendEmpty().Attributes().PutStr("n", d.name())
		}
	}
}
