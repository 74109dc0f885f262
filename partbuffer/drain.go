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
	p.filter(g)
	err := ErrGoexit
	returned := false
	defer func() {
		p.mu.Lock()
		done := p.doneLocked(g, err)
		p.mu.Unlock()
		p.release(g.weight)
		done.finish(err)
		g.recycle(!q.opts.WholeBuffer)
		q.buffers.Put(g)
		if !returned { // the goroutine is about to end, the partition is not
			go p.run()
		}
	}()
	if len(g.items) > 0 {
		err = q.process(p.index, g)
	} else {
		err = nil
	}
	returned = true
}

func (q *Queue[T]) process(index int, g *generation[T]) error {
	ctx, cancel := q.processContext()
	defer cancel()
	batch := Batch[T]{Items: g.items, Weight: g.weight, Trigger: g.trigger, Partition: index, Oldest: g.oldest}
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
	err := ErrGoexit
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
func (p *partition[T]) filter(g *generation[T]) {
	kept := 0
	var gone []T
	var dropped Weight
	for i, r := range g.requests {
		if r.whole != nil && r.whole.dropped.Load() {
			gone = append(gone, g.items[i])
			dropped = dropped.plus(r.weight)
			continue
		}
		g.items[kept] = g.items[i]
		kept++
	}
	if len(gone) == 0 {
		return
	}
	clear(g.items[kept:])
	g.items = g.items[:kept]
	p.mu.Lock()
	g.weight = g.weight.minus(dropped)
	p.count.inFlight = p.count.inFlight.minus(dropped)
	p.count.dropped = p.count.dropped.plus(dropped)
	p.mu.Unlock()
	p.queue.opts.Observer.dropped(gone, dropped, ErrDropped)
	p.release(dropped)
}
