// SPDX-License-Identifier: Apache-2.0

package mapmode

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/load"
	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/usage"
)

// settle is longer than what passes through waits for its batch.
const settle = 500 * time.Millisecond

// FloodResult is what a subject did with more keys than it may hold.
type FloodResult struct {
	P50, P99, Max time.Duration // of a Consume
	Peak          uint64        // of the heap, garbage included, compared with before
	Points        int
	Refused       int   // points whose Consume returned an error
	Early         int64 // points that were delivered before Shutdown began
	AtShutdown    int64
}

// Flood sends points that each have a key of their own, from as many producers as there are CPUs, which make
// each request just before they send it. The garbage collector should be on.
func Flood[T any](ctx context.Context, signal Signal[T], s Subject[T], points int) (FloodResult, error) {
	arrived := &arrivals[T]{count: signal.Count}
	base := usage.LiveHeap()
	p, err := s.Start(ctx, arrived.take)
	if err != nil {
		return FloodResult{}, fmt.Errorf("flood %s: %w", s.Name, err)
	}
	stopWatch := watchHeap()
	producers := make([]flooder[T], runtime.GOMAXPROCS(0))
	var next atomic.Int64
	var wg sync.WaitGroup
	for i := range producers {
		f := &producers[i]
		f.signal, f.consume = signal, p.Producer()
		wg.Go(func() { f.send(ctx, &next, points) })
	}
	wg.Wait()
	time.Sleep(settle) //nolint:forbidigo // nothing tells that what passed through has left
	r := FloodResult{Points: points, Peak: max(stopWatch(), base) - base, Early: arrived.items.Load()}
	err = p.Shutdown(ctx)
	r.AtShutdown = arrived.items.Load() - r.Early

	var took []time.Duration
	for _, f := range producers {
		err = errors.Join(err, f.err)
		took = append(took, f.took...)
		r.Refused += f.refused
	}
	slices.Sort(took)
	r.P50, r.P99, r.Max = took[len(took)/2], took[len(took)*99/100], took[len(took)-1]
	if lost := points - r.Refused - int(r.Early+r.AtShutdown); err == nil && lost != 0 {
		err = fmt.Errorf("%d of %d points were neither delivered nor refused", lost, points)
	}
	if err != nil {
		return r, fmt.Errorf("flood %s: %w", s.Name, err)
	}
	return r, nil
}

type flooder[T any] struct {
	signal  Signal[T]
	consume func(context.Context, Request[T]) error
	took    []time.Duration
	refused int
	err     error
}

// send takes the next keys until there are none.
func (f *flooder[T]) send(ctx context.Context, next *atomic.Int64, points int) {
	for {
		last := int(next.Add(requestPoints))
		first := last - requestPoints
		last = min(last, points)
		if first >= last || f.err != nil {
			return
		}
		request, err := f.fresh(first, last)
		if err != nil {
			f.err = err
			return
		}
		begin := time.Now()
		err = f.consume(ctx, request)
		f.took = append(f.took, time.Since(begin))
		if err != nil {
			f.refused += last - first
		}
	}
}

// fresh makes a request of the keys from first to before last.
func (f *flooder[T]) fresh(first, last int) (Request[T], error) {
	var keys []int
	for key := first; key < last; key++ {
		keys = append(keys, key)
	}
	encoded, err := f.signal.Marshal(f.signal.Make(first/requestPoints%load.Resources, keys, smallAttributes))
	if err != nil {
		return Request[T]{}, fmt.Errorf("encode a request: %w", err)
	}
	data, err := f.signal.Unmarshal(encoded)
	if err != nil {
		return Request[T]{}, fmt.Errorf("decode a request: %w", err)
	}
	return Request[T]{Data: data, Keys: keysOf(keys)}, nil
}
