// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/logdedupprocessor"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/mapmode"
)

// logDedup returns contrib's log_dedup processor at its defaults. It delivers at Shutdown with a context that is
// canceled already, which would lose everything at an exporter; the destination of the benchmarks does not look
// at it.
func logDedup() mapmode.Subject[plog.Logs] {
	return mapmode.Subject[plog.Logs]{Name: "log_dedup", Start: func(ctx context.Context, next mapmode.Deliver[plog.Logs]) (mapmode.Pipeline[plog.Logs], error) {
		factory := logdedupprocessor.NewFactory()
		cfg := factory.CreateDefaultConfig()
		cfg.(*logdedupprocessor.Config).Interval = mapmode.Window
		return mapmode.StartLogs(ctx, factory, cfg, next)
	}}
}
