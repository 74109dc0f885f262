// SPDX-License-Identifier: Apache-2.0

// Command bench compares partbuffer with its peers. It writes every run in Go's benchmark text format to a file,
// and medians and the ratios that the project promises to another one and to standard output.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/load"
)

const memoryLimit = 8 << 30

type options struct {
	runs, shrink  int
	only          string
	runsFile      string
	tablesFile    string
	from          string
	profile       string
	commit        string
	garbageTarget int
	suite         string
	fullPlan      bool
	logDedup      string
}

func main() {
	var o options
	flag.IntVar(&o.runs, "runs", 6, "how often each subject runs each scenario")
	flag.IntVar(&o.shrink, "shrink", 1, "divide the number of requests by this")
	flag.StringVar(&o.only, "only", ".", "run only what matches this regular expression, for example push/spans=1/")
	flag.StringVar(&o.runsFile, "out", "", "file for all runs (default none)")
	flag.StringVar(&o.tablesFile, "tables", "", "file for the tables (default none)")
	flag.StringVar(&o.from, "from", "", "measure nothing, make the tables of this file, which -out wrote")
	flag.StringVar(&o.profile, "cpuprofile", "", "file for a CPU profile; use -tagfocus phase=run with it")
	flag.StringVar(&o.commit, "commit", "unknown", "commit to name in the results")
	flag.IntVar(&o.garbageTarget, "gogc", -1, "GOGC while a subject runs with prepared requests; -1 = no collections, as documented")
	flag.StringVar(&o.suite, "suite", "all", "queue, map or all")
	flag.BoolVar(&o.fullPlan, "full", false, "map: every combination of keys, duplicates, attributes and producers, which takes about half an hour")
	flag.StringVar(&o.logDedup, "logdedup", "", "map: binary of the logdedup module, which runs log_dedup (default without it)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	progress := func(line string) { fmt.Fprintln(os.Stderr, line) }
	if err := run(ctx, o, os.Stdout, progress); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to undo
	}
}

func run(ctx context.Context, o options, stdout io.Writer, progress func(string)) error {
	if o.from != "" {
		text, err := os.ReadFile(o.from)
		if err != nil {
			return fmt.Errorf("read -from: %w", err)
		}
		head, _, _ := strings.Cut(string(text), "Benchmark")
		return writeTables(o, head, string(text), stdout)
	}
	only, err := regexp.Compile(o.only)
	if err != nil {
		return fmt.Errorf("-only is %q: %w", o.only, err)
	}
	if !slices.Contains([]string{"queue", "map", "all"}, o.suite) {
		return fmt.Errorf("-suite is %q, must be queue, map or all", o.suite)
	}
	if o.profile != "" {
		stop, err := startProfile(o.profile)
		if err != nil {
			return err
		}
		defer stop()
	}
	debug.SetGCPercent(o.garbageTarget)
	// Far above what a run needs; it bounds a run that goes wrong.
	debug.SetMemoryLimit(memoryLimit)

	head := header(o)
	var all strings.Builder
	all.WriteString(head)
	if o.suite != "map" {
		if err := measureQueue(ctx, o, only, &all, progress); err != nil {
			return err
		}
	}
	if o.suite != "queue" {
		if err := measureMap(ctx, o, only, &all, progress); err != nil {
			return err
		}
	}
	if o.runsFile != "" {
		if err := os.WriteFile(o.runsFile, []byte(all.String()), 0o600); err != nil {
			return fmt.Errorf("write -out: %w", err)
		}
	}
	return writeTables(o, head, all.String(), stdout)
}

// measureQueue runs the scenarios of Queue mode.
func measureQueue(ctx context.Context, o options, only *regexp.Regexp, out io.Writer, progress func(string)) error {
	scenarios := plan(o.shrink)
	// The first round is only there to bring the heap to its size.
	warmUp := &bench{out: io.Discard, only: only, sources: map[int]*load.Source{}, gogc: o.garbageTarget}
	if err := warmUp.round(ctx, scenarios[:3], 0); err != nil {
		return err
	}
	b := &bench{out: out, only: only, sources: warmUp.sources, gogc: o.garbageTarget}
	for round := range o.runs {
		begin := time.Now()
		if err := b.round(ctx, scenarios, round); err != nil {
			return err
		}
		if err := b.counts(ctx, o.shrink); err != nil {
			return err
		}
		progress(fmt.Sprintf("run %d of %d took %v", round+1, o.runs, time.Since(begin).Round(time.Second)))
	}
	return nil
}

func startProfile(name string) (stop func(), err error) {
	f, err := os.Create(filepath.Clean(name))
	if err != nil {
		return nil, fmt.Errorf("create -cpuprofile: %w", err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, fmt.Errorf("start -cpuprofile: %w", err)
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close()
	}, nil
}
