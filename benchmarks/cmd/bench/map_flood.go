// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"runtime/debug"

	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/mapmode"
	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/mapsubject"
	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/report"
)

// Units of the floods.
const (
	p50Micros     = "p50-us"
	p99Micros     = "p99-us"
	maxMicros     = "max-us"
	peakPerMaxKey = "peak-B/max-key"
	refusedPoints = "refused"
	earlyPoints   = "early"
	latePoints    = "at-shutdown"
)

var mapUnits = []string{
	mapmode.NsPerPoint, mapmode.CPUPerPoint, mapmode.AllocsPerPoint, mapmode.BytesPerPoint, mapmode.LivePerKey,
	p50Micros, p99Micros, maxMicros, peakPerMaxKey, refusedPoints, earlyPoints, latePoints,
}

// A flood has five times as many keys as there is room for.
const (
	floodMaxKeys = 100_000
	floodPoints  = 5 * floodMaxKeys
)

// flood is a subject that gets more keys than it may hold, and what it does with the others.
type flood struct {
	policy  string
	subject mapmode.Subject[pmetric.Metrics]
}

func (f flood) name() string { return "map-flood/policy=" + f.policy + "/subject=" + f.subject.Name }

func floods(shrink int) []flood {
	all := []flood{{"none", mapsubject.Interval()}, {"none", mapsubject.FloorMetrics()}}
	for _, policy := range []string{"flush", "pass_through", "reject"} {
		settings := map[string]any{"max_keys": floodMaxKeys / shrink, "on_max_keys": policy}
		all = append(all, flood{policy, mapsubject.Metrics(settings)})
	}
	return all
}

// floods runs every flood once. Each round begins with another one.
func (b *mapBench) floods(ctx context.Context, round int) error {
	all := floods(b.shrink)
	for i := range all {
		if err := b.flood(ctx, all[(i+round)%len(all)]); err != nil {
			return err
		}
	}
	return nil
}

// flood runs with the garbage collector on: requests are made as they are sent, and memory is what is asked.
func (b *mapBench) flood(ctx context.Context, f flood) error {
	if !b.only.MatchString(f.name()) {
		return nil
	}
	defer debug.SetGCPercent(debug.SetGCPercent(asRunGOGC))
	r, err := mapmode.Flood(ctx, mapmode.Metrics(), f.subject, floodPoints/b.shrink)
	if err != nil {
		return err
	}
	return report.Line(b.out, f.name(), r.Points,
		report.Value{Amount: float64(r.P50.Nanoseconds()) / 1e3, Unit: p50Micros},
		report.Value{Amount: float64(r.P99.Nanoseconds()) / 1e3, Unit: p99Micros},
		report.Value{Amount: float64(r.Max.Nanoseconds()) / 1e3, Unit: maxMicros},
		report.Value{Amount: float64(r.Peak) / float64(floodMaxKeys/b.shrink), Unit: peakPerMaxKey},
		report.Value{Amount: float64(r.Refused), Unit: refusedPoints},
		report.Value{Amount: float64(r.Early), Unit: earlyPoints},
		report.Value{Amount: float64(r.AtShutdown), Unit: latePoints})
}
