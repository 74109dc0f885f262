// SPDX-License-Identifier: Apache-2.0

package mapmode

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/pprof"
	"sync/atomic"
	"time"

	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/usage"
)

// Result is what one run cost.
type Result struct {
	Points int
	Keys   int
	Intake time.Duration // until the last Consume returned
	CPU    time.Duration // user and system time of the process until everything was delivered
	Allocs uint64        // objects allocated during Intake
	Bytes  uint64        // bytes allocated during Intake
	// Live is what the subject held between intake and delivery: the live heap, compared with before there were
	// requests. The requests are gone by then, except for what the subject kept of them.
	Live    uint64
	Batches int64
}

// arrivals counts what is delivered. It is safe for concurrent use.
type arrivals[T any] struct {
	count          func(T) int
	items, batches atomic.Int64
}

func (a *arrivals[T]) take(_ context.Context, data T) error {
	if n := a.count(data); n > 0 {
		a.items.Add(int64(n))
		a.batches.Add(1)
	}
	return nil
}

// Run starts s, lets producers push all requests of some rounds as fast as it takes them, and shuts it down. It
// fails where not every key was delivered exactly once.
func Run[T any](ctx context.Context, s Subject[T], source *Source[T], sc Scenario, seed uint64) (r Result, err error) {
	// A profile can be narrowed to this with -tagfocus phase=run. Goroutines inherit the label.
	pprof.Do(ctx, pprof.Labels("phase", "run", "subject", s.Name), func(ctx context.Context) {
		r, err = run(ctx, s, source, sc, seed)
	})
	if err != nil {
		return r, fmt.Errorf("run %s: %w", s.Name, err)
	}
	return r, nil
}

func run[T any](ctx context.Context, s Subject[T], source *Source[T], sc Scenario, seed uint64) (Result, error) {
	base := usage.LiveHeap()
	requests, err := source.Requests(sc.Duplicates, seed)
	if err != nil {
		return Result{}, err
	}
	arrived := &arrivals[T]{count: source.signal.Count}
	p, err := s.Start(ctx, arrived.take)
	if err != nil {
		return Result{}, err
	}
	push := prepare(ctx, p, deal(requests, source.Groups(), sc.Producers))
	runtime.GC()

	before := usage.Now()
	start := time.Now()
	err = push()
	r := Result{Points: sc.Keys * sc.Duplicates, Keys: sc.Keys, Intake: time.Since(start)}
	intake := usage.Now().Since(before)

	r.Live = max(usage.LiveHeap(), base) - base
	runtime.KeepAlive(source) // base has it, too

	before = usage.Now()
	err = errors.Join(err, p.Shutdown(ctx))
	r.CPU = intake.CPU + usage.Now().Since(before).CPU
	r.Allocs, r.Bytes = intake.Allocs, intake.Bytes
	r.Batches = arrived.batches.Load()
	if n := arrived.items.Load(); err == nil && n != int64(sc.Keys) {
		err = fmt.Errorf("%d items were delivered for %d keys", n, sc.Keys)
	}
	return r, err
}
