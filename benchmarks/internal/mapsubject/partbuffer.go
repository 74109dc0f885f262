// SPDX-License-Identifier: Apache-2.0

package mapsubject

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/partbuffer/partbufferprocessor"
	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/mapmode"
)

const partbufferName = "partbuffer"

// Metrics returns the processor of this project in Map mode, with the natural identity and no settings but those
// of map, as a user would write them in the configuration file.
func Metrics(settings map[string]any) mapmode.Subject[pmetric.Metrics] {
	return mapmode.Subject[pmetric.Metrics]{Name: partbufferName, Start: func(ctx context.Context, next mapmode.Deliver[pmetric.Metrics]) (mapmode.Pipeline[pmetric.Metrics], error) {
		cfg, err := config(settings)
		if err != nil {
			return nil, err
		}
		return mapmode.StartMetrics(ctx, partbufferprocessor.NewFactory(), cfg, next)
	}}
}

// Logs is Metrics for logs.
func Logs(settings map[string]any) mapmode.Subject[plog.Logs] {
	return mapmode.Subject[plog.Logs]{Name: partbufferName, Start: func(ctx context.Context, next mapmode.Deliver[plog.Logs]) (mapmode.Pipeline[plog.Logs], error) {
		cfg, err := config(settings)
		if err != nil {
			return nil, err
		}
		return mapmode.StartLogs(ctx, partbufferprocessor.NewFactory(), cfg, next)
	}}
}

func config(settings map[string]any) (component.Config, error) {
	all := map[string]any{"mode": "map", "timeout": mapmode.Window.String()}
	if len(settings) > 0 {
		all["map"] = settings
	}
	cfg := partbufferprocessor.NewFactory().CreateDefaultConfig()
	if err := confmap.NewFromStringMap(all).Unmarshal(cfg); err != nil {
		return nil, err
	}
	if err := confmap.Validate(cfg); err != nil {
		return nil, err
	}
	return cfg, nil
}
