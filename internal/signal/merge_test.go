// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/xpdata/entity"
)

// origin is what items belong to.
type origin struct {
	resource    pcommon.Resource
	scope       pcommon.InstrumentationScope
	resourceURL string
	scopeURL    string
}

// origins are all different.
var origins = map[string]func(*origin){
	"nothing":             func(*origin) {},
	"text attribute":      func(o *origin) { o.resource.Attributes().PutStr("a", "1") },
	"number attribute":    func(o *origin) { o.resource.Attributes().PutInt("a", 1) },
	"empty attribute":     func(o *origin) { o.resource.Attributes().PutEmpty("a") },
	"dropped attributes":  func(o *origin) { o.resource.SetDroppedAttributesCount(1) },
	"entity":              func(o *origin) { entity.ResourceEntityRefs(o.resource).AppendEmpty().SetType("host") },
	"resource schema":     func(o *origin) { o.resourceURL = "x" },
	"scope name":          func(o *origin) { o.scope.SetName("x") },
	"scope version":       func(o *origin) { o.scope.SetVersion("x") },
	"scope attribute":     func(o *origin) { o.scope.Attributes().PutStr("a", "1") },
	"scope attribute int": func(o *origin) { o.scope.Attributes().PutInt("a", 1) },
	"scope dropped":       func(o *origin) { o.scope.SetDroppedAttributesCount(1) },
	"scope schema":        func(o *origin) { o.scopeURL = "x" },
}

func TestMergeTellsOriginsApart(t *testing.T) {
	t.Run("traces", func(t *testing.T) {
		traceSubject.checkOrigins(t, func(o origin) ptrace.Traces {
			td := ptrace.NewTraces()
			rs := td.ResourceSpans().AppendEmpty()
			o.resource.CopyTo(rs.Resource())
			rs.SetSchemaUrl(o.resourceURL)
			ss := rs.ScopeSpans().AppendEmpty()
			o.scope.CopyTo(ss.Scope())
			ss.SetSchemaUrl(o.scopeURL)
			ss.Spans().AppendEmpty()
			return td
		})
	})
	t.Run("logs", func(t *testing.T) {
		logSubject.checkOrigins(t, func(o origin) plog.Logs {
			ld := plog.NewLogs()
			rl := ld.ResourceLogs().AppendEmpty()
			o.resource.CopyTo(rl.Resource())
			rl.SetSchemaUrl(o.resourceURL)
			sl := rl.ScopeLogs().AppendEmpty()
			o.scope.CopyTo(sl.Scope())
			sl.SetSchemaUrl(o.scopeURL)
			sl.LogRecords().AppendEmpty()
			return ld
		})
	})
	t.Run("metrics", func(t *testing.T) {
		metricSubject.checkOrigins(t, func(o origin) pmetric.Metrics {
			md := pmetric.NewMetrics()
			rm := md.ResourceMetrics().AppendEmpty()
			o.resource.CopyTo(rm.Resource())
			rm.SetSchemaUrl(o.resourceURL)
			sm := rm.ScopeMetrics().AppendEmpty()
			o.scope.CopyTo(sm.Scope())
			sm.SetSchemaUrl(o.scopeURL)
			sm.Metrics().AppendEmpty().SetEmptyGauge().DataPoints().AppendEmpty()
			return md
		})
	})
	t.Run("profiles", func(t *testing.T) {
		profileSubject.checkOrigins(t, func(o origin) pprofile.Profiles {
			pd := pprofile.NewProfiles()
			rp := pd.ResourceProfiles().AppendEmpty()
			o.resource.CopyTo(rp.Resource())
			rp.SetSchemaUrl(o.resourceURL)
			sp := rp.ScopeProfiles().AppendEmpty()
			o.scope.CopyTo(sp.Scope())
			sp.SetSchemaUrl(o.scopeURL)
			sp.Profiles().AppendEmpty().Samples().AppendEmpty()
			return pd
		})
	})
}

// checkOrigins merges items of every two origins.
func (s subject[D]) checkOrigins(t *testing.T, build func(origin) D) {
	from := func(change func(*origin)) D {
		o := origin{resource: pcommon.NewResource(), scope: pcommon.NewInstrumentationScope()}
		change(&o)
		return build(o)
	}
	merger := s.NewMerger(true)
	for i, change := range origins {
		for j, other := range origins {
			require.NoError(t, merger.Add(from(change)))
			require.NoError(t, merger.Add(from(other)))
			lines := s.lines(merger.Take())
			require.Len(t, lines, 2)
			a, b := lines[0].at, lines[1].at
			together := a.resource == b.resource && a.scope == b.scope
			assert.Equalf(t, i == j, together, "%s and %s", i, j)
		}
	}
}

