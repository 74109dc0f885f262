// SPDX-License-Identifier: Apache-2.0

package measure

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/pprof"
	"sync"
	"time"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/destination"
	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/subject"
	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/usage"
)

// Result is what one run cost.
type Result struct {
	Requests int
	Push     time.Duration // until the last push returned
	Total    time.Duration // until everything was delivered
	CPU      time.Duration // user and system time of the process during Total, without that of making requests
	Allocs   uint64        // objects allocated during Total
	Bytes    uint64        // bytes allocated during Total
	destination.Counts
}

// Run starts s, lets producers push all requests, which have the same number of spans, as fast as it takes them,
// and shuts it down. It fails where not every span was delivered.
func Run(ctx context.Context, s subject.Subject, dest destination.Destination, requests Supply, spans, producers int) (r Result, err error) {
	want := requests.Requests() * spans
	// A profile can be narrowed to this with -tagfocus phase=run. Goroutines inherit the label.
	pprof.Do(ctx, pprof.Labels("phase", "run", "subject", s.Name), func(ctx context.Context) {
		r, err = run(ctx, s, dest, requests, producers)
	})
	if err != nil {
		return r, fmt.Errorf("run %s: %w", s.Name, err)
	}
	if got := int(r.Spans); got != want {
		return r, fmt.Errorf("run %s: %d of %d spans were delivered", s.Name, got, want)
	}
	return r, nil
}

func run(ctx context.Context, s subject.Subject, dest destination.Destination, requests Supply, producers int) (Result, error) {
	p, err := s.Start(ctx, dest)
	if err != nil {
		return Result{}, err
	}
	r := Result{Requests: requests.Requests()}
	push := prepare(ctx, p, requests, producers)
	runtime.GC()

	before := usage.Now()
	start := time.Now()
	err = push()
	r.Push = time.Since(start)
	err = errors.Join(err, p.Shutdown(ctx))
	r.Total = time.Since(start)
	used := usage.Now().Since(before)

	r.CPU = used.CPU - requests.Making()
	r.Allocs, r.Bytes = used.Allocs, used.Bytes
	r.Counts = dest.Counts()
	return r, err
}

// prepare starts the producers and returns a function that lets them push and returns when all have.
func prepare(ctx context.Context, p subject.Pipeline, requests Supply, producers int) func() error {
	errs := make([]error, producers)
	begin := make(chan struct{})
	var ready, done sync.WaitGroup
	ready.Add(producers)
	for i := range producers {
		consume := p.Producer()
		next := requests.Producer(i, producers)
		done.Go(func() {
			ready.Done()
			<-begin
			errs[i] = produce(ctx, consume, next)
		})
	}
	ready.Wait()
	return func() error {
		close(begin)
		done.Wait()
		return errors.Join(errs...)
	}
}

func produce(ctx context.Context, consume consumer.ConsumeTracesFunc, next func() ([]ptrace.Traces, error)) error {
	for {
		requests, err := next()
		if err != nil || len(requests) == 0 {
			return err
		}
		for _, td := range requests {
			if err := consume(ctx, td); err != nil {
				return err
			}
		}
	}
}
