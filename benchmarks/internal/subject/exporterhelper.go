// SPDX-License-Identifier: Apache-2.0

package subject

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
)

// ExporterHelperDefaults returns an adapter of ours: exporterhelper's queue and batcher used as a processor, at
// the defaults that upstream gave its queue_batch processor. That module itself is not part of the comparison.
func ExporterHelperDefaults() Subject {
	return exporterHelper("exporterhelper-defaults", QueueBatchDefaults())
}

// QueueBatchDefaults returns the defaults that upstream gave its queue_batch processor.
func QueueBatchDefaults() exporterhelper.QueueBatchConfig {
	return exporterhelper.QueueBatchConfig{
		Sizer:           exporterhelper.RequestSizerTypeRequests,
		QueueSize:       10,
		NumConsumers:    1,
		BlockOnOverflow: true,
		Batch:           configoptional.Some(exporterhelper.NewDefaultBatchConfig()),
	}
}

// QueueBatchOptions returns the options with which the queue_batch processor uses exporterhelper.
func QueueBatchOptions(cfg exporterhelper.QueueBatchConfig) []exporterhelper.Option {
	return []exporterhelper.Option{
		exporterhelper.WithQueue(configoptional.Some(cfg)),
		exporterhelper.WithTimeout(exporterhelper.TimeoutConfig{Timeout: 0}),
		exporterhelper.WithCapabilities(consumer.Capabilities{MutatesData: true}),
	}
}

// ExporterHelperTuned returns the same adapter with room for queueItems spans and the given number of
// concurrent deliveries.
func ExporterHelperTuned(queueItems int64, consumers int) Subject {
	return exporterHelper("exporterhelper-tuned", exporterhelper.QueueBatchConfig{
		Sizer:           exporterhelper.RequestSizerTypeItems,
		QueueSize:       queueItems,
		NumConsumers:    consumers,
		BlockOnOverflow: true,
	})
}

func exporterHelper(name string, cfg exporterhelper.QueueBatchConfig) Subject {
	batch := exporterhelper.NewDefaultBatchConfig()
	batch.MinSize = BatchSize
	batch.FlushTimeout = Timeout
	cfg.Batch = configoptional.Some(batch)
	return Subject{Name: name, Start: func(ctx context.Context, next consumer.Traces) (Pipeline, error) {
		if err := cfg.Validate(); err != nil {
			return nil, err
		}
		settings := exporter.Settings{
			ID:                component.NewID(component.MustNewType("exporterhelper")),
			TelemetrySettings: componenttest.NewNopTelemetrySettings(),
			BuildInfo:         component.NewDefaultBuildInfo(),
		}
		e, err := exporterhelper.NewTraces(ctx, settings, cfg, next.ConsumeTraces, QueueBatchOptions(cfg)...)
		if err != nil {
			return nil, fmt.Errorf("create %s: %w", name, err)
		}
		if err := e.Start(ctx, componenttest.NewNopHost()); err != nil {
			return nil, fmt.Errorf("start %s: %w", name, err)
		}
		return processorPipeline{e}, nil
	}}
}
