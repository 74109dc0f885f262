// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"pgregory.net/rapid"

	"github.com/partbuffer/partbufferprocessor/internal/key"
)

// keepSubject is a signal whose items can be kept.
type keepSubject[D interface{ CopyTo(D) }, I any] struct {
	subject[D]
	keeper Keeper[D, I]
	signal key.Signal
}

var (
	keptTraces  = keepSubject[ptrace.Traces, KeptSpan]{traceSubject, Traces{}, key.Traces}
	keptLogs    = keepSubject[plog.Logs, KeptRecord]{logSubject, Logs{}, key.Logs}
	keptMetrics = keepSubject[pmetric.Metrics, KeptPoint]{metricSubject, Metrics{}, key.Metrics}
)

func TestKeepProperties(t *testing.T) {
	t.Run("traces", func(t *testing.T) { rapid.Check(t, keptTraces.check) })
	t.Run("logs", func(t *testing.T) { rapid.Check(t, keptLogs.check) })
	t.Run("metrics", func(t *testing.T) { rapid.Check(t, keptMetrics.check) })
}

// check takes the items with a key out of requests and puts them together again: together with what was left of
// the requests that is everything, each item under what it belongs to.
func (s keepSubject[D, I]) check(t *rapid.T) {
	paths := rapid.SampledFrom([][]string{{"scope.name"}, {"resource"}, {`resource.attributes["a"]`, `scope.attributes["b"]`}}).Draw(t, "key")
	k, err := key.Parse(s.signal, paths)
	require.NoError(t, err)
	rules := &Rules{Key: k, Missing: rapid.SampledFrom([]Missing{PassMissing, DropMissing, GroupMissing}).Draw(t, "missing")}
	places := []*Places{{}, {}}
	builder := s.keeper.NewBuilder("")
	var plan Plan
	var spare []I
	for range rapid.IntRange(1, 3).Draw(t, "batches") {
		var sent, seen []line
		gone := 0
		for range rapid.IntRange(0, 5).Draw(t, "requests") {
			data := s.draw(t)
			sent = append(sent, items(s.lines(data))...)
			total := s.Items(data)
			before := s.lines(data)
			plan.Begin(rules)
			s.keeper.Plan(context.Background(), &plan, data)
			require.Equal(t, before, s.lines(data), "a plan modifies nothing")
			require.Equal(t, total, len(plan.Keys)+plan.Passed+plan.Dropped)
			require.Len(t, plan.Versions, len(plan.Keys))
			spare = s.keeper.AppendItems(spare, max(0, len(plan.Keys)-len(spare)))
			taken := spare[:len(plan.Keys)]
			s.keeper.Take(&plan, data, rapid.SampledFrom(places).Draw(t, "places"), taken)
			if rapid.IntRange(0, 3).Draw(t, "refused") == 0 {
				refused := s.keeper.NewBuilder("")
				for i := range taken {
					refused.Add(&taken[i], 0)
				}
				s.keeper.GiveBack(&plan, data, refused.Take())
				require.Equal(t, total-plan.Dropped, s.Items(data), "what is refused is whole again")
				seen = append(seen, items(s.lines(data))...)
			} else {
				if plan.Passed > 0 {
					require.Equal(t, plan.Passed, s.Items(data))
					seen = append(seen, items(s.lines(data))...)
				}
				for i := range taken {
					builder.Add(&taken[i], 0)
					require.Positive(t, s.keeper.ItemBytes(&taken[i]))
				}
			}
			gone += plan.Dropped
			plan.End()
		}
		built := builder.Take()
		checkEachOnce(t, s.lines(built))
		seen = append(seen, items(s.lines(built))...)
		require.Len(t, seen, len(sent)-gone)
		if gone == 0 {
			require.Equal(t, sorted(sent), sorted(seen))
		}
	}
}

// items returns the lines that have an item, without their places.
func items(lines []line) []line {
	return slices.DeleteFunc(plain(lines), func(l line) bool { return l.item == "" })
}

func sorted(lines []line) []line {
	return slices.SortedFunc(slices.Values(lines), func(a, b line) int {
		return slices.Compare([]string{a.resource, a.scope, a.group, a.item}, []string{b.resource, b.scope, b.group, b.item})
	})
}

func TestDeltasPassWhateverTheRulesSay(t *testing.T) {
	md := pmetric.NewMetrics()
	metrics := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics()
	for _, temporality := range []pmetric.AggregationTemporality{
		pmetric.AggregationTemporalityDelta, pmetric.AggregationTemporalityUnspecified, pmetric.AggregationTemporalityCumulative,
	} {
		metrics.AppendEmpty().SetEmptySum().SetAggregationTemporality(temporality)
		metrics.AppendEmpty().SetEmptyHistogram().SetAggregationTemporality(temporality)
		metrics.AppendEmpty().SetEmptyExponentialHistogram().SetAggregationTemporality(temporality)
	}
	metrics.AppendEmpty().SetEmptyGauge()
	metrics.AppendEmpty().SetEmptySummary()
	metrics.AppendEmpty().SetName("without data")
	names := []string{"delta", "unspecified", "cumulative"}
	for i, m := range metrics.All() {
		if i < 9 {
			m.SetName(names[i/3])
		}
		switch m.Type() {
		case pmetric.MetricTypeSum:
			m.Sum().DataPoints().AppendEmpty()
		case pmetric.MetricTypeHistogram:
			m.Histogram().DataPoints().AppendEmpty()
		case pmetric.MetricTypeExponentialHistogram:
			m.ExponentialHistogram().DataPoints().AppendEmpty()
		case pmetric.MetricTypeGauge:
			m.Gauge().DataPoints().AppendEmpty()
		case pmetric.MetricTypeSummary:
			m.Summary().DataPoints().AppendEmpty()
		default:
		}
	}
	for _, version := range []Version{ByTimestamp, ByArrival} {
		for _, missing := range []Missing{PassMissing, DropMissing, GroupMissing} {
			k, err := key.Natural(key.Metrics)
			require.NoError(t, err)
			var plan Plan
			plan.Begin(&Rules{Key: k, Version: version, Missing: missing})
			data := pmetric.NewMetrics()
			md.CopyTo(data)
			Metrics{}.Plan(context.Background(), &plan, data)
			require.Equal(t, 6, plan.Passed)
			require.Len(t, plan.Keys, 5)
			Metrics{}.Take(&plan, data, &Places{}, make([]KeptPoint, 5))
			for _, l := range items(metricLines(data)) {
				require.True(t, strings.Contains(l.group, "delta") || strings.Contains(l.group, "unspecified"), l.group)
			}
			require.Equal(t, 6, data.DataPointCount())
		}
	}
}
