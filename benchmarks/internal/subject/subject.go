// SPDX-License-Identifier: Apache-2.0

package subject

import (
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/processor"
)

// What all subjects have in common: the defaults of the stock processor.
const (
	BatchSize = 8192
	Timeout   = 200 * time.Millisecond
)

// Subject is one way of batching.
type Subject struct {
	Name string
	// Start returns a running pipeline that delivers to next.
	Start func(ctx context.Context, next consumer.Traces) (Pipeline, error)
}

// Pipeline is a running subject.
type Pipeline interface {
	// Producer returns what one producer calls with its requests. Producers run concurrently.
	Producer() consumer.ConsumeTracesFunc
	// Shutdown returns when everything is delivered. No producer may be running.
	Shutdown(ctx context.Context) error
}

// processorPipeline is a Collector component that all producers call.
type processorPipeline struct {
	component interface {
		component.Component
		consumer.Traces
	}
}

func (p processorPipeline) Producer() consumer.ConsumeTracesFunc { return p.component.ConsumeTraces }

func (p processorPipeline) Shutdown(ctx context.Context) error { return p.component.Shutdown(ctx) }

func startProcessor(ctx context.Context, factory processor.Factory, cfg component.Config, next consumer.Traces) (Pipeline, error) {
	settings := processor.Settings{
		ID:                component.NewID(factory.Type()),
		TelemetrySettings: componenttest.NewNopTelemetrySettings(),
		BuildInfo:         component.NewDefaultBuildInfo(),
	}
	p, err := factory.CreateTraces(ctx, settings, cfg, next)
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", settings.ID, err)
	}
	if err := p.Start(ctx, componenttest.NewNopHost()); err != nil {
		return nil, fmt.Errorf("start %s: %w", settings.ID, err)
	}
	return processorPipeline{p}, nil
}
