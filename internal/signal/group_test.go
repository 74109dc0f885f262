// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/xpdata/entity"
	"go.opentelemetry.io/collector/pdata/xpdata/pref"

	"github.com/partbuffer/partbufferprocessor/internal/key"
)

func mustParseKey(tb testing.TB, signal key.Signal, paths ...string) *key.Key {
	tb.Helper()
	k, err := key.Parse(signal, paths)
	require.NoError(tb, err)
	return k
}

// groupedTraces has one resource and one scope whose spans are named 0 to
// items-1, so that the key name takes them apart.
func groupedTraces(items int) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	ss := rs.ScopeSpans().AppendEmpty()
	for i := range items {
		ss.Spans().AppendEmpty().SetName(strconv.Itoa(i))
	}
	return td
}

func TestGroupOnePartitionKeepsRequest(t *testing.T) {
	k := mustParseKey(t, key.Traces, "name")
	td := groupedTraces(10)
	parts := Traces{}.Group(nil, td, k, 1)
	require.Equal(t, []Part[ptrace.Traces]{{Data: td, Partition: 0}}, parts)
	assert.Equal(t, 10, td.SpanCount())
}

func TestGroupEmptyRequest(t *testing.T) {
	k := mustParseKey(t, key.Traces, "name")
	for _, td := range []ptrace.Traces{ptrace.NewTraces(), groupedTraces(0)} {
		parts := Traces{}.Group(nil, td, k, 4)
		require.Equal(t, []Part[ptrace.Traces]{{Data: td, Partition: 0}}, parts)
	}
}

func TestGroupCopiesAllThatSpansBelongTo(t *testing.T) {
	td := groupedTraces(100)
	rs := td.ResourceSpans().At(0)
	rs.SetSchemaUrl("resource schema")
	rs.Resource().Attributes().PutStr("service.name", "checkout")
	rs.Resource().SetDroppedAttributesCount(3)
	ref := entity.ResourceEntityRefs(rs.Resource()).AppendEmpty()
	ref.SetType("service")
	ref.IdKeys().Append("service.name")
	ss := rs.ScopeSpans().At(0)
	ss.SetSchemaUrl("scope schema")
	ss.Scope().SetName("library")
	ss.Scope().SetVersion("v1")
	ss.Scope().Attributes().PutBool("x", true)
	ss.Scope().SetDroppedAttributesCount(4)

	parts := Traces{}.Group(nil, td, mustParseKey(t, key.Traces, "name"), 4)
	require.Len(t, parts, 4)
	spans := 0
	for _, part := range parts {
		require.Equal(t, 1, part.Data.ResourceSpans().Len())
		rs := part.Data.ResourceSpans().At(0)
		assert.Equal(t, "resource schema", rs.SchemaUrl())
		assert.Equal(t, map[string]any{"service.name": "checkout"}, rs.Resource().Attributes().AsRaw())
		assert.EqualValues(t, 3, rs.Resource().DroppedAttributesCount())
		refs := entity.ResourceEntityRefs(rs.Resource())
		require.Equal(t, 1, refs.Len())
		assert.Equal(t, "service", refs.At(0).Type())
		assert.Equal(t, []string{"service.name"}, refs.At(0).IdKeys().AsRaw())

		require.Equal(t, 1, rs.ScopeSpans().Len())
		ss := rs.ScopeSpans().At(0)
		assert.Equal(t, "scope schema", ss.SchemaUrl())
		assert.Equal(t, "library", ss.Scope().Name())
		assert.Equal(t, "v1", ss.Scope().Version())
		assert.Equal(t, map[string]any{"x": true}, ss.Scope().Attributes().AsRaw())
		assert.EqualValues(t, 4, ss.Scope().DroppedAttributesCount())
		spans += ss.Spans().Len()
	}
	assert.Equal(t, 100, spans)
	assert.Zero(t, td.ResourceSpans().Len())
}

func TestGroupCopiesAllThatPointsBelongTo(t *testing.T) {
	md := pmetric.NewMetrics()
	m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetName("requests")
	m.SetDescription("how many")
	m.SetUnit("1")
	m.Metadata().PutStr("k", "v")
	m.SetEmptySum().SetIsMonotonic(true)
	m.Sum().SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	for i := range 100 {
		p := m.Sum().DataPoints().AppendEmpty()
		p.Attributes().PutInt("i", int64(i))
		p.Exemplars().AppendEmpty().SetIntValue(int64(i))
	}

	parts := Metrics{}.Group(nil, md, mustParseKey(t, key.Metrics, "attributes"), 4)
	require.Len(t, parts, 4)
	points := 0
	for _, part := range parts {
		m := part.Data.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0)
		assert.Equal(t, []string{"requests", "how many", "1"}, []string{m.Name(), m.Description(), m.Unit()})
		assert.Equal(t, map[string]any{"k": "v"}, m.Metadata().AsRaw())
		require.Equal(t, pmetric.MetricTypeSum, m.Type())
		assert.True(t, m.Sum().IsMonotonic())
		assert.Equal(t, pmetric.AggregationTemporalityCumulative, m.Sum().AggregationTemporality())
		for _, p := range m.Sum().DataPoints().All() {
			i, _ := p.Attributes().Get("i")
			assert.Equal(t, i.Int(), p.Exemplars().At(0).IntValue())
			points++
		}
	}
	assert.Equal(t, 100, points)
}

