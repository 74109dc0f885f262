// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/partbuffer/partbufferprocessor/internal/metadata"
)

// load reads a configuration as the Collector does: defaults, the file, validation.
func load(yaml string) (*Config, error) {
	conf, err := confmap.NewRetrievedFromYAML([]byte(yaml))
	if err != nil {
		return nil, err
	}
	parsed, err := conf.AsConf()
	if err != nil {
		return nil, err
	}
	cfg := createDefaultConfig().(*Config)
	if err := parsed.Unmarshal(cfg); err != nil {
		return nil, err
	}
	return cfg, confmap.Validate(cfg)
}

func TestDefaultsAreThoseOfBatch(t *testing.T) {
	cfg, err := load("")
	require.NoError(t, err)
	assert.Equal(t, createDefaultConfig(), component.Config(cfg))
	assert.Equal(t, 200*time.Millisecond, cfg.Timeout)
	assert.Equal(t, 8192, cfg.SendBatchSize)
	assert.Zero(t, cfg.SendBatchMaxSize)
	assert.Empty(t, cfg.MetadataKeys)
	assert.Equal(t, 1000, cfg.MetadataCardinalityLimit)
	require.NoError(t, componenttest.CheckConfigStruct(cfg))
}

func TestEveryKeyIsRead(t *testing.T) {
	conf, err := confmaptest.LoadConf("testdata/all-keys.yaml")
	require.NoError(t, err)
	read := func(name string) *Config {
		sub, err := conf.Sub("processors::" + name)
		require.NoError(t, err)
		cfg := createDefaultConfig().(*Config)
		require.NoError(t, sub.Unmarshal(cfg))
		require.NoError(t, confmap.Validate(cfg))
		return cfg
	}
	assert.Equal(t, testConfig(func(c *Config) {
		c.Mode, c.Timeout = "map", time.Minute
		c.Map = MapConfig{
			Key: []string{"resource", `attributes["order.id"]`}, Conditions: []string{`severity_number >= SEVERITY_NUMBER_INFO`},
			Version: "observed_timestamp", Tie: "last", MissingKey: "drop", MaxKeys: 1000, OnMaxKeys: "reject",
			Remember: time.Hour, UpdatesAttribute: "updates",
		}
	}), read("partbuffer/map"))
	assert.Equal(t, &Config{
		Map: defaultMapConfig(),

		Mode: "queue", Timeout: time.Second, SendBatchSize: 1000, SendBatchMaxSize: 2000, SendBatchMaxBytes: 4_000_000,
		MetadataKeys: []string{"x-tenant"}, MetadataCardinalityLimit: 50, MetadataIdleTimeout: 5 * time.Minute,
		Partitions: 8, PartitionBy: []string{`resource.attributes["service.name"]`}, MergeResources: false,
		MaxBufferedItems: 100_000, MaxBufferedBytes: 200_000_000, OnOverflow: "reject",
		DeliveryTimeout: 10 * time.Second, ShutdownTimeout: time.Minute, WaitForResult: true,
		RetryOnFailure: configretry.BackOffConfig{
			Enabled: true, InitialInterval: time.Second, MaxInterval: 10 * time.Second, MaxElapsedTime: time.Minute,
			Multiplier: 2, RandomizationFactor: 0.1,
		},
	}, read("partbuffer"))
}

func TestATextForAListOfExpressionsIsTakenWhole(t *testing.T) {
	cfg, err := load(`{mode: map, partition_by: 'Concat([name, kind], "")', map: {key: 'Concat([name, kind], "")', conditions: 'IsMatch(name, "a,b")'}}`)
	require.NoError(t, err)
	assert.Equal(t, []string{`Concat([name, kind], "")`}, cfg.PartitionBy)
	assert.Equal(t, cfg.PartitionBy, cfg.Map.Key)
	assert.Equal(t, []string{`IsMatch(name, "a,b")`}, cfg.Map.Conditions)
}

