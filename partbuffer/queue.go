// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Queue is a partitioned, double-buffered queue that hands its items to QueueOptions.Process in batches. It is
// safe for concurrent use and must not be copied. NewQueue makes one that runs at once; the zero value refuses
// every item with ErrNotRunning.
//
// Writers append to the front buffer of a partition. When that is full, old enough or flushed, it is swapped
// for an empty one in a few instructions and handed to Process, by at most one goroutine per partition, which
// exists only as long as there is something to process. An idle Queue costs its memory and nothing else.
//
// A Push takes two uncontended atomic operations and a lock that is held for an append; it does not allocate
// once the buffers have grown to the size in use.
type Queue[T any] struct {
	engine
	opts     QueueOptions[T]
	parts    []*partition[T]
	quotas   []*quota      // of the partitions; nil where the load decides, or there is but one
	adaptive bool          // no Route: the load decides
	private  bool          // the group is the queue's own
	current  atomic.Uint32 // the partition that adaptive writers fill
	buffers  sync.Pool     // of *generation[T], emptied
	filled   atomic.Int32  // how many items the buffer had that was sealed last
}

// NewQueue makes a Queue that accepts items at once. Its error joins everything that is wrong with opts.
func NewQueue[T any](opts QueueOptions[T]) (*Queue[T], error) {
	if err := opts.validate(); err != nil {
		return nil, err
	}
	if opts.Weigh == nil {
		opts.Weigh = func(T) Weight { return Weight{Items: 1} }
	}
	n := partitionCount(opts.Partitions)
	q := &Queue[T]{opts: opts, adaptive: opts.Route == nil && n > 1, private: opts.Group == nil}
	q.begin()
	q.buffers.New = func() any { return &generation[T]{} }
	q.timeout.Store(int64(opts.Limits.ProcessTimeout))
	q.stopped = func(lifetime time.Duration, reason error) { q.opts.Observer.stopped(n, lifetime, reason) }
	for i := range n {
		p := &partition[T]{queue: q, index: i, bounds: boundsOf(opts.Limits)}
		p.life, p.interval, p.drain = q.life, opts.Limits.Interval, p.run
		q.parts = append(q.parts, p)
		q.partitions = append(q.partitions, p)
	}
	group := opts.Group
	if q.private {
		group = NewGroup(opts.Limits.Capacity)
	}
	q.member = group.join(q.private, q)
	q.openQuotas()
	q.opts.Observer.started(n)
	return q, nil
}

// Push adds items, in order, and returns when they are in the buffer, not when they are processed. It blocks
// only where Overflow is Block and there is no room, until there is, ctx ends (its cause is returned) or
// Shutdown begins (ErrClosed). With more than one item it is all or nothing, with two exceptions where it blocks.
// Items which together exceed the whole capacity, or with Route half of it, are admitted one after the other, and
// an item that does so alone in pieces, if Split can cut it. And with Route those whose partition has room do not wait
// for the others. Where that fails half-way the error is a *PartialError, and the items that were accepted come
// first in items.
func (q *Queue[T]) Push(ctx context.Context, items ...T) error {
	if !q.running() {
		return ErrNotRunning
	}
	if len(items) == 1 && q.pushFast(&items[0], q.opts.Weigh(items[0]), -1) {
		return nil
	}
	return q.push(ctx, items, &order{fixed: -1})
}

// PushWeighed is Push of one item for a caller that knows what QueueOptions.Weigh would say of it, and saves the
// call. What becomes of the item is added to result, unless that is nil.
func (q *Queue[T]) PushWeighed(ctx context.Context, item T, w Weight, result *Result) error {
	if !q.running() {
		return ErrNotRunning
	}
	if result == nil && q.pushFast(&item, w, -1) {
		return nil
	}
	return q.push(ctx, []T{item}, &order{fixed: -1, result: result})
}

