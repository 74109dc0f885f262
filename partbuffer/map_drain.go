// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"errors"
)

// Flush hands over everything that waits now and returns when it has been processed, with the joined errors of
// its batches, or with the cause of ctx's end. Entries put meanwhile are not waited for.
// A Process call must not call it: it would wait for itself.
func (m *Map[K, V]) Flush(ctx context.Context) error { return m.engine.flush(ctx) }

// Shutdown is Queue.Shutdown for a Map.
func (m *Map[K, V]) Shutdown(ctx context.Context) error { return m.engine.shutdown(ctx) }

// Reconfigure changes the limits of all partitions, also for what waits already. Invalid limits are an error
// and change nothing.
func (m *Map[K, V]) Reconfigure(l Limits) error {
	if !m.running() {
		return ErrNotRunning
	}
	opts := m.opts
	opts.Limits = l
	if err := opts.validate(); err != nil {
		return err
	}
	m.timeout.Store(int64(l.ProcessTimeout))
	if m.private {
		m.member.group.SetCapacity(l.Capacity)
	}
	for _, p := range m.parts {
		p.mu.Lock()
		p.bounds = mapBoundsOf(l)
		start := p.setIntervalLocked(l.Interval)
		start = p.nudgeLocked() || start
		p.mu.Unlock()
		p.start(start)
	}
	return nil
}

// run is a partition's worker: it processes the front buffer whenever that is due, and ends when it is not.
// Where Process ends the goroutine, that costs the batch it had: a new worker goes on behind it.
func (p *mapPartition[K, V]) run() {
	returned := false
	defer func() {
		if !returned {
			go p.run()
		}
	}()
	for p.current != nil || p.take() {
		for p.handle() {
		}
		p.finish()
	}
	returned = true
	p.life.end()
}

// take swaps the front buffer out, or ends the worker.
func (p *mapPartition[K, V]) take() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.nextLocked() == nil {
		p.idleLocked()
		return false
	}
	return true
}

// handle processes the next batch of the current table, and settles its accounts whatever Process does. It
// reports whether there was one.
func (p *mapPartition[K, V]) handle() bool {
	t := p.current
	p.mu.Lock()
	n := min(p.bounds.max.Items, len(t.entries)-p.next)
	entries := t.entries[p.next : p.next+n : p.next+n]
	p.next += n
	p.mu.Unlock()
	if n == 0 {
		return false
	}
	weight := weightOf(entries)
	err := ErrGoexit
	defer func() { p.settle(weight, err) }()
	b := Batch[Entry[K, V]]{Items: entries, Weight: weight, Trigger: t.trigger, Partition: p.number, Oldest: t.oldest}
	ctx, cancel := p.m.processContext()
	defer cancel()
	err = observed(&p.m.opts.Observer, b.info(), func() error { return p.m.opts.Process(ctx, b) })
	return true
}

// settle accounts for a batch of which Process returned err.
func (p *mapPartition[K, V]) settle(weight Weight, err error) {
	back, partly, err := takeBack[K, V](err, weight.Items)
	p.errs = append(p.errs, err)
	weight = weight.minus(weightOf(back))
	p.mu.Lock()
	p.count.inFlight = p.count.inFlight.minus(weight)
	if err == nil || partly {
		p.count.processed = p.count.processed.plus(weight)
	} else {
		p.count.failed = p.count.failed.plus(weight)
	}
	p.mu.Unlock()
	p.m.member.release(weight)
	p.giveBack(back)
}

func (p *mapPartition[K, V]) finish() {
	t := p.current
	p.mu.Lock()
	p.current = nil
	p.backlog.Add(-1)
	done, lost := t.done, p.lost
	p.next = 0
	p.mu.Unlock()
	done.finish(errors.Join(append(p.errs, lost)...))
	p.errs = nil
	if lost != nil {
		return // whoever dropped the rest of t may still be telling the observer
	}
	p.m.reuse(t.spent)
	t.recycle(!p.m.opts.WholeBuffer)
	p.m.tables.Put(t)
}

// reuse empties an index for its next use. That takes as long as it is large: no lock is held.
func (m *Map[K, V]) reuse(index map[K]slot) {
	if index != nil {
		clear(index)
		m.indexes.Put(index)
	}
}

// fullest, handOver, droppable and dropFrom make a Map a reliever. It never drops.
func (m *Map[K, V]) fullest() (partition, items int) {
	for i, p := range m.parts {
		p.mu.Lock()
		if n := p.waitingLocked().Items; !p.running && p.paused.IsZero() && n > items {
			partition, items = i, n
		}
		p.mu.Unlock()
	}
	return partition, items
}

func (m *Map[K, V]) handOver(partition int) {
	p := m.parts[partition]
	p.mu.Lock()
	start := p.dueLocked(TriggerOverflow)
	p.mu.Unlock()
	p.start(start)
}

func (*Map[K, V]) waiting() (w Weight)               { return w }
func (*Map[K, V]) droppable() (partition, items int) { return 0, 0 }
func (*Map[K, V]) dropFrom(int, Weight)              {}
