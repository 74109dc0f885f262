// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// engine is what Queue and Map share beyond a single partition: their life from the constructor to the end of
// Shutdown. It is safe for concurrent use; its zero value is that of a buffer without constructor.
type engine struct {
	life    *life
	member  *member
	born    time.Time
	timeout atomic.Int64 // Limits.ProcessTimeout
	refused gauge

	partitions []endable
	stopped    func(lifetime time.Duration, reason error)
	stopOnce   sync.Once
	gaveUp     atomic.Pointer[ShutdownError]

	ctx    context.Context // parent of what Process gets; canceled with the cause when Shutdown gives up
	cancel context.CancelCauseFunc
}

// endable is a partition as the end of its life sees it.
type endable interface {
	// flush makes what waits go and returns what ends when everything that the partition has was processed.
	flush() []*completion
	// close lets nothing new in and makes what waits go.
	close()
	// abandon drops what waits.
	abandon(cause error) (dropped, inFlight Weight)
}

func (e *engine) begin() {
	e.life = newLife()
	e.born = time.Now()
	e.ctx, e.cancel = context.WithCancelCause(context.Background())
}

func (e *engine) running() bool { return e.life != nil }

// processContext returns the ctx for one call of Process.
func (e *engine) processContext() (context.Context, context.CancelFunc) {
	if timeout := time.Duration(e.timeout.Load()); timeout > 0 {
		return context.WithTimeout(e.ctx, timeout)
	}
	return e.ctx, func() {}
}

func (e *engine) flush(ctx context.Context) error {
	if !e.running() {
		return ErrNotRunning
	}
	var waits []*completion
	for _, p := range e.partitions {
		waits = append(waits, p.flush()...)
	}
	return (&Result{parts: waits}).joined(ctx)
}

func (e *engine) shutdown(ctx context.Context) error {
	if !e.running() {
		return nil
	}
	if e.life.close() {
		for _, p := range e.partitions {
			p.close()
		}
		e.life.end()
	}
	select {
	case <-e.life.quiet:
		return e.stop()
	default: // a ctx that has ended already must not hide that there is nothing to wait for
	}
	select {
	case <-e.life.quiet:
		return e.stop()
	case <-ctx.Done():
		return e.giveUp(context.Cause(ctx))
	}
}

// stop ends a buffer in which nothing is left, and returns what an earlier Shutdown that gave up returned.
func (e *engine) stop() error {
	e.end(nil)
	if err := e.gaveUp.Load(); err != nil {
		return err
	}
	return nil
}

func (e *engine) giveUp(cause error) error {
	err := &ShutdownError{Err: cause}
	for _, p := range e.partitions {
		dropped, inFlight := p.abandon(cause)
		err.Dropped = err.Dropped.plus(dropped)
		err.InFlight = err.InFlight.plus(inFlight)
	}
	e.gaveUp.CompareAndSwap(nil, err)
	e.cancel(cause)
	e.end(err)
	return err
}

func (e *engine) end(reason error) {
	e.stopOnce.Do(func() {
		e.cancel(nil)
		e.member.group.leave(e.member)
		e.stopped(time.Since(e.born), reason)
	})
}
