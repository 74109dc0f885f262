// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"fmt"
)

// Flush hands over everything that waits now and returns when it has been processed, with the joined errors of
// its batches, or with the cause of ctx's end. Items pushed meanwhile are not waited for, and those that gave way to
// newer ones meanwhile are no error. A Process call must not call it: it would wait for itself.
func (q *Queue[T]) Flush(ctx context.Context) error { return q.engine.flush(ctx) }

// Shutdown refuses new items with ErrClosed, also those of writers that wait for room, hands over what waits,
// and returns when everything has been processed. Where ctx ends first, what still waits is dropped, the ctx
// of the Process calls in flight is canceled, and the error is a *ShutdownError with the counts. Shutdown may
// be called again, also concurrently: every call waits for the same end. A Process call must not call it.
func (q *Queue[T]) Shutdown(ctx context.Context) error { return q.engine.shutdown(ctx) }

func (p *partition[T]) flush() (waits []*completion) {
	p.mu.Lock()
	if p.current != nil && !p.abandoned { // then nobody waits for it any more
		waits = append(waits, p.current.completionLocked())
	}
	for g := p.sealed.first; g != nil; g = g.next {
		waits = append(waits, g.completionLocked())
	}
	if p.front != nil {
		waits = append(waits, p.front.completionLocked())
	}
	start := p.dueLocked(TriggerFlush)
	p.mu.Unlock()
	p.start(start)
	return waits
}

func (p *partition[T]) close() {
	p.mu.Lock()
	start := p.closeLocked()
	p.mu.Unlock()
	p.start(start)
}

func (p *partition[T]) abandon(cause error) (dropped, inFlight Weight) {
	var left []*generation[T]
	p.mu.Lock()
	p.abandoned, p.closed = true, true
	for p.sealed.first != nil || p.front != nil {
		sealed := p.sealed.first != nil
		g := p.removeOldestLocked() // also one to which a writer is about to add: that writer finds p abandoned
		if sealed {
			p.count.waiting = p.count.waiting.minus(g.weight)
		} else {
			p.count.accepted = p.count.accepted.plus(g.weight)
		}
		p.count.dropped = p.count.dropped.plus(g.weight)
		left = append(left, g)
	}
	inFlight = p.count.inFlight
	var unknown *completion // Process may never return: nobody waits for it any more
	if p.current != nil {
		unknown, p.current.done = p.current.done, nil
	}
	p.mu.Unlock()
	told := fmt.Errorf("%w: %w", ErrGaveUp, cause)
	unknown.finish(told)
	for _, g := range left {
		dropped = dropped.plus(g.weight)
		p.queue.opts.Observer.dropped(g.items, g.weight, cause)
		p.release(g.weight)
		g.done.finish(told)
	}
	return dropped, inFlight
}
