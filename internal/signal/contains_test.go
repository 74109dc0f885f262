// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"pgregory.net/rapid"
)

func TestContainsProperties(t *testing.T) {
	t.Run("traces", func(t *testing.T) { rapid.Check(t, traceSubject.checkContains) })
	t.Run("logs", func(t *testing.T) { rapid.Check(t, logSubject.checkContains) })
	t.Run("metrics", func(t *testing.T) { rapid.Check(t, metricSubject.checkContains) })
	assert.False(t, Profiles{}.Contains(pprofile.NewProfiles(), pprofile.NewProfiles()), "nobody can tell")
}

// checkContains takes a request in two. Each is in the whole, and the whole is in neither.
func (s subject[D]) checkContains(t *rapid.T) {
	all := s.draw(t)
	items := s.Items(all)
	if items == 0 {
		return
	}
	rest := s.Clone(all)
	head, ok := s.Split(rest, rapid.IntRange(1, items).Draw(t, "taken"), 0)
	require.True(t, ok)
	require.True(t, s.Contains(all, all))
	require.True(t, s.Contains(all, head))
	require.True(t, s.Contains(all, rest))
	require.Equal(t, s.Items(rest) == 0, s.Contains(head, all))

	twice := s.NewMerger(false)
	for range 2 {
		require.NoError(t, twice.Add(s.Clone(all)))
	}
	require.False(t, s.Contains(all, twice.Take()), "not as often as it is there")
}

func TestContainsNothingThatWasChanged(t *testing.T) {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("host", "a")
	ss := rs.ScopeSpans().AppendEmpty()
	ss.Spans().AppendEmpty().SetName("x")
	ss.Spans().AppendEmpty().SetName("y")
	changes(t, Traces{}, td, map[string]func(ptrace.Traces){
		"resource": func(td ptrace.Traces) { td.ResourceSpans().At(0).Resource().Attributes().PutStr("host", "b") },
		"schema":   func(td ptrace.Traces) { td.ResourceSpans().At(0).SetSchemaUrl("u") },
		"scope":    func(td ptrace.Traces) { td.ResourceSpans().At(0).ScopeSpans().At(0).Scope().SetName("s") },
		"span":     func(td ptrace.Traces) { td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(1).SetName("***") },
	})

	ld := plog.NewLogs()
	ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Body().SetStr("secret")
	changes(t, Logs{}, ld, map[string]func(plog.Logs){
		"body": func(ld plog.Logs) { ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Body().SetStr("***") },
	})

	md := pmetric.NewMetrics()
	m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetName("m")
	m.SetEmptySum().DataPoints().AppendEmpty().SetIntValue(1)
	metric := func(md pmetric.Metrics) pmetric.Metric {
		return md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0)
	}
	changes(t, Metrics{}, md, map[string]func(pmetric.Metrics){
		"name": func(md pmetric.Metrics) { metric(md).SetName("n") },
		"temporality": func(md pmetric.Metrics) {
			metric(md).Sum().SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
		},
		"point": func(md pmetric.Metrics) { metric(md).Sum().DataPoints().At(0).SetIntValue(2) },
		"type": func(md pmetric.Metrics) {
			points := metric(md).Sum().DataPoints()
			kept := pmetric.NewNumberDataPointSlice()
			points.CopyTo(kept)
			kept.CopyTo(metric(md).SetEmptyGauge().DataPoints())
		},
	})
}

func changes[D any](t *testing.T, s Signal[D], all D, by map[string]func(D)) {
	t.Helper()
	for name, change := range by {
		t.Run(name, func(t *testing.T) {
			part := s.Clone(all)
			require.True(t, s.Contains(all, part))
			change(part)
			assert.False(t, s.Contains(all, part))
		})
	}
}
