// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/partbuffer/partbufferprocessor/internal/key"
)

// digest is the key of the only item of a request.
func digest[D, I any](t *testing.T, k Keeper[D, I], of *key.Key, data D) key.Digest {
	t.Helper()
	var plan Plan
	plan.Begin(&Rules{Key: of})
	k.Plan(context.Background(), &plan, data)
	require.Len(t, plan.Keys, 1)
	return plan.Keys[0]
}

// attributeSets all differ from each other, also where they try not to.
var attributeSets = map[string]func(pcommon.Map){
	"none":                func(pcommon.Map) {},
	"a is text":           func(m pcommon.Map) { m.PutStr("a", "1") },
	"a is an int":         func(m pcommon.Map) { m.PutInt("a", 1) },
	"a is a double":       func(m pcommon.Map) { m.PutDouble("a", 1) },
	"a is a bool":         func(m pcommon.Map) { m.PutBool("a", true) },
	"a is bytes":          func(m pcommon.Map) { m.PutEmptyBytes("a").FromRaw([]byte("1")) },
	"a is empty":          func(m pcommon.Map) { m.PutEmpty("a") },
	"a is an empty text":  func(m pcommon.Map) { m.PutStr("a", "") },
	"b instead of a":      func(m pcommon.Map) { m.PutStr("b", "1") },
	"ab is c":             func(m pcommon.Map) { m.PutStr("ab", "c") },
	"a is bc":             func(m pcommon.Map) { m.PutStr("a", "bc") },
	"a is b and b is a":   func(m pcommon.Map) { m.PutStr("a", "b"); m.PutStr("b", "a") },
	"a is a and b is b":   func(m pcommon.Map) { m.PutStr("a", "a"); m.PutStr("b", "b") },
	"nested":              func(m pcommon.Map) { m.PutEmptyMap("a").PutStr("b", "c") },
	"nested empty":        func(m pcommon.Map) { m.PutEmptyMap("a") },
	"nested beside":       func(m pcommon.Map) { m.PutEmptyMap("a"); m.PutStr("b", "c") },
	"a list":              func(m pcommon.Map) { m.PutEmptySlice("a").AppendEmpty().SetStr("1") },
	"a list of a list":    func(m pcommon.Map) { m.PutEmptySlice("a").AppendEmpty().SetEmptySlice().AppendEmpty().SetStr("1") },
	"text of two lengths": func(m pcommon.Map) { m.PutStr("a", "\x01\x01b") },
}

// levels are where attributes can be. The same ones at another level are something else.
var levels = map[string]func(resource, scope, item pcommon.Map) pcommon.Map{
	"resource": func(resource, _, _ pcommon.Map) pcommon.Map { return resource },
	"scope":    func(_, scope, _ pcommon.Map) pcommon.Map { return scope },
	"item":     func(_, _, item pcommon.Map) pcommon.Map { return item },
}

// checkDistinct makes sure that every name has a digest of its own.
func checkDistinct(t *testing.T, digests map[string]key.Digest) {
	t.Helper()
	names := map[key.Digest]string{}
	for name, d := range digests {
		if other, taken := names[d]; taken {
			t.Errorf("%q and %q have one key", name, other)
		}
		names[d] = name
	}
}

// onePoint is a request of one data point, in a metric that build sets up.
func onePoint(build func(pmetric.Metric) pcommon.Map) (md pmetric.Metrics, resource, scope, item pcommon.Map) {
	md = pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	sm := rm.ScopeMetrics().AppendEmpty()
	item = build(sm.Metrics().AppendEmpty())
	return md, rm.Resource().Attributes(), sm.Scope().Attributes(), item
}

func gauge(m pmetric.Metric) pcommon.Map {
	m.SetName("m")
	return m.SetEmptyGauge().DataPoints().AppendEmpty().Attributes()
}

