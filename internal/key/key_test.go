// SPDX-License-Identifier: Apache-2.0

package key

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

func TestParseSpellings(t *testing.T) {
	tests := []struct {
		signal    Signal
		path      string
		canonical string
		level     Level
	}{
		{Traces, "resource", "resource", Resource},
		{Traces, "resource.attributes", "resource.attributes", Resource},
		{Traces, `resource.attributes["host.name"]`, `resource.attributes["host.name"]`, Resource},
		{Traces, ` resource . attributes [ "a" ] `, `resource.attributes["a"]`, Resource},
		{Traces, "scope", "scope", Scope},
		{Traces, "scope.name", "scope.name", Scope},
		{Traces, "instrumentation_scope.version", "scope.version", Scope},
		{Traces, `scope.attributes["a\"b"]`, `scope.attributes["a\"b"]`, Scope},
		{Traces, `scope.attributes["\u0061\t"]`, `scope.attributes["a\t"]`, Scope},
		{Traces, "attributes", "attributes", Item},
		{Traces, `span.attributes[""]`, `attributes[""]`, Item},
		{Traces, "span.name", "name", Item},
		{Traces, "trace_id", "trace_id", Item},
		{Traces, "span_id", "span_id", Item},
		{Traces, "parent_span_id", "parent_span_id", Item},
		{Traces, "kind", "kind", Item},
		{Logs, "log.body", "body", Item},
		{Logs, "severity_number", "severity_number", Item},
		{Logs, "severity_text", "severity_text", Item},
		{Logs, "event_name", "event_name", Item},
		{Logs, "log.trace_id", "trace_id", Item},
		{Metrics, "metric", "metric", Metric},
		{Metrics, "metric.name", "metric.name", Metric},
		{Metrics, "metric.unit", "metric.unit", Metric},
		{Metrics, "metric.type", "metric.type", Metric},
		{Metrics, `datapoint.attributes["x]"]`, `attributes["x]"]`, Item},
		{Profiles, "scope", "scope", Scope},
	}
	for _, tt := range tests {
		t.Run(tt.signal.String()+"/"+tt.path, func(t *testing.T) {
			k, err := Parse(tt.signal, []string{tt.path})
			require.NoError(t, err)
			assert.Equal(t, tt.canonical, k.String())
			assert.Equal(t, tt.level, k.Level())
			assert.Equal(t, tt.signal, k.Signal())
		})
	}
}

func TestParseRejects(t *testing.T) {
	tests := []struct {
		signal Signal
		path   string
		want   string
	}{
		{Traces, "", "lower-case name"},
		{Traces, "body", "traces have no such path"},
		{Traces, "log.trace_id", "traces have no such path"},
		{Traces, "span.resource", "traces have no such path"},
		{Traces, "metric.name", "traces have no such path"},
		{Traces, "Name", "lower-case name"},
		{Traces, "attributes.", "lower-case name"},
		{Traces, "name extra", "unexpected"},
		{Traces, `name["x"]`, "takes no brackets"},
		{Traces, `resource["x"]`, "takes no brackets"},
		{Traces, "attributes[0]", "quoted string"},
		{Traces, "attributes['x']", "quoted string"},
		{Traces, "attributes[`x`]", "quoted string"},
		{Traces, `attributes["x"`, "quoted string"},
		{Traces, `attributes["x]`, "quoted string"},
		{Traces, `attributes["\q"]`, "quoted string"},
		{Logs, "name", "logs have no such path"},
		{Logs, "parent_span_id", "logs have no such path"},
		{Metrics, "datapoint.metric.name", "metrics have no such path"},
		{Metrics, "trace_id", "metrics have no such path"},
		{Profiles, "attributes", "profiles have no such path"},
	}
	for _, tt := range tests {
		t.Run(tt.signal.String()+"/"+tt.path, func(t *testing.T) {
			_, err := Parse(tt.signal, []string{tt.path})
			require.ErrorContains(t, err, tt.want)
		})
	}
}

func TestParseReportsEveryPath(t *testing.T) {
	_, err := Parse(Traces, []string{"body", "name", "bogus", "span.name"})
	require.Error(t, err)
	assert.Equal(t, `key path "body": traces have no such path
key path "bogus": traces have no such path
key path "span.name": names the same value as "name"
key paths of traces: attributes, attributes["..."], kind, name, parent_span_id, resource, `+
		`resource.attributes, resource.attributes["..."], scope, scope.attributes, `+
		`scope.attributes["..."], scope.name, scope.version, span_id, trace_id`, err.Error())
}

func TestParseRejectsSameValueTwice(t *testing.T) {
	_, err := Parse(Logs, []string{"resource", "resource.attributes"})
	require.ErrorContains(t, err, `"resource.attributes": names the same value as "resource"`)

	k, err := Parse(Logs, []string{"attributes", `attributes[""]`, `attributes["a"]`})
	require.NoError(t, err, "all attributes and one of them are different values")
	assert.Equal(t, `attributes, attributes[""], attributes["a"]`, k.String())
}

func TestParseEmpty(t *testing.T) {
	_, err := Parse(Metrics, nil)
	require.ErrorContains(t, err, "at least one path")
	_, err = Parse(Signal(9), []string{"resource"})
	require.ErrorContains(t, err, "no such signal")
}

func TestLevelIsDeepest(t *testing.T) {
	k, err := Parse(Metrics, []string{"metric.name", "resource", "scope"})
	require.NoError(t, err)
	assert.Equal(t, Metric, k.Level())
}

func TestWholeResource(t *testing.T) {
	for path, want := range map[string]bool{
		"resource":                 true,
		"resource.attributes":      true,
		`resource.attributes["a"]`: false,
		"scope":                    false,
	} {
		k, err := Parse(Traces, []string{path})
		require.NoError(t, err)
		assert.Equal(t, want, k.WholeResource(), path)
	}
	k, err := Parse(Traces, []string{"resource", "name"})
	require.NoError(t, err)
	assert.False(t, k.WholeResource())
}
