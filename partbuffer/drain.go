// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"runtime/debug"
	"time"
)

// run is a partition's worker: it processes what is sealed or due, in order, and ends when there is nothing.
func (p *partition[T]) run() {
	for {
		p.mu.Lock()
		g := p.nextLocked()
		if g == nil {
			p.idleLocked()
		}
		p.mu.Unlock()
		if g == nil {
			p.life.end()
			return
		}
		if p.queue.adaptive {
			p.queue.moveOn(p.index)
		}
		p.handle(g)
	}
}

// handle processes one generation and settles its accounts, whatever Process does.
func (p *partition[T]) handle(g *generation[T]) {
	q := p.queue
	dropped := q.filter(g)
	err := error(ErrGoexit)
	returned := false
	defer func() {
		p.mu.Lock()
		done := p.doneLocked(g, dropped, err)
		p.mu.Unlock()
		q.member.release(g.weight)
		if err == nil && (g.partly || !dropped.isZero()) {
			err = ErrDropped
		}
		done.finish(err)
		g.recycle(!q.opts.WholeBuffer)
		q.buffers.Put(g)
		if !returned { // the goroutine is about to end, the partition is not
			go p.run()
		}
	}()
	if len(g.items) > 0 {
		err = q.process(p.index, g, dropped)
	} else {
		err = nil
	}
	returned = true
}

func (q *Queue[T]) process(index int, g *generation[T], dropped Weight) (err error) {
	ctx, cancel := q.processContext()
	defer cancel()
	batch := Batch[T]{
		Items: g.items, Weight: g.weight.minus(dropped), Trigger: g.trigger, Partition: index, Oldest: g.oldest,
	}
	return observed(&q.opts.Observer, batch.info(), func() error { return q.opts.Process(ctx, batch) })
}

func (b Batch[T]) info() Info {
	return Info{Partition: b.Partition, Weight: b.Weight, Trigger: b.Trigger, Oldest: b.Oldest}
}

// observed calls process, turns a panic into a *PanicError, and tells the observer before and after.
func observed[T any](o *Observer[T], info Info, process func() error) error {
	if o.ProcessStarted != nil {
		o.ProcessStarted(info)
	}
	if o.ProcessStopped == nil {
		return captured(process)
	}
	begin := time.Now()
	err := error(ErrGoexit)
	defer func() { o.ProcessStopped(info, time.Since(begin), err) }()
	err = captured(process)
	return err
}

func captured(process func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &PanicError{Value: value, Stack: debug.Stack()}
		}
	}()
	return process()
}

// filter takes out of g the items that belong to a whole of which another piece was dropped.
func (q *Queue[T]) filter(g *generation[T]) (dropped Weight) {
	if len(g.requests) == 0 {
		return Weight{}
	}
	kept := 0
	var gone []T
	for i, r := range g.requests {
		if r.whole != nil && r.whole.dropped.Load() {
			gone = append(gone, g.items[i])
			dropped = dropped.plus(r.weight)
			continue
		}
		g.items[kept] = g.items[i]
		kept++
	}
	clear(g.items[kept:])
	g.items = g.items[:kept]
	q.opts.Observer.dropped(gone, dropped, ErrDropped)
	return dropped
}