func TestMergeTellsMetricsApart(t *testing.T) {
	metrics := map[string]func(pmetric.Metric){
		"gauge":       func(m pmetric.Metric) { m.SetEmptyGauge().DataPoints().AppendEmpty() },
		"summary":     func(m pmetric.Metric) { m.SetEmptySummary().DataPoints().AppendEmpty() },
		"histogram":   func(m pmetric.Metric) { m.SetEmptyHistogram().DataPoints().AppendEmpty() },
		"exponential": func(m pmetric.Metric) { m.SetEmptyExponentialHistogram().DataPoints().AppendEmpty() },
		"sum":         func(m pmetric.Metric) { m.SetEmptySum().DataPoints().AppendEmpty() },
		"delta": func(m pmetric.Metric) {
			m.SetEmptySum().SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
			m.Sum().DataPoints().AppendEmpty()
		},
		"cumulative": func(m pmetric.Metric) {
			m.SetEmptySum().SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
			m.Sum().DataPoints().AppendEmpty()
		},
		"monotonic": func(m pmetric.Metric) {
			m.SetEmptySum().SetIsMonotonic(true)
			m.Sum().DataPoints().AppendEmpty()
		},
		"delta histogram": func(m pmetric.Metric) {
			m.SetEmptyHistogram().SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
			m.Histogram().DataPoints().AppendEmpty()
		},
		"delta exponential": func(m pmetric.Metric) {
			m.SetEmptyExponentialHistogram().SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
			m.ExponentialHistogram().DataPoints().AppendEmpty()
		},
		"name":        func(m pmetric.Metric) { m.SetName("x"); m.SetEmptyGauge().DataPoints().AppendEmpty() },
		"description": func(m pmetric.Metric) { m.SetDescription("x"); m.SetEmptyGauge().DataPoints().AppendEmpty() },
		"unit":        func(m pmetric.Metric) { m.SetUnit("x"); m.SetEmptyGauge().DataPoints().AppendEmpty() },
		"metadata":    func(m pmetric.Metric) { m.Metadata().PutStr("a", "1"); m.SetEmptyGauge().DataPoints().AppendEmpty() },
		"metadata type": func(m pmetric.Metric) {
			m.Metadata().PutInt("a", 1)
			m.SetEmptyGauge().DataPoints().AppendEmpty()
		},
		"nothing": func(pmetric.Metric) {},
	}
	from := func(change func(pmetric.Metric)) pmetric.Metrics {
		md := pmetric.NewMetrics()
		change(md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty())
		return md
	}
	merger := Metrics{}.NewMerger(true)
	for i, change := range metrics {
		for j, other := range metrics {
			require.NoError(t, merger.Add(from(change)))
			require.NoError(t, merger.Add(from(other)))
			lines := metricLines(merger.Take())
			require.Len(t, lines, 2)
			apart := i != j || i == "nothing"
			assert.Equalf(t, apart, lines[0].at.group != lines[1].at.group, "%s and %s", i, j)
		}
	}
}

// TestMergerForgets looks at the memory that a Merger keeps for its next batch.
func TestMergerForgets(t *testing.T) {
	add := func(m *tracesMerger, resources int) {
		td := ptrace.NewTraces()
		for i := range resources {
			rs := td.ResourceSpans().AppendEmpty()
			rs.Resource().Attributes().PutStr("a", strconv.Itoa(i))
			rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		}
		require.NoError(t, m.Add(td))
		require.Equal(t, resources, m.Take().ResourceSpans().Len())
	}
	m := &tracesMerger{equal: true}
	add(m, 10)
	require.NotZero(t, cap(m.resources.nodes), "what a batch of this size needs is kept")
	for _, n := range m.resources.nodes[:cap(m.resources.nodes)] {
		assert.Zero(t, n, "a node keeps data alive")
	}
	assert.Empty(t, m.resources.heads)
	assert.Zero(t, m.out)

	add(m, keptNodes+1)
	assert.Zero(t, cap(m.resources.nodes), "what an unusually large batch needs is not kept")
	assert.Nil(t, m.resources.heads)
}

// TestChainIsBounded makes sure that hashes which are equal without need cannot
// make merging slow.
func TestChainIsBounded(t *testing.T) {
	var x index[int]
	for i := range 10 * maxChain {
		x.add(i, none, 1)
	}
	length := 0
	for at := x.first(1); at != none; at = x.nodes[at].next {
		length++
	}
	assert.Equal(t, maxChain, length)
	assert.Len(t, x.nodes, 10*maxChain)
}

func TestMergeAllocatesNextToNothing(t *testing.T) {
	const requests, runs = 1000, 5
	batches := make([][]ptrace.Traces, runs+1)
	for i := range batches {
		for n := range requests {
			batches[i] = append(batches[i], benchTraces(n%benchResources, 1))
		}
	}
	merger := Traces{}.NewMerger(true)
	batch := 0
	allocs := testing.AllocsPerRun(runs, func() {
		for _, td := range batches[batch] {
			if err := merger.Add(td); err != nil {
				t.Error(err)
			}
		}
		merger.Take()
		batch++
	})
	assert.Less(t, allocs, float64(requests/2), "per resource of a batch, not per request")
}

// TestResourcesThatLookAlikeMerge has more resources of one sketch than are compared with each other.
func TestResourcesThatLookAlikeMerge(t *testing.T) {
	const resources = 10 * maxTwins
	m := Traces{}.NewMerger(true)
	for round := range 2 {
		for i := range resources {
			if round == 1 { // another order, so that none is found by guessing
				i = resources - 1 - i
			}
			td := ptrace.NewTraces()
			rs := td.ResourceSpans().AppendEmpty()
			rs.Resource().Attributes().PutStr("k8s.pod.uid", "both ends "+strconv.Itoa(100+i)+" are the same")
			rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty().SetName(strconv.Itoa(i))
			require.NoError(t, m.Add(td))
		}
	}
	out := m.Take().ResourceSpans()
	require.Equal(t, resources, out.Len())
	for i, rs := range out.All() {
		require.Equal(t, 1, rs.ScopeSpans().Len())
		spans := rs.ScopeSpans().At(0).Spans()
		require.Equal(t, 2, spans.Len())
		assert.Equal(t, strconv.Itoa(i), spans.At(0).Name())
		assert.Equal(t, strconv.Itoa(i), spans.At(1).Name())
	}
}
