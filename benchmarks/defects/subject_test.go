// SPDX-License-Identifier: Apache-2.0

package defects

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/batchprocessor"

	"github.com/partbuffer/partbufferprocessor"
	queuebatch "github.com/partbuffer/partbufferprocessor/benchmarks/internal/subject"
)

// subject is one way of batching, as a component between a sender and a destination.
type subject struct {
	name     string
	settings string // what the finding changes
	words
	config  func() component.Config
	traces  func(context.Context, component.TelemetrySettings, component.Config, consumer.Traces) (processor.Traces, error)
	metrics func(context.Context, component.TelemetrySettings, component.Config, consumer.Metrics) (processor.Metrics, error)
}

// words are the settings that scenarios need, as the subject calls them.
type words struct {
	batchesOf100     string // a batch of 100 items is sent at once
	batchesOfAtMost5 string // a batch of 5 items is sent at once, and none is larger
	tenants          string // requests of different tenants are kept apart
	tenantCount      string // the metric with the number of tenants
	tenantFrame      string // what the stacks of a tenant's goroutines contain
}

var (
	stock   = fromFactory("batch", batchprocessor.NewFactory(), "otelcol_processor_batch_metadata_cardinality", "batchprocessor.(*shard")
	adapter = subject{
		name: "exporterhelper",
		words: words{
			batchesOf100:     "batch: {min_size: 100}",
			batchesOfAtMost5: "batch: {min_size: 5, max_size: 5}",
			tenants:          "batch: {partition: {metadata_keys: [tenant]}}",
			tenantCount:      "otelcol_exporter_queue_batch_partition_cache_size",
			tenantFrame:      "queuebatch.(*partitionBatcher)",
		},
		config: func() component.Config {
			cfg := queuebatch.QueueBatchDefaults()
			return &cfg
		},
		traces: func(ctx context.Context, tel component.TelemetrySettings, cfg component.Config, next consumer.Traces) (processor.Traces, error) {
			return exporterhelper.NewTraces(ctx, exporterSettings(tel), cfg, next.ConsumeTraces, queuebatch.QueueBatchOptions(*cfg.(*exporterhelper.QueueBatchConfig))...)
		},
		metrics: func(ctx context.Context, tel component.TelemetrySettings, cfg component.Config, next consumer.Metrics) (processor.Metrics, error) {
			return exporterhelper.NewMetrics(ctx, exporterSettings(tel), cfg, next.ConsumeMetrics, queuebatch.QueueBatchOptions(*cfg.(*exporterhelper.QueueBatchConfig))...)
		},
	}
	partbuffer = fromFactory("partbuffer", partbufferprocessor.NewFactory(), "otelcol_processor_partbuffer_lanes", "partbufferprocessor/partbuffer.")
)

// fromFactory returns a processor. Partbuffer's settings have the names of those of the stock one.
func fromFactory(name string, factory processor.Factory, tenantCount, tenantFrame string) subject {
	settings := func(tel component.TelemetrySettings) processor.Settings {
		return processor.Settings{ID: component.NewID(factory.Type()), TelemetrySettings: tel, BuildInfo: component.NewDefaultBuildInfo()}
	}
	return subject{
		name: name,
		words: words{
			batchesOf100:     "send_batch_size: 100",
			batchesOfAtMost5: "send_batch_size: 5, send_batch_max_size: 5",
			tenants:          "metadata_keys: [tenant]",
			tenantCount:      tenantCount,
			tenantFrame:      tenantFrame,
		},
		config: factory.CreateDefaultConfig,
		traces: func(ctx context.Context, tel component.TelemetrySettings, cfg component.Config, next consumer.Traces) (processor.Traces, error) {
			return factory.CreateTraces(ctx, settings(tel), cfg, next)
		},
		metrics: func(ctx context.Context, tel component.TelemetrySettings, cfg component.Config, next consumer.Metrics) (processor.Metrics, error) {
			return factory.CreateMetrics(ctx, settings(tel), cfg, next)
		},
	}
}

func exporterSettings(tel component.TelemetrySettings) exporter.Settings {
	return exporter.Settings{ID: component.NewID(component.MustNewType("exporterhelper")), TelemetrySettings: tel, BuildInfo: component.NewDefaultBuildInfo()}
}

// configure returns the subject's defaults, changed by the settings of the scenario and of the finding.
func (s subject) configure(t *testing.T, settings ...string) component.Config {
	t.Helper()
	merged := confmap.New()
	for _, lines := range append(settings, s.settings) {
		parsed, err := confmap.NewRetrievedFromYAML([]byte("{" + lines + "}"))
		require.NoError(t, err)
		conf, err := parsed.AsConf()
		require.NoError(t, err)
		require.NoError(t, merged.Merge(conf))
	}
	cfg := s.config()
	require.NoError(t, merged.Unmarshal(cfg))
	require.NoError(t, confmap.Validate(cfg))
	return cfg
}