func TestGroupMovesWholeResourcesByResource(t *testing.T) {
	td := benchTracesOf(100, 2)
	want := make(map[string]ptrace.ScopeSpans)
	for _, rs := range td.ResourceSpans().All() {
		name, _ := rs.Resource().Attributes().Get("n")
		want[name.AsString()] = rs.ScopeSpans().At(0)
	}
	parts := Traces{}.Group(nil, td, mustParseKey(t, key.Traces, "resource"), 4)
	require.Len(t, parts, 4)
	for _, part := range parts {
		for _, rs := range part.Data.ResourceSpans().All() {
			name, _ := rs.Resource().Attributes().Get("n")
			assert.Equal(t, 2, rs.ScopeSpans().At(0).Spans().Len())
			want[name.AsString()].Spans().At(0).SetName("the same memory")
			assert.Equal(t, "the same memory", rs.ScopeSpans().At(0).Spans().At(0).Name(), "moved, not copied")
		}
	}
}

func TestGroupEmptyContainersFollowNeighbors(t *testing.T) {
	k := mustParseKey(t, key.Traces, `attributes["k"]`)
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.ScopeSpans().AppendEmpty().Scope().SetName("before")
	full := rs.ScopeSpans().AppendEmpty()
	full.Spans().AppendEmpty().Attributes().PutInt("k", 1)
	rs.ScopeSpans().AppendEmpty().Scope().SetName("after")
	td.ResourceSpans().AppendEmpty().SetSchemaUrl("last")

	parts := Traces{}.Group(nil, td, k, 1000)
	require.Len(t, parts, 1)
	assert.Equal(t, td, parts[0].Data)
}

// TestGroupByExpression expects of an item on which the expression fails that it
// goes where the items without value go.
func TestGroupByExpression(t *testing.T) {
	k := mustParseKey(t, key.Traces, `Concat([resource.attributes["r"], scope.name, Substring(name, 0, 2)], "/")`)
	absent, _, err := k.AppendSpan(nil, &key.Span{
		Resource: ptrace.NewResourceSpans(), Scope: ptrace.NewScopeSpans(), Span: ptrace.NewSpan(),
	})
	require.Error(t, err)

	const n = 1 << 16
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("r", "x")
	ss := rs.ScopeSpans().AppendEmpty()
	ss.Scope().SetName("s")
	for _, name := range []string{"aa1", "", "bb1", "aa2", "a", "bb2"} {
		ss.Spans().AppendEmpty().SetName(name)
	}
	parts := Traces{}.Group(nil, td, k, n)
	require.Len(t, parts, 3)
	for i, want := range [][]string{{"aa1", "aa2"}, {"", "a"}, {"bb1", "bb2"}} {
		var names []string
		for _, span := range parts[i].Data.ResourceSpans().At(0).ScopeSpans().At(0).Spans().All() {
			names = append(names, span.Name())
		}
		assert.Equal(t, want, names)
	}
	assert.EqualValues(t, key.Hash(absent)%n, parts[1].Partition)
}

func TestGroupProfilesCarryDictionary(t *testing.T) {
	pd := pprofile.NewProfiles()
	pd.Dictionary().StringTable().FromRaw([]string{"", "main", "work"})
	pd.Dictionary().FunctionTable().AppendEmpty().SetNameStrindex(2)
	for i := range 100 {
		rp := pd.ResourceProfiles().AppendEmpty()
		rp.Resource().Attributes().PutInt("i", int64(i))
		rp.ScopeProfiles().AppendEmpty().Profiles().AppendEmpty().Samples().AppendEmpty()
	}
	parts := Profiles{}.Group(nil, pd, mustParseKey(t, key.Profiles, "resource"), 4)
	require.Len(t, parts, 4)
	samples := 0
	for _, part := range parts {
		assert.Equal(t, []string{"", "main", "work"}, part.Data.Dictionary().StringTable().AsRaw())
		require.Equal(t, 1, part.Data.Dictionary().FunctionTable().Len())
		assert.EqualValues(t, 2, part.Data.Dictionary().FunctionTable().At(0).NameStrindex())
		samples += part.Data.SampleCount()
	}
	assert.Equal(t, 100, samples)
}

func TestGroupedPartsOutliveRequest(t *testing.T) {
	td := groupedTraces(100)
	pref.MarkPipelineOwnedTraces(td)
	parts := Traces{}.Group(nil, td, mustParseKey(t, key.Traces, "name"), 4)
	pref.UnrefTraces(td)

	// With pooling, what was released above is reused here.
	groupedTraces(200).ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).SetName("reused")

	names := map[string]bool{}
	for _, part := range parts {
		for _, span := range part.Data.ResourceSpans().At(0).ScopeSpans().At(0).Spans().All() {
			names[span.Name()] = true
		}
	}
	assert.Len(t, names, 100)
	assert.NotContains(t, names, "reused")
}
