// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"pgregory.net/rapid"
)

// groupDraw draws requests with few distinct keys. The serial number makes
// everything in a request unique where no key reads it.
type groupDraw struct {
	*rapid.T
	serial int
}

func (d *groupDraw) next() int {
	d.serial++
	return d.serial
}

func (d *groupDraw) count(most int) int {
	return rapid.IntRange(0, most).Draw(d.T, "count")
}

func (d *groupDraw) name() string {
	return rapid.SampledFrom([]string{"", "x", "y", "z"}).Draw(d.T, "name")
}

func (d *groupDraw) attributes(m pcommon.Map) {
	for _, k := range rapid.Permutation([]string{"a", "b"}).Draw(d.T, "order") {
		switch rapid.IntRange(0, 3).Draw(d.T, k) {
		case 1:
			m.PutStr(k, "1")
		case 2:
			m.PutInt(k, 1)
		case 3:
			m.PutEmpty(k)
		}
	}
}

func (d *groupDraw) resource(r pcommon.Resource) string {
	d.attributes(r.Attributes())
	r.SetDroppedAttributesCount(uint32(d.next()))
	return "resource schema " + d.name()
}

func (d *groupDraw) scope(s pcommon.InstrumentationScope) string {
	s.SetName(d.name())
	d.attributes(s.Attributes())
	s.SetDroppedAttributesCount(uint32(d.next()))
	return "scope schema " + d.name()
}

func drawGroupTraces(t *rapid.T) ptrace.Traces {
	d, td := groupDraw{T: t}, ptrace.NewTraces()
	for range d.count(3) {
		rs := td.ResourceSpans().AppendEmpty()
		rs.SetSchemaUrl(d.resource(rs.Resource()))
		for range d.count(3) {
			ss := rs.ScopeSpans().AppendEmpty()
			ss.SetSchemaUrl(d.scope(ss.Scope()))
			for range d.count(4) {
				span := ss.Spans().AppendEmpty()
				span.SetName(d.name())
				d.attributes(span.Attributes())
				span.SetFlags(uint32(d.next()))
			}
		}
	}
	return td
}

func drawGroupLogs(t *rapid.T) plog.Logs {
	d, ld := groupDraw{T: t}, plog.NewLogs()
	for range d.count(3) {
		rl := ld.ResourceLogs().AppendEmpty()
		rl.SetSchemaUrl(d.resource(rl.Resource()))
		for range d.count(3) {
			sl := rl.ScopeLogs().AppendEmpty()
			sl.SetSchemaUrl(d.scope(sl.Scope()))
			for range d.count(4) {
				record := sl.LogRecords().AppendEmpty()
				record.SetEventName(d.name())
				d.attributes(record.Attributes())
				record.SetTimestamp(pcommon.Timestamp(d.next()))
			}
		}
	}
	return ld
}

func drawGroupMetrics(t *rapid.T) pmetric.Metrics {
	d, md := groupDraw{T: t}, pmetric.NewMetrics()
	for range d.count(3) {
		rm := md.ResourceMetrics().AppendEmpty()
		rm.SetSchemaUrl(d.resource(rm.Resource()))
		for range d.count(3) {
			sm := rm.ScopeMetrics().AppendEmpty()
			sm.SetSchemaUrl(d.scope(sm.Scope()))
			for range d.count(3) {
				d.metric(sm.Metrics().AppendEmpty())
			}
		}
	}
	return md
}

func (d *groupDraw) metric(m pmetric.Metric) {
	m.SetName(d.name())
	m.SetUnit(d.name())
	m.Metadata().PutInt("serial", int64(d.next()))
	temporality := pmetric.AggregationTemporality(d.count(2))
	switch pmetric.MetricType(d.count(5)) {
	case pmetric.MetricTypeGauge:
		drawGroupPoints(d, m.SetEmptyGauge().DataPoints())
	case pmetric.MetricTypeSum:
		m.SetEmptySum().SetAggregationTemporality(temporality)
		m.Sum().SetIsMonotonic(d.count(1) == 1)
		drawGroupPoints(d, m.Sum().DataPoints())
	case pmetric.MetricTypeHistogram:
		m.SetEmptyHistogram().SetAggregationTemporality(temporality)
		drawGroupPoints(d, m.Histogram().DataPoints())
	case pmetric.MetricTypeExponentialHistogram:
		m.SetEmptyExponentialHistogram().SetAggregationTemporality(temporality)
		drawGroupPoints(d, m.ExponentialHistogram().DataPoints())
	case pmetric.MetricTypeSummary:
		drawGroupPoints(d, m.SetEmptySummary().DataPoints())
	default:
	}
}

func drawGroupPoints[S slice[S, E], E interface {
	movable[E]
	Attributes() pcommon.Map
	SetTimestamp(pcommon.Timestamp)
}](d *groupDraw, points S) {
	for range d.count(4) {
		point := points.AppendEmpty()
		d.attributes(point.Attributes())
		point.SetTimestamp(pcommon.Timestamp(d.next()))
	}
}

var groupStrings = []string{"", "first", "second"}

func drawGroupProfiles(t *rapid.T) pprofile.Profiles {
	d, pd := groupDraw{T: t}, pprofile.NewProfiles()
	pd.Dictionary().StringTable().FromRaw(groupStrings)
	for range d.count(3) {
		rp := pd.ResourceProfiles().AppendEmpty()
		rp.SetSchemaUrl(d.resource(rp.Resource()))
		for range d.count(3) {
			sp := rp.ScopeProfiles().AppendEmpty()
			sp.SetSchemaUrl(d.scope(sp.Scope()))
			for range d.count(3) {
				profile := sp.Profiles().AppendEmpty()
				profile.SetTime(pcommon.Timestamp(d.next()))
				for range d.count(2) {
					profile.Samples().AppendEmpty().SetStackIndex(int32(d.next()))
				}
			}
		}
	}
	return pd
}
