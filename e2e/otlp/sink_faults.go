// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"google.golang.org/grpc/codes"
)

// faults is what a sink does to its senders, and what it did. The zero value
// does nothing.
type faults struct {
	mu      sync.Mutex
	answer  func(Batch) error // nil = take everything
	refused []Batch
	gate    *gate // nil = open
	held    []Batch
	pace    *pace // nil = as fast as it can
	cutOff  []Batch

	rejected atomic.Int64
}

// gate stops some batches until it opens.
type gate struct {
	stops func(Batch) bool
	open  chan struct{}
}

// Refuse makes the sink refuse every batch from now on, or take them again. Its
// senders may try again.
func (f *faults) Refuse(on bool) {
	if !on {
		f.Answer(nil)
		return
	}
	refusal := Refusal(codes.Unavailable, "the sink refuses for now", 0)
	f.Answer(func(Batch) error { return refusal })
}

// Answer makes the sink ask answer from now on whether to take a batch: nil takes
// it, what Refusal makes refuses it. A nil answer takes everything.
func (f *faults) Answer(answer func(Batch) error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answer = answer
}

// Refused returns the batches that were refused.
func (f *faults) Refused() []Batch {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.refused)
}

// RejectPart makes the sink say of every batch that it takes that it rejected
// n of its items.
func (f *faults) RejectPart(n int64) { f.rejected.Store(n) }

// Hold makes every sender wait for its answer until release is called, which
// may be called again.
func (f *faults) Hold() (release func()) {
	return f.HoldIf(func(Batch) bool { return true })
}

// HoldIf is Hold for the senders of some batches.
func (f *faults) HoldIf(stops func(Batch) bool) (release func()) {
	g := &gate{stops: stops, open: make(chan struct{})}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gate = g
	return sync.OnceFunc(func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.gate = nil
		close(g.open)
	})
}

// Held returns the batches whose senders had to wait at a gate.
func (f *faults) Held() []Batch {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.held)
}

// Pace makes the sink take so many items per second from now on, and serve at
// most so many calls at a time; others wait. No items per second are no limit.
func (f *faults) Pace(itemsPerSecond, calls int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pace = nil
	if itemsPerSecond > 0 {
		f.pace = newPace(itemsPerSecond, calls)
	}
}

// CutOff returns the batches whose senders gave up waiting.
func (f *faults) CutOff() []Batch {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.cutOff)
}

// pass lets a batch in, later or not at all.
func (f *faults) pass(ctx context.Context, batch Batch) error {
	if err := f.wait(ctx, batch); err != nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.cutOff = append(f.cutOff, batch)
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.answer == nil {
		return nil
	}
	err := f.answer(batch)
	if err != nil {
		f.refused = append(f.refused, batch)
	}
	return err
}

func (f *faults) wait(ctx context.Context, batch Batch) error {
	f.mu.Lock()
	g, p := f.gate, f.pace
	if g != nil && !g.stops(batch) {
		g = nil
	}
	if g != nil {
		f.held = append(f.held, batch)
	}
	f.mu.Unlock()
	if g != nil {
		select {
		case <-g.open:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if p == nil {
		return nil
	}
	return p.wait(ctx, len(batch.Items))
}
