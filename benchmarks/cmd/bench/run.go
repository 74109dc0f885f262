// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"runtime/debug"
	"time"

	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/load"
	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/measure"
	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/report"
	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/subject"
)

// Units of the results.
const (
	nsPerRequest      = "ns/req"
	spansPerSecond    = "spans/s"
	cpuPerSpan        = "cpu-ns/span"
	rawPerSpan        = "raw-B/span"
	compressedPerSpan = "gzip-B/span"
	allocsPerRequest  = "allocs/req"
	bytesPerRequest   = "alloc-B/req"
	batches           = "batches"
	batchesPerTimeout = "batches/timeout"
)

var units = []string{
	nsPerRequest, spansPerSecond, cpuPerSpan, rawPerSpan, compressedPerSpan, allocsPerRequest, bytesPerRequest,
	batches, batchesPerTimeout,
}

// bench runs scenarios and writes their results. It is not safe for concurrent use.
type bench struct {
	out     io.Writer
	only    *regexp.Regexp
	sources map[int]*load.Source
	seed    uint64
	gogc    int // where requests are prepared
}

func (b *bench) source(spans int) (*load.Source, error) {
	if s := b.sources[spans]; s != nil {
		return s, nil
	}
	s, err := load.NewSource(spans)
	b.sources[spans] = s
	return s, err
}

// round runs every subject of every scenario once. Each round begins with another subject.
func (b *bench) round(ctx context.Context, scenarios []scenario, round int) error {
	for _, sc := range scenarios {
		for i := range sc.subjects {
			if err := b.cell(ctx, sc, sc.subjects[(i+round)%len(sc.subjects)]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *bench) cell(ctx context.Context, sc scenario, s subject.Subject) error {
	name := sc.name() + "/subject=" + s.Name
	if !b.only.MatchString(name) {
		return nil
	}
	source, err := b.source(sc.spans)
	if err != nil {
		return err
	}
	b.seed++
	requests, gogc, err := b.supply(sc, source, sc.requestsFor(s.Name))
	if err != nil {
		return err
	}
	defer debug.SetGCPercent(debug.SetGCPercent(gogc))
	r, err := measure.Run(ctx, s, sc.destination(), requests, sc.spans, sc.producers)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	n, spans := float64(r.Requests), float64(r.Spans)
	values := []report.Value{
		{Amount: float64(r.Push.Nanoseconds()) / n, Unit: nsPerRequest},
		{Amount: spans / r.Total.Seconds(), Unit: spansPerSecond},
		{Amount: float64(r.CPU.Nanoseconds()) / spans, Unit: cpuPerSpan},
		{Amount: float64(r.Allocs) / n, Unit: allocsPerRequest},
		{Amount: float64(r.Bytes) / n, Unit: bytesPerRequest},
		{Amount: float64(r.Batches), Unit: batches},
	}
	if r.RawBytes > 0 {
		values = append(values,
			report.Value{Amount: float64(r.RawBytes) / spans, Unit: rawPerSpan},
			report.Value{Amount: float64(r.CompressedBytes) / spans, Unit: compressedPerSpan})
	}
	return report.Line(b.out, name, r.Requests, values...)
}

// supply returns the requests of a cell, and with which GOGC it runs.
func (b *bench) supply(sc scenario, source *load.Source, n int) (measure.Supply, int, error) {
	if sc.asRun {
		return measure.Fresh(source, n, b.seed), asRunGOGC, nil
	}
	requests, err := source.Requests(n, b.seed)
	return measure.Prepared(requests), b.gogc, err
}

// counts measures how many batches there are: with requests that do not fill a batch evenly, and at 20 requests
// a second.
func (b *bench) counts(ctx context.Context, shrink int) error {
	capped := map[string]any{"send_batch_size": subject.BatchSize, "send_batch_max_size": subject.BatchSize}
	uneven := scenario{
		kind: "uneven", spans: 100, producers: 1, requests: 10_000 / shrink, destination: plan(1)[0].destination,
		subjects: []subject.Subject{subject.Partbuffer(partbufferName, capped), subject.Stock(subject.BatchSize)},
	}
	if err := b.round(ctx, []scenario{uneven}, 0); err != nil {
		return err
	}
	for _, s := range []subject.Subject{subject.Partbuffer(partbufferName, nil), subject.Stock(0)} {
		if err := b.paced(ctx, s, 100/shrink); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) paced(ctx context.Context, s subject.Subject, n int) error {
	const interval = 50 * time.Millisecond
	name := benchName("paced", 1, 1, s.Name)
	if !b.only.MatchString(name) {
		return nil
	}
	source, err := b.source(1)
	if err != nil {
		return err
	}
	requests, err := source.Requests(n, b.seed)
	if err != nil {
		return err
	}
	counts, took, err := measure.Pace(ctx, s, requests, interval)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return report.Line(b.out, name, n,
		report.Value{Amount: float64(counts.Batches), Unit: batches},
		report.Value{Amount: float64(counts.Batches) / (took.Seconds() / subject.Timeout.Seconds()), Unit: batchesPerTimeout})
}
