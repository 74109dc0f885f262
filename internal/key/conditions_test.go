// SPDX-License-Identifier: Apache-2.0

package key

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

func mustParseConditions(tb testing.TB, signal Signal, expressions ...string) *Conditions {
	tb.Helper()
	c, err := ParseConditions(signal, expressions)
	require.NoError(tb, err)
	return c
}

func TestSpanConditions(t *testing.T) {
	for text, want := range map[string]bool{
		`name == "operation"`:                                      true,
		`span.name == "operation"`:                                 true,
		`attributes["x"] == "item"`:                                true,
		`span.attributes["x"] == resource.attributes["y"]`:         false,
		`resource.attributes["y"] == "resource" and name != "x"`:   true,
		`IsRootSpan()`:                                             true,
		`not IsRootSpan()`:                                         false,
		`IsMatch(name, "^oper")`:                                   true,
		`kind == SPAN_KIND_SERVER`:                                 false,
		`attributes["missing"] == nil`:                             true,
		`instrumentation_scope.name == "" and scope.version == ""`: true,
	} {
		got, err := mustParseConditions(t, Traces, text).Span(t.Context(), fullSpan())
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
}

func TestLogConditions(t *testing.T) {
	for text, want := range map[string]bool{
		`log.severity_text == "INFO"`:                                   true,
		`severity_number >= 9`:                                          false,
		`scope.name == "library" and attributes["nested"]["ottl"] == 1`: true,
	} {
		got, err := mustParseConditions(t, Logs, text).LogRecord(t.Context(), fullRecord(t, 1))
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
}

func TestDataPointConditions(t *testing.T) {
	c := mustParseConditions(t, Metrics, `metric.name == "requests" and datapoint.attributes["x"] == "item" and count == nil`)
	for metricType := pmetric.MetricTypeGauge; metricType <= pmetric.MetricTypeSummary; metricType++ {
		got, err := c.DataPoint(t.Context(), fullPoint(metricType))
		require.NoError(t, err)
		isNumber := metricType == pmetric.MetricTypeGauge || metricType == pmetric.MetricTypeSum
		assert.Equal(t, isNumber, got, metricType)
	}
}

func TestAnyConditionIsEnough(t *testing.T) {
	const yes, no, fails = `name == "operation"`, `name == "x"`, `Substring(name, 2, 99) == "x"`
	for _, tt := range []struct {
		texts []string
		want  bool
		err   string
	}{
		{texts: []string{no, yes}, want: true},
		{texts: []string{no, no}},
		{texts: []string{fails, yes}, want: true},
		{texts: []string{yes, fails}, want: true},
		{texts: []string{fails, no}, err: `condition "Substring(name, 2, 99) == \"x\"": `},
		{texts: []string{no, fails, `Int(name) > ParseInt(name, 10)`}, err: `condition "Substring(name, 2, 99) == \"x\"": `},
	} {
		got, err := mustParseConditions(t, Traces, tt.texts...).Span(t.Context(), fullSpan())
		assert.Equal(t, tt.want, got, tt.texts)
		if tt.err == "" {
			require.NoError(t, err, tt.texts)
		} else {
			require.ErrorContains(t, err, tt.err)
		}
	}
}

func TestConditionsReadTheClient(t *testing.T) {
	c := mustParseConditions(t, Traces, `otelcol.client.metadata["tenant"][0] == "a"`)
	ctx := client.NewContext(t.Context(), client.Info{
		Metadata: client.NewMetadata(map[string][]string{"tenant": {"a"}}),
	})
	got, err := c.Span(ctx, fullSpan())
	require.NoError(t, err)
	assert.True(t, got)
}

func TestNoConditionsMatchEverything(t *testing.T) {
	for signal := range Profiles + 1 {
		assert.True(t, mustParseConditions(t, signal).Empty())
	}
	none := &Conditions{}
	span, err := none.Span(t.Context(), &Span{})
	require.NoError(t, err)
	record, err := none.LogRecord(t.Context(), &LogRecord{})
	require.NoError(t, err)
	point, err := none.DataPoint(t.Context(), &DataPoint{})
	require.NoError(t, err)
	assert.True(t, span && record && point)
}

func TestConditionsOfAnotherSignalMatchNothing(t *testing.T) {
	c := mustParseConditions(t, Traces, "true")
	assert.False(t, c.Empty())
	got, err := c.LogRecord(t.Context(), fullRecord(t, 1))
	require.NoError(t, err)
	assert.False(t, got)
	got, err = c.Span(t.Context(), fullSpan())
	require.NoError(t, err)
	assert.True(t, got)
}

func TestParseConditionsReportsAll(t *testing.T) {
	_, err := ParseConditions(Traces, []string{"bogus == 1", "true", "name ==", "", "log.body == nil", "Bogus()"})
	for _, text := range []string{`"bogus == 1"`, `"name =="`, `""`, `"log.body == nil"`, `"Bogus()"`} {
		require.ErrorContains(t, err, "condition "+text+": ")
	}
	assert.NotContains(t, err.Error(), `"true"`)

	_, err = ParseConditions(Logs, []string{"IsRootSpan()"})
	require.ErrorContains(t, err, `undefined function "IsRootSpan"`)
	_, err = ParseConditions(Profiles, []string{"true"})
	require.EqualError(t, err, "profiles take no conditions")
}
