// SPDX-License-Identifier: Apache-2.0

package mapsubject

import (
	"context"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/intervalprocessor"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/mapmode"
)

// Interval returns contrib's interval processor at its defaults.
func Interval() mapmode.Subject[pmetric.Metrics] {
	return mapmode.Subject[pmetric.Metrics]{Name: "interval", Start: func(ctx context.Context, next mapmode.Deliver[pmetric.Metrics]) (mapmode.Pipeline[pmetric.Metrics], error) {
		factory := intervalprocessor.NewFactory()
		cfg := factory.CreateDefaultConfig()
		cfg.(*intervalprocessor.Config).Interval = mapmode.Window
		return mapmode.StartMetrics(ctx, factory, cfg, next)
	}}
}
