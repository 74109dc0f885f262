// SPDX-License-Identifier: Apache-2.0

package mapsubject

import (
	"context"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/mapmode"
)

const floorName = "floor"

// table is a plain Go map.
type table[P any] map[mapmode.Key]P

// FloorMetrics returns what no processor can beat: a private map for each producer, without locks, limits or
// telemetry, which gets the key of each point with the request and keeps the point itself.
func FloorMetrics() mapmode.Subject[pmetric.Metrics] {
	return mapmode.Subject[pmetric.Metrics]{Name: floorName, Start: func(_ context.Context, next mapmode.Deliver[pmetric.Metrics]) (mapmode.Pipeline[pmetric.Metrics], error) {
		return &floor[pmetric.Metrics, pmetric.NumberDataPoint]{next, keepPoints, emitPoints, nil}, nil
	}}
}

// FloorLogs is FloorMetrics for logs.
func FloorLogs() mapmode.Subject[plog.Logs] {
	return mapmode.Subject[plog.Logs]{Name: floorName, Start: func(_ context.Context, next mapmode.Deliver[plog.Logs]) (mapmode.Pipeline[plog.Logs], error) {
		return &floor[plog.Logs, plog.LogRecord]{next, keepRecords, emitRecords, nil}, nil
	}}
}

type timestamped interface{ Timestamp() pcommon.Timestamp }

type floor[T any, P timestamped] struct {
	next   mapmode.Deliver[T]
	keep   func(table[P], mapmode.Request[T])
	emit   func(table[P]) T
	tables []table[P]
}

func (f *floor[T, P]) Producer() func(context.Context, mapmode.Request[T]) error {
	own := table[P]{}
	f.tables = append(f.tables, own)
	return func(_ context.Context, r mapmode.Request[T]) error {
		f.keep(own, r)
		return nil
	}
}

// Shutdown puts the maps together first: producers share keys.
func (f *floor[T, P]) Shutdown(ctx context.Context) error {
	all := f.tables[0]
	for _, other := range f.tables[1:] {
		for key, p := range other {
			if old, ok := all[key]; !ok || p.Timestamp() > old.Timestamp() {
				all[key] = p
			}
		}
	}
	return f.next(ctx, f.emit(all))
}

func keepPoints(t table[pmetric.NumberDataPoint], r mapmode.Request[pmetric.Metrics]) {
	points := r.Data.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Sum().DataPoints()
	for i, key := range r.Keys {
		p := points.At(i)
		if old, ok := t[key]; !ok || p.Timestamp() > old.Timestamp() {
			t[key] = p
		}
	}
}

func emitPoints(t table[pmetric.NumberDataPoint]) pmetric.Metrics {
	md := pmetric.NewMetrics()
	points := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty().SetEmptySum().DataPoints()
	points.EnsureCapacity(len(t))
	for _, p := range t {
		p.MoveTo(points.AppendEmpty())
	}
	return md
}

func keepRecords(t table[plog.LogRecord], r mapmode.Request[plog.Logs]) {
	records := r.Data.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords()
	for i, key := range r.Keys {
		p := records.At(i)
		if old, ok := t[key]; !ok || p.Timestamp() > old.Timestamp() {
			t[key] = p
		}
	}
}

func emitRecords(t table[plog.LogRecord]) plog.Logs {
	ld := plog.NewLogs()
	records := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	records.EnsureCapacity(len(t))
	for _, p := range t {
		p.MoveTo(records.AppendEmpty())
	}
	return ld
}
