// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"context"
	"sync"
	"time"
)

// pace is the capacity of a destination: one that works on one item after the
// other, for a limited number of callers at a time. It is safe for concurrent use.
type pace struct {
	perItem time.Duration
	calls   chan struct{}

	mu   sync.Mutex
	busy time.Time // until when it has work
}

func newPace(itemsPerSecond, calls int) *pace {
	return &pace{perItem: time.Second / time.Duration(itemsPerSecond), calls: make(chan struct{}, calls)}
}

// wait returns when n more items are done.
func (p *pace) wait(ctx context.Context, n int) error {
	select {
	case p.calls <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-p.calls }()
	done := time.NewTimer(time.Until(p.book(n)))
	defer done.Stop()
	select {
	case <-done.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// book adds n items to the work and returns when they are done. A late caller
// does not give back the time in which there was nothing to do, and a late timer
// does not delay those behind it.
func (p *pace) book(n int) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); p.busy.Before(now) {
		p.busy = now
	}
	p.busy = p.busy.Add(time.Duration(n) * p.perItem)
	return p.busy
}
