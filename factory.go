// SPDX-License-Identifier: Apache-2.0

//go:generate mdatagen metadata.yaml

package partbufferprocessor

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/xconsumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/collector/pipeline/xpipeline"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/xprocessor"

	"github.com/partbuffer/partbufferprocessor/internal/key"
	"github.com/partbuffer/partbufferprocessor/internal/metadata"
	"github.com/partbuffer/partbufferprocessor/internal/signal"
)

// NewFactory returns the factory of the partbuffer processor, for traces, metrics, logs and profiles. It is
// safe for concurrent use.
func NewFactory() processor.Factory {
	return xprocessor.NewFactory(
		metadata.Type,
		createDefaultConfig,
		xprocessor.WithTraces(createTraces, metadata.TracesStability),
		xprocessor.WithMetrics(createMetrics, metadata.MetricsStability),
		xprocessor.WithLogs(createLogs, metadata.LogsStability),
		xprocessor.WithProfiles(createProfiles, metadata.ProfilesStability),
	)
}

type tracesProcessor struct{ *buffer[ptrace.Traces] }

func (p tracesProcessor) ConsumeTraces(ctx context.Context, td ptrace.Traces) error {
	return p.consume(ctx, td)
}

func createTraces(_ context.Context, set processor.Settings, cfg component.Config, next consumer.Traces) (processor.Traces, error) {
	b, err := newBuffer(set, cfg.(*Config), traits[ptrace.Traces]{
		pipeline: pipeline.SignalTraces,
		key:      key.Traces,
		signal:   signal.Traces{},
		group:    signal.Traces{}.Group,
		mapMode:  mapModeOf(signal.Traces{}),
		deliver:  next.ConsumeTraces,
		mutates:  next.Capabilities().MutatesData,
	})
	return tracesProcessor{b}, err
}

type metricsProcessor struct{ *buffer[pmetric.Metrics] }

func (p metricsProcessor) ConsumeMetrics(ctx context.Context, md pmetric.Metrics) error {
	return p.consume(ctx, md)
}

func createMetrics(_ context.Context, set processor.Settings, cfg component.Config, next consumer.Metrics) (processor.Metrics, error) {
	b, err := newBuffer(set, cfg.(*Config), traits[pmetric.Metrics]{
		pipeline: pipeline.SignalMetrics,
		key:      key.Metrics,
		// Some back ends reject out-of-order points: one resource's points stay in order.
		partitionBy: []string{"resource"},
		signal:      signal.Metrics{},
		group:       signal.Metrics{}.Group,
		mapMode:     mapModeOf(signal.Metrics{}),
		deliver:     next.ConsumeMetrics,
		mutates:     next.Capabilities().MutatesData,
	})
	return metricsProcessor{b}, err
}

type logsProcessor struct{ *buffer[plog.Logs] }

func (p logsProcessor) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	return p.consume(ctx, ld)
}

func createLogs(_ context.Context, set processor.Settings, cfg component.Config, next consumer.Logs) (processor.Logs, error) {
	b, err := newBuffer(set, cfg.(*Config), traits[plog.Logs]{
		pipeline: pipeline.SignalLogs,
		key:      key.Logs,
		signal:   signal.Logs{},
		group:    signal.Logs{}.Group,
		mapMode:  mapModeOf(signal.Logs{}),
		deliver:  next.ConsumeLogs,
		mutates:  next.Capabilities().MutatesData,
	})
	return logsProcessor{b}, err
}

type profilesProcessor struct{ *buffer[pprofile.Profiles] }

func (p profilesProcessor) ConsumeProfiles(ctx context.Context, pd pprofile.Profiles) error {
	return p.consume(ctx, pd)
}

func createProfiles(_ context.Context, set processor.Settings, cfg component.Config, next xconsumer.Profiles) (xprocessor.Profiles, error) {
	b, err := newBuffer(set, cfg.(*Config), traits[pprofile.Profiles]{
		pipeline: xpipeline.SignalProfiles,
		key:      key.Profiles,
		signal:   signal.Profiles{},
		group:    signal.Profiles{}.Group,
		deliver:  next.ConsumeProfiles,
		mutates:  next.Capabilities().MutatesData,
		// Merging re-indexes into one dictionary, where an index may take more bytes than before.
		mergeGrows: true,
	})
	return profilesProcessor{b}, err
}
