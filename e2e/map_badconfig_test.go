// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"testing"

	"github.com/partbuffer/partbufferprocessor/e2e/collector"
	"github.com/partbuffer/partbufferprocessor/e2e/otlp"
)

// A mistake in what Map mode needs ends the start, too, with the key, the value and what is allowed.
func TestBadMapConfigFailsAtStart(t *testing.T) {
	tests := map[string]struct {
		example otlp.Signal
		overlay string
		want    []string
	}{
		"every bad value at once": {
			example: otlp.Logs,
			overlay: `yaml:processors: {partbuffer: {timeout: 0s, partitions: -3, map: {version: sometime, tie: both,
				missing_key: maybe, on_max_keys: burst, max_keys: -1, remember: -2s}}}`,
			want: []string{
				`timeout is 0s, must be more with mode "map"`,
				`partitions is -3, must be 0 or more`,
				`map::version is "sometime", must be "timestamp", "observed_timestamp" or "arrival"`,
				`map::tie is "both", must be "first" or "last"`,
				`map::missing_key is "maybe", must be "pass_through", "drop" or "group"`,
				`map::on_max_keys is "burst", must be "flush", "pass_through" or "reject"`,
				`map::max_keys is -1, must be 0 or more`,
				`map::remember is -2s, must be 0 or more`,
			},
		},
		"values of the wrong type, unknown keys and bad values": {
			example: otlp.Logs,
			overlay: `yaml:processors: {partbuffer: {timeout: 0s, map: {keys: [body], remember: soon, max_keys: many}}}`,
			want: []string{
				`timeout is 0s, must be more with mode "map"`,
				`map::keys is not a key of this processor`,
				`map::remember is "soon", must be a duration such as "200ms"`,
				`map::max_keys is "many", must be a whole number`,
			},
		},
		"bad expressions": {
			example: otlp.Traces,
			overlay: `yaml:processors: {partbuffer: {map: {key: ['attributes["order.id"', no.such.path],
				conditions: ['name ==', 'no_such_path == 1']}}}`,
			want: []string{
				`key path "attributes[\"order.id\"": a bracket takes one quoted string`,
				`key path "no.such.path": traces have no such path`,
				`key paths of traces: attributes, `,
				`condition "name ==": `,
				`condition "no_such_path == 1": `,
			},
		},
		"a key of another signal": {
			example: otlp.Traces,
			overlay: `yaml:processors: {partbuffer: {map: {key: [metric.name]}}}`,
			want:    []string{`in pipeline "traces"`, `map::key`, `key path "metric.name": traces have no such path`},
		},
		"a version that spans do not have": {
			example: otlp.Traces,
			overlay: `yaml:processors: {partbuffer: {map: {version: observed_timestamp}}}`,
			want: []string{
				`in pipeline "traces"`,
				`map::version is "observed_timestamp", must be "timestamp" or "arrival" for traces`,
			},
		},
		"a version that data points do not have": {
			example: otlp.Metrics,
			overlay: `yaml:processors: {partbuffer: {map: {version: observed_timestamp}}}`,
			want: []string{
				`in pipeline "metrics"`,
				`map::version is "observed_timestamp", must be "timestamp" or "arrival" for metrics`,
			},
		},
		"a section that has no effect": {
			example: otlp.Logs,
			overlay: `yaml:processors: {partbuffer: {mode: queue}}`,
			want:    []string{`map is set and mode is "queue", must be "map"`},
		},
		"a mode that does not exist": {
			example: otlp.Logs,
			overlay: `yaml:processors: {partbuffer: {mode: tree}}`,
			want:    []string{`mode is "tree", must be "queue" or "map"`},
		},
		"profiles": {
			example: otlp.Traces,
			overlay: `yaml:service: {pipelines: {profiles: {receivers: [otlp], processors: [partbuffer], exporters: [debug]}}}`,
			want:    []string{`in pipeline "profiles"`, `mode is "map", must be "queue" for profiles`},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			requireNoStart(t, collector.Options{
				Configs:      []string{"../testdata/" + setup{example: tt.example}.config(), tt.overlay},
				FeatureGates: []string{profilesGate},
			}, tt.want)
		})
	}
}
