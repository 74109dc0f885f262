// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"fmt"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/xpdata/entity"
)

// line is an item with everything that it belongs to, or something that has no
// item, in a form in which equal things are equal strings.
type line struct {
	resource, scope, group, item string
	// alone tells that the group is never merged with another one.
	alone bool
	// at is where it is; the headers of lines at one place are one.
	at position
}

// plain returns lines without their places.
func plain(lines []line) (texts []line) {
	for _, l := range lines {
		l.at = position{}
		texts = append(texts, l)
	}
	return texts
}

func mapText(m pcommon.Map) string {
	var pairs []string
	for k, v := range m.All() {
		pairs = append(pairs, fmt.Sprintf("%q:%s", k, valueText(v)))
	}
	slices.Sort(pairs)
	return "{" + strings.Join(pairs, ",") + "}"
}

func valueText(v pcommon.Value) string {
	switch v.Type() {
	case pcommon.ValueTypeMap:
		return mapText(v.Map())
	case pcommon.ValueTypeSlice:
		var values []string
		for _, e := range v.Slice().All() {
			values = append(values, valueText(e))
		}
		return "[" + strings.Join(values, ",") + "]"
	default:
		return fmt.Sprintf("%s %q", v.Type(), v.AsString())
	}
}

func resourceText(r pcommon.Resource, schemaURL string) string {
	var entities []string
	for _, ref := range entity.ResourceEntityRefs(r).All() {
		entities = append(entities, fmt.Sprintf("%q %q %q %q",
			ref.Type(), ref.SchemaUrl(), ref.IdKeys().AsRaw(), ref.DescriptionKeys().AsRaw()))
	}
	return fmt.Sprint(mapText(r.Attributes()), r.DroppedAttributesCount(), entities, schemaURL)
}

func scopeText(s pcommon.InstrumentationScope, schemaURL string) string {
	return fmt.Sprintf("%q %q %s %d %q",
		s.Name(), s.Version(), mapText(s.Attributes()), s.DroppedAttributesCount(), schemaURL)
}

// metricText is all of a metric but its data points.
func metricText(m pmetric.Metric) string {
	text := fmt.Sprintf("%q %q %q %s %s", m.Name(), m.Description(), m.Unit(), mapText(m.Metadata()), m.Type())
	// Unknown temporalities have no name.
	return fmt.Sprint(text, int32(temporality(m)), monotonic(m))
}

func traceLines(td ptrace.Traces) (lines []line) {
	for r, rs := range td.ResourceSpans().All() {
		l := line{resource: resourceText(rs.Resource(), rs.SchemaUrl()), at: position{resource: r}}
		if rs.ScopeSpans().Len() == 0 {
			lines = append(lines, l)
		}
		for s, ss := range rs.ScopeSpans().All() {
			l.scope, l.item = scopeText(ss.Scope(), ss.SchemaUrl()), ""
			l.at = position{resource: r, scope: s}
			if ss.Spans().Len() == 0 {
				lines = append(lines, l)
			}
			for _, span := range ss.Spans().All() {
				one := ptrace.NewTraces()
				span.CopyTo(one.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty())
				l.item = wire(new(ptrace.ProtoMarshaler).MarshalTraces(one))
				lines = append(lines, l)
			}
		}
	}
	return lines
}

func logLines(ld plog.Logs) (lines []line) {
	for r, rl := range ld.ResourceLogs().All() {
		l := line{resource: resourceText(rl.Resource(), rl.SchemaUrl()), at: position{resource: r}}
		if rl.ScopeLogs().Len() == 0 {
			lines = append(lines, l)
		}
		for s, sl := range rl.ScopeLogs().All() {
			l.scope, l.item = scopeText(sl.Scope(), sl.SchemaUrl()), ""
			l.at = position{resource: r, scope: s}
			if sl.LogRecords().Len() == 0 {
				lines = append(lines, l)
			}
			for _, record := range sl.LogRecords().All() {
				one := plog.NewLogs()
				record.CopyTo(one.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty())
				l.item = wire(new(plog.ProtoMarshaler).MarshalLogs(one))
				lines = append(lines, l)
			}
		}
	}
	return lines
}

func metricLines(md pmetric.Metrics) (lines []line) {
	for r, rm := range md.ResourceMetrics().All() {
		l := line{resource: resourceText(rm.Resource(), rm.SchemaUrl()), at: position{resource: r}}
		if rm.ScopeMetrics().Len() == 0 {
			lines = append(lines, l)
		}
		for s, sm := range rm.ScopeMetrics().All() {
			l.scope, l.group, l.item, l.alone = scopeText(sm.Scope(), sm.SchemaUrl()), "", "", false
			l.at = position{resource: r, scope: s}
			if sm.Metrics().Len() == 0 {
				lines = append(lines, l)
			}
			for g, m := range sm.Metrics().All() {
				l.group, l.item, l.at.group = metricText(m), "", g
				l.alone = m.Type() == pmetric.MetricTypeEmpty
				if pointCount(m) == 0 {
					lines = append(lines, l)
				}
				for i := range pointCount(m) {
					l.item = pointText(m, i)
					lines = append(lines, l)
				}
			}
		}
	}
	return lines
}

// pointText is the encoding of a metric's data point i.
func pointText(m pmetric.Metric, i int) string {
	one := pmetric.NewMetrics()
	to := one.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		m.Gauge().DataPoints().At(i).CopyTo(to.SetEmptyGauge().DataPoints().AppendEmpty())
	case pmetric.MetricTypeSum:
		m.Sum().DataPoints().At(i).CopyTo(to.SetEmptySum().DataPoints().AppendEmpty())
	case pmetric.MetricTypeHistogram:
		m.Histogram().DataPoints().At(i).CopyTo(to.SetEmptyHistogram().DataPoints().AppendEmpty())
	case pmetric.MetricTypeExponentialHistogram:
		m.ExponentialHistogram().DataPoints().At(i).CopyTo(to.SetEmptyExponentialHistogram().DataPoints().AppendEmpty())
	case pmetric.MetricTypeSummary:
		m.Summary().DataPoints().At(i).CopyTo(to.SetEmptySummary().DataPoints().AppendEmpty())
	default:
	}
	return wire(new(pmetric.ProtoMarshaler).MarshalMetrics(one))
}

// wire is an encoding that is never empty.
func wire(encoded []byte, err error) string {
	if err != nil {
		panic(err)
	}
	return string(encoded) + "."
}
