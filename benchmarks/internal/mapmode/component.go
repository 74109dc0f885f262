// SPDX-License-Identifier: Apache-2.0

package mapmode

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/processor"
)

// StartMetrics returns a running metrics processor that delivers to next.
func StartMetrics(ctx context.Context, factory processor.Factory, cfg component.Config, next Deliver[pmetric.Metrics]) (Pipeline[pmetric.Metrics], error) {
	to, err := consumer.NewMetrics(consumer.ConsumeMetricsFunc(next))
	if err != nil {
		return nil, fmt.Errorf("create a consumer: %w", err)
	}
	p, err := factory.CreateMetrics(ctx, settings(factory), cfg, to)
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", factory.Type(), err)
	}
	return start(ctx, p, p.ConsumeMetrics)
}

// StartLogs returns a running logs processor that delivers to next.
func StartLogs(ctx context.Context, factory processor.Factory, cfg component.Config, next Deliver[plog.Logs]) (Pipeline[plog.Logs], error) {
	to, err := consumer.NewLogs(consumer.ConsumeLogsFunc(next))
	if err != nil {
		return nil, fmt.Errorf("create a consumer: %w", err)
	}
	p, err := factory.CreateLogs(ctx, settings(factory), cfg, to)
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", factory.Type(), err)
	}
	return start(ctx, p, p.ConsumeLogs)
}

func settings(factory processor.Factory) processor.Settings {
	return processor.Settings{
		ID:                component.NewID(factory.Type()),
		TelemetrySettings: componenttest.NewNopTelemetrySettings(),
		BuildInfo:         component.NewDefaultBuildInfo(),
	}
}

// componentPipeline is a Collector component that all producers call.
type componentPipeline[T any] struct {
	component.Component
	consume func(context.Context, T) error
}

func start[T any](ctx context.Context, c component.Component, consume func(context.Context, T) error) (Pipeline[T], error) {
	if err := c.Start(ctx, componenttest.NewNopHost()); err != nil {
		return nil, fmt.Errorf("start a processor: %w", err)
	}
	return componentPipeline[T]{c, consume}, nil
}

func (p componentPipeline[T]) Producer() func(context.Context, Request[T]) error {
	return func(ctx context.Context, r Request[T]) error { return p.consume(ctx, r.Data) }
}