func TestStreamsAreToldApart(t *testing.T) {
	natural, err := key.Natural(key.Metrics)
	require.NoError(t, err)
	digests := map[string]key.Digest{}
	for set, fill := range attributeSets {
		for level, of := range levels {
			if set == "none" {
				level = "anywhere"
			}
			md, resource, scope, item := onePoint(gauge)
			fill(of(resource, scope, item))
			digests[level+": "+set] = digest(t, Metrics{}, natural, md)
		}
	}
	sum := func(name, unit string, temporality pmetric.AggregationTemporality, monotonic bool) func(pmetric.Metric) pcommon.Map {
		return func(m pmetric.Metric) pcommon.Map {
			m.SetName(name)
			m.SetUnit(unit)
			m.SetEmptySum().SetAggregationTemporality(temporality)
			m.Sum().SetIsMonotonic(monotonic)
			return m.Sum().DataPoints().AppendEmpty().Attributes()
		}
	}
	const cumulative = pmetric.AggregationTemporalityCumulative
	for name, build := range map[string]func(pmetric.Metric) pcommon.Map{
		"sum":           sum("m", "", cumulative, false),
		"monotonic sum": sum("m", "", cumulative, true),
		"unit":          sum("m", "s", cumulative, false),
		"name and unit": sum("ms", "", cumulative, false),
		"histogram": func(m pmetric.Metric) pcommon.Map {
			m.SetName("m")
			m.SetEmptyHistogram().SetAggregationTemporality(cumulative)
			return m.Histogram().DataPoints().AppendEmpty().Attributes()
		},
		"exponential histogram": func(m pmetric.Metric) pcommon.Map {
			m.SetName("m")
			m.SetEmptyExponentialHistogram().SetAggregationTemporality(cumulative)
			return m.ExponentialHistogram().DataPoints().AppendEmpty().Attributes()
		},
		"summary": func(m pmetric.Metric) pcommon.Map {
			m.SetName("m")
			return m.SetEmptySummary().DataPoints().AppendEmpty().Attributes()
		},
	} {
		md, _, _, _ := onePoint(build)
		digests[name] = digest(t, Metrics{}, natural, md)
	}
	scoped := func(name, version string) key.Digest {
		md, _, _, _ := onePoint(gauge)
		s := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Scope()
		s.SetName(name)
		s.SetVersion(version)
		return digest(t, Metrics{}, natural, md)
	}
	digests["scope name"], digests["scope version"], digests["scope ab"] = scoped("a", ""), scoped("", "a"), scoped("a", "b")
	checkDistinct(t, digests)

	t.Run("what is no part of it", func(t *testing.T) {
		for name, change := range map[string]func(pmetric.Metrics, pmetric.Metric){
			"schema URLs": func(md pmetric.Metrics, _ pmetric.Metric) {
				md.ResourceMetrics().At(0).SetSchemaUrl("x")
				md.ResourceMetrics().At(0).ScopeMetrics().At(0).SetSchemaUrl("x")
			},
			"description": func(_ pmetric.Metrics, m pmetric.Metric) { m.SetDescription("x") },
			"metadata":    func(_ pmetric.Metrics, m pmetric.Metric) { m.Metadata().PutStr("x", "x") },
			"times and value": func(_ pmetric.Metrics, m pmetric.Metric) {
				dp := m.Gauge().DataPoints().At(0)
				dp.SetTimestamp(1)
				dp.SetStartTimestamp(1)
				dp.SetDoubleValue(1)
			},
			"an int instead of a double": func(_ pmetric.Metrics, m pmetric.Metric) { m.Gauge().DataPoints().At(0).SetIntValue(1) },
		} {
			md, _, _, _ := onePoint(gauge)
			change(md, md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0))
			assert.Equal(t, digests["anywhere: none"], digest(t, Metrics{}, natural, md), name)
		}
	})
}

func TestAttributeOrderDoesNotMatter(t *testing.T) {
	natural, err := key.Natural(key.Logs)
	require.NoError(t, err)
	one := func(order ...string) key.Digest {
		ld := plog.NewLogs()
		rl := ld.ResourceLogs().AppendEmpty()
		sl := rl.ScopeLogs().AppendEmpty()
		record := sl.LogRecords().AppendEmpty()
		for _, m := range []pcommon.Map{
			rl.Resource().Attributes(), sl.Scope().Attributes(), record.Attributes(), record.Attributes().PutEmptyMap("nested"),
			record.Body().SetEmptyMap(),
		} {
			for _, k := range order {
				m.PutStr(k, k)
			}
		}
		return digest(t, Logs{}, natural, ld)
	}
	assert.Equal(t, one("a", "b", "c"), one("c", "a", "b"))
	assert.NotEqual(t, one("a", "b", "c"), one("a", "b"))
}

func TestRecordsAreToldApart(t *testing.T) {
	natural, err := key.Natural(key.Logs)
	require.NoError(t, err)
	of := func(change func(plog.LogRecord)) key.Digest {
		ld := plog.NewLogs()
		change(ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty())
		return digest(t, Logs{}, natural, ld)
	}
	digests := map[string]key.Digest{}
	for name, change := range map[string]func(plog.LogRecord){
		"nothing":         func(plog.LogRecord) {},
		"body":            func(r plog.LogRecord) { r.Body().SetStr("x") },
		"empty body":      func(r plog.LogRecord) { r.Body().SetStr("") },
		"event name":      func(r plog.LogRecord) { r.SetEventName("x") },
		"severity number": func(r plog.LogRecord) { r.SetSeverityNumber(1) },
		"attribute":       func(r plog.LogRecord) { r.Attributes().PutStr("x", "x") },
		"trace id":        func(r plog.LogRecord) { r.SetTraceID(pcommon.TraceID{1}) },
		"span id":         func(r plog.LogRecord) { r.SetSpanID(pcommon.SpanID{1}) },
	} {
		digests[name] = of(change)
	}
	checkDistinct(t, digests)
	assert.Equal(t, digests["nothing"], of(func(r plog.LogRecord) { r.SetSeverityText("x"); r.SetTimestamp(1); r.SetObservedTimestamp(1) }))
}

func TestSpansWithoutIDsHaveNoKey(t *testing.T) {
	natural, err := key.Natural(key.Traces)
	require.NoError(t, err)
	td := ptrace.NewTraces()
	spans := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	spans.AppendEmpty().SetName("no ids")
	spans.AppendEmpty().SetTraceID(pcommon.TraceID{1})
	spans.AppendEmpty().SetSpanID(pcommon.SpanID{1})
	var plan Plan
	plan.Begin(&Rules{Key: natural})
	Traces{}.Plan(context.Background(), &plan, td)
	assert.Equal(t, 1, plan.Passed)
	require.Len(t, plan.Keys, 2)
	assert.NotEqual(t, plan.Keys[0], plan.Keys[1])
}