func TestTheWindowIsFiveSecondsUnlessSet(t *testing.T) {
	for yaml, want := range map[string]time.Duration{
		"mode: map": 5 * time.Second, "{mode: map, timeout: 200ms}": 200 * time.Millisecond, "mode: queue": 200 * time.Millisecond,
	} {
		cfg, err := load(yaml)
		require.NoError(t, err, yaml)
		assert.Equal(t, want, cfg.Timeout, yaml)
	}
}

func TestBadValuesNameKeyValueAndWhatIsAllowed(t *testing.T) {
	for yaml, want := range map[string][]string{
		"mode: batch":                        {"mode", `"batch"`, `"queue"`, `"map"`},
		"timeout: -1s":                       {"timeout", "-1s", "0 or more"},
		"delivery_timeout: -1s":              {"delivery_timeout", "-1s", "0 or more"},
		"shutdown_timeout: -1s":              {"shutdown_timeout", "-1s", "0 or more"},
		"metadata_idle_timeout: -1s":         {"metadata_idle_timeout", "-1s", "0 or more"},
		"send_batch_size: -1":                {"send_batch_size", "-1", "0 or more"},
		"send_batch_max_size: -1":            {"send_batch_max_size", "-1", "0 or more"},
		"send_batch_max_size: 10":            {"send_batch_max_size", "10", "send_batch_size (8192)"},
		"send_batch_max_bytes: -5":           {"send_batch_max_bytes", "-5", "0 or more"},
		"metadata_cardinality_limit: -5":     {"metadata_cardinality_limit", "-5", "0 or more"},
		"partitions: 100000000":              {"partitions", "100000000", "4096 or less"},
		"partitions: -2":                     {"partitions", "-2", "0 or more"},
		"max_buffered_items: -2":             {"max_buffered_items", "-2", "0 or more"},
		"max_buffered_bytes: -2":             {"max_buffered_bytes", "-2", "0 or more"},
		"on_overflow: drop":                  {"on_overflow", `"drop"`, "block", "reject", "drop_oldest"},
		"metadata_keys: [a, A]":              {"metadata_keys", `"a"`, "twice"},
		`metadata_keys: [""]`:                {"metadata_keys", `""`},
		"partition_by: [nonsense]":           {"partition_by", "nonsense", "resource"},
		`partition_by: ["attributes["]`:      {"partition_by", "attributes["},
		"{mode: map, wait_for_result: true}": {"wait_for_result", "true", "false"},
		"{retry_on_failure: {enabled: true, initial_interval: 0s}}":  {"retry_on_failure::initial_interval", "0s", "more than 0"},
		"{retry_on_failure: {enabled: true, max_interval: 0s}}":      {"retry_on_failure::max_interval", "0s", "more than 0"},
		"{retry_on_failure: {enabled: true, multiplier: 0.5}}":       {"retry_on_failure::multiplier", "0.5", "1 or more"},
		"{retry_on_failure: {enabled: true, max_elapsed_time: 4s}}":  {"retry_on_failure::max_elapsed_time", "4s", "initial_interval (5s)", "max_interval (30s)"},
		"wait_for_result: maybe":                                     {"wait_for_result", "maybe", "true or false"},
		"{retry_on_failure: {enabled: true, initial_interval: 10m}}": {"retry_on_failure", "max_elapsed_time", "initial_interval"},
		"{retry_on_failure: {multiplier: fast}, timeout: -1s}":       {"retry_on_failure::multiplier", "fast", "a number", "timeout", "-1s"},
		"{retry_on_failure: {enable: true, initial_interval: -1s}}":  {"retry_on_failure::enable", "not a key", "initial_interval value"},
		"timeout: soon":                      {"timeout", "soon"},
		"send_batch_size: many":              {"send_batch_size", "many"},
		"map: {key: [resource]}":             {"map", `"queue"`},
		"{mode: map, timeout: 0s}":           {"timeout", "0s", "more"},
		"{mode: map, map: {version: v}}":     {"map::version", `"v"`, "timestamp", "observed_timestamp", "arrival"},
		"{mode: map, map: {tie: x}}":         {"map::tie", `"x"`, "first", "last"},
		"{mode: map, map: {missing_key: x}}": {"map::missing_key", `"x"`, "pass_through", "drop", "group"},
		"{mode: map, map: {on_max_keys: x}}": {"map::on_max_keys", `"x"`, "flush", "pass_through", "reject"},
		"{mode: map, map: {max_keys: -1}}":   {"map::max_keys", "-1", "0 or more"},
		"{mode: map, map: {remember: -1s}}":  {"map::remember", "-1s", "0 or more"},
		"{mode: map, map: {max_keys: many}}": {"map::max_keys", "many", "whole number"},
		"{mode: map, map: {keys: [name]}}":   {"map::keys", "not a key", "one of key, conditions"},
		"{mode: map, tie: last}":             {"tie", "not a key", "map::tie is"},
		"{mode: map, map: {conditions: ['severity_number > WARNING', 'IsMatch(body, \"x\")']}}": {"WARNING", "in logs"},
		"{mode: map, map: {key: [name, nonsense]}}":                                             {"map::key", "nonsense"},
		`{mode: map, map: {conditions: ['attributes["a"] = 1']}}`:                               {"map::conditions", `attributes["a"] = 1`},
		"{mode: map, map: {key: [resource, metric.name, metric.nmae]}}":                         {"metric.nmae", "metrics have no such path"},
		"{mode: map, timeout: soon, map: {tie: x, remember: never}}":                            {"timeout", "soon", "map::tie", "map::remember", "never"},
		"{timeout: -1s, partitions: -1}":                                                        {"timeout", "-1s", "partitions", "-1"},
		"{on_overflow: x, mode: y}":                                                             {"on_overflow", `"x"`, "mode", `"y"`},
		"{partitions: x, timeout: soon}":                                                        {"partitions", "timeout", "soon"},
		"{metadata_keys: [b, B, \"\"]}":                                                         {`"b"`, `""`},
		"{max_buffered_bytes: 1.5, foo: 1}":                                                     {"foo"},
	} {
		t.Run(yaml, func(t *testing.T) {
			_, err := load(yaml)
			require.Error(t, err)
			for _, part := range want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}

func TestAPathThatTheSignalLacksFailsWhenThePipelineIsBuilt(t *testing.T) {
	cfg, err := load("partition_by: [trace_id, name]")
	require.NoError(t, err, "traces have both")
	set := processortest.NewNopSettings(metadata.Type)
	p, err := NewFactory().CreateTraces(context.Background(), set, cfg, consumertest.NewNop())
	require.NoError(t, err)
	require.NoError(t, p.Shutdown(context.Background()))
	_, err = NewFactory().CreateMetrics(context.Background(), set, cfg, consumertest.NewNop())
	require.ErrorContains(t, err, "partition_by")
	require.ErrorContains(t, err, "trace_id")
}

// FuzzConfig looks for a configuration that is accepted and yet makes no processor, or a refusal that does not
// say what it is about.
func FuzzConfig(f *testing.F) {
	for _, seed := range []string{
		"", "timeout: 0s", "{send_batch_size: 10, send_batch_max_size: 10}", "metadata_keys: [a, b]",
		"partition_by: [resource, trace_id]", "{max_buffered_items: 1, on_overflow: drop_oldest}", "mode: map",
		"partition_by: ['attributes[\"x\"]']", "partitions: 3",
		"{mode: map, map: {key: ['attributes[\"x\"]'], tie: last, remember: 1m}}", "{mode: map, map: {conditions: ['name == \"x\"']}}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, yaml string) {
		cfg, err := load(yaml)
		if err != nil {
			assert.NotEmpty(t, strings.TrimSpace(err.Error()))
			return
		}
		if cfg.Partitions > 64 {
			cfg.Partitions = 64
		}
		p, err := NewFactory().CreateTraces(context.Background(), processortest.NewNopSettings(metadata.Type), cfg, consumertest.NewNop())
		if err != nil {
			assert.Regexp(t, "partition_by|map::", err.Error())
			return
		}
		require.NoError(t, p.Shutdown(context.Background()))
	})
}
