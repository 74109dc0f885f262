// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"context"
	"slices"
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// errRefused is UNAVAILABLE over gRPC and 503 over HTTP: its sender may try again.
var errRefused = status.Error(codes.Unavailable, "the sink refuses for now")

// faults is what a sink does to its senders, and what it did. The zero value
// does nothing.
type faults struct {
	mu      sync.Mutex
	refuses bool
	refused []Batch
	gate    chan struct{} // nil = open
	held    []Batch
}

// Refuse makes the sink refuse every batch from now on, or take them again.
func (f *faults) Refuse(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refuses = on
}

// Refused returns the batches that were refused.
func (f *faults) Refused() []Batch {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.refused)
}

// Hold makes every sender wait for its answer until release is called, which
// may be called again.
func (f *faults) Hold() (release func()) {
	gate := make(chan struct{})
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gate = gate
	return sync.OnceFunc(func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.gate = nil
		close(gate)
	})
}

// Held returns the batches whose senders had to wait.
func (f *faults) Held() []Batch {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.held)
}

// pass lets a batch in, later or not at all.
func (f *faults) pass(ctx context.Context, batch Batch) error {
	f.mu.Lock()
	gate := f.gate
	if gate != nil {
		f.held = append(f.held, batch)
	}
	f.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refuses {
		f.refused = append(f.refused, batch)
		return errRefused
	}
	return nil
}