// PushTo is Push to the partition of an explicit key instead of that of QueueOptions.Route.
func (q *Queue[T]) PushTo(ctx context.Context, key uint64, items ...T) error {
	if !q.running() {
		return ErrNotRunning
	}
	fixed := int(key % uint64(len(q.parts)))
	if len(items) == 1 && q.pushFast(&items[0], q.opts.Weigh(items[0]), fixed) {
		return nil
	}
	return q.push(ctx, items, &order{fixed: fixed})
}

// PushWait is Push, and then waits until all items have been processed. It returns the joined errors of the
// batches that they became part of, ErrDropped among them where items gave way to newer ones, or the cause of
// ctx's end: the items are processed nevertheless.
func (q *Queue[T]) PushWait(ctx context.Context, items ...T) error {
	if !q.running() {
		return ErrNotRunning
	}
	var result Result
	if err := q.push(ctx, items, &order{fixed: -1, result: &result}); err != nil {
		return err
	}
	return result.joined(ctx)
}

// pushFast is the whole of a Push that finds room, and a front buffer that takes the item as it is. fixed is
// the partition, or -1 where Route or the load decides.
func (q *Queue[T]) pushFast(item *T, w Weight, fixed int) bool {
	fixed = q.partitionOf(item, fixed)
	s := q.quotaOf(fixed)
	if !q.member.try(s, w) {
		return false
	}
	adaptive := fixed < 0
	p := q.lockFor(fixed)
	if p.closed || !p.takesLocked(w) || (adaptive && w.reaches(p.bounds.trigger)) {
		p.mu.Unlock()
		s.giveBack(w)
		q.member.release(w)
		return false
	}
	start, sealed := p.appendLocked(item, w, nil)
	p.mu.Unlock()
	p.start(start)
	if sealed {
		q.prepare()
	}
	if sealed && adaptive && !q.moveOn(p.index) {
		// More is written than is processed. Where writers never pause, the workers would not get a processor
		// until one of them is preempted, or everything is full.
		runtime.Gosched()
	}
	return true
}

// newGeneration returns an emptied buffer. It may be called with a partition's lock held: sync.Pool does not
// wait, and what it makes anew is small.
func (q *Queue[T]) newGeneration() *generation[T] {
	return q.buffers.Get().(*generation[T])
}

// grown is the size from which on a buffer is worth making at once instead of letting it grow.
const grown = 64

// prepare leaves a buffer as large as the last one for the writer who begins the next. The garbage collector takes
// emptied buffers away, and one that grows anew copies and clears its items twice, under a lock.
func (q *Queue[T]) prepare() {
	n := int(q.filled.Load())
	if n < grown {
		return
	}
	g := q.newGeneration()
	if cap(g.items) < n {
		g.items = make([]T, 0, n+n/8)
	}
	q.buffers.Put(g)
}

func (q *Queue[T]) put(g *generation[T], item *T, w Weight, req *whole) {
	g.items = append(g.items, *item)
	g.weight.Items += w.Items
	g.weight.Bytes += w.Bytes
	if q.opts.Overflow == DropOldest {
		g.requests = append(g.requests, request{weight: w, whole: req})
	}
}

// Reconfigure changes the limits of all partitions, also for what waits already. Invalid limits are an error
// and change nothing.
func (q *Queue[T]) Reconfigure(l Limits) error {
	if !q.running() {
		return ErrNotRunning
	}
	opts := q.opts
	opts.Limits = l
	if err := opts.validate(); err != nil {
		return err
	}
	q.timeout.Store(int64(l.ProcessTimeout))
	if q.private {
		q.member.group.SetCapacity(l.Capacity)
	}
	for _, p := range q.parts {
		p.mu.Lock()
		p.bounds = boundsOf(l)
		start := p.setIntervalLocked(l.Interval)
		if p.front != nil && p.front.weight.reaches(p.bounds.trigger) {
			start = p.sealLocked(TriggerSize) || start
		}
		p.mu.Unlock()
		p.start(start)
	}
	return nil
}
