// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"

	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/mapmode"
	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/mapsubject"
)

const (
	intervalName = "interval"
	logDedupName = "log_dedup"
)

// roomForAll is a max_keys that no scenario of the plans reaches: the peers have no limit.
const roomForAll = 2_000_000

// mapBench runs the scenarios of Map mode. It is not safe for concurrent use.
type mapBench struct {
	out        io.Writer
	only       *regexp.Regexp
	shrink     int
	scenarios  []mapmode.Scenario
	contenders map[string][]mapmode.Contender // by signal
	seed       uint64
}

// measureMap runs the scenarios of Map mode.
func measureMap(ctx context.Context, o options, only *regexp.Regexp, out io.Writer, progress func(string)) (err error) {
	room := map[string]any{"max_keys": roomForAll}
	metrics := []mapmode.Contender{
		mapmode.Contend(mapmode.Metrics(), mapsubject.Metrics(room)),
		mapmode.Contend(mapmode.Metrics(), mapsubject.Interval()),
		mapmode.Contend(mapmode.Metrics(), mapsubject.FloorMetrics()),
	}
	logs := []mapmode.Contender{
		mapmode.Contend(mapmode.Logs(), mapsubject.Logs(room)),
		mapmode.Contend(mapmode.Logs(), mapsubject.FloorLogs()),
	}
	if o.logDedup == "" {
		progress("no -logdedup binary: log_dedup is left out")
	} else {
		remote, err := mapmode.StartRemote(ctx, logDedupName, o.logDedup, fmt.Sprintf("-gogc=%d", o.garbageTarget))
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, remote.Close()) }()
		logs = append(logs, remote)
	}
	plan := mapmode.Plan
	if o.fullPlan {
		plan = mapmode.FullPlan
	}
	b := &mapBench{
		out: out, only: only, shrink: o.shrink, scenarios: append(plan("metrics"), plan("logs")...),
		contenders: map[string][]mapmode.Contender{"metrics": metrics, "logs": logs},
	}
	return b.rounds(ctx, o.runs, progress)
}

func (b *mapBench) rounds(ctx context.Context, runs int, progress func(string)) error {
	if err := b.warmUp(ctx); err != nil {
		return err
	}
	for round := range runs {
		begin := time.Now()
		if err := b.round(ctx, round); err != nil {
			return err
		}
		if err := b.floods(ctx, round); err != nil {
			return err
		}
		progress(fmt.Sprintf("map run %d of %d took %v", round+1, runs, time.Since(begin).Round(time.Second)))
	}
	return nil
}

// warmUp has every subject run the largest of its scenarios, so that heaps have their size when the clock starts.
func (b *mapBench) warmUp(ctx context.Context) error {
	largest := map[mapmode.Contender]mapmode.Scenario{}
	for _, sc := range b.scenarios {
		for _, c := range b.contenders[sc.Signal] {
			if b.only.MatchString(sc.Name(c.Name())) && sc.Points() > largest[c].Points() {
				largest[c] = sc
			}
		}
	}
	for c, sc := range largest {
		if err := c.Measure(ctx, io.Discard, sc, b.shrink, 0); err != nil {
			return err
		}
	}
	return nil
}

// round runs every subject of every scenario once. Each round begins with another subject.
func (b *mapBench) round(ctx context.Context, round int) error {
	for _, sc := range b.scenarios {
		all := b.contenders[sc.Signal]
		for i := range all {
			c := all[(i+round)%len(all)]
			if !b.only.MatchString(sc.Name(c.Name())) {
				continue
			}
			b.seed++
			if err := c.Measure(ctx, b.out, sc, b.shrink, b.seed); err != nil {
				return err
			}
		}
	}
	return nil
}
