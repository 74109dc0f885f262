// SPDX-License-Identifier: Apache-2.0

package partbuffer

import "time"

// mapPartition is one pair of buffers of a Map: front is being filled, current is being processed.
type mapPartition[K comparable, V any] struct {
	cycle
	m      *Map[K, V]
	number int

	// Guarded by cycle.mu.
	bounds     bounds
	front      *table[K, V] // nil = empty
	memory     memory[K]
	current    *table[K, V]
	count      counts
	superseded int
	next       int   // how many entries of current were handed to Process, or dropped
	lost       error // why the rest of current was dropped

	errs []error // the results of current's batches; only the worker touches it

	_ [64]byte // keeps the next partition's lock off this one's cache lines
}

// mapBoundsOf differs from boundsOf in that a table larger than a batch becomes several: the cap is no trigger.
func mapBoundsOf(l Limits) bounds {
	return bounds{trigger: l.Trigger.unbounded(), max: l.MaxBatch.unbounded()}
}

// nudgeLocked starts the worker where what was put makes the buffer due.
func (p *mapPartition[K, V]) nudgeLocked() (start bool) {
	switch {
	case p.front == nil:
		return false
	case len(p.front.entries) >= p.bounds.trigger.Items:
		return p.dueLocked(TriggerSize)
	case !p.running && p.m.member.pressed():
		return p.dueLocked(TriggerOverflow)
	case p.due != TriggerNone:
		return p.wakeLocked()
	}
	return false
}

// deleteLocked removes a key, and returns the room that it had and whether it was in the buffer.
func (p *mapPartition[K, V]) deleteLocked(key K) (free Weight, deleted bool) {
	i, ok := p.memory.live(key)
	p.memory.forget(key)
	if !ok {
		return Weight{}, false
	}
	free = p.front.entries[i].weight()
	if p.front.remove(i) {
		moved := &p.front.entries[i]
		p.memory.update(moved.Key, moved.Version, i)
	}
	p.superseded++
	if len(p.front.entries) == 0 {
		t := p.dropFrontLocked()
		t.done.finish(nil)
		t.recycle(true)
		p.m.tables.Put(t)
	}
	return free, true
}

func (p *mapPartition[K, V]) dropFrontLocked() *table[K, V] {
	t := p.front
	p.front = nil
	p.takenLocked()
	return t
}

// nextLocked swaps the front buffer out if it is due.
func (p *mapPartition[K, V]) nextLocked() *table[K, V] {
	if p.front != nil && p.due == TriggerNone && p.paused.IsZero() && p.m.member.pressed() {
		p.due = TriggerOverflow
	}
	if p.front == nil || p.due == TriggerNone {
		return nil
	}
	trigger, oldest := p.due, p.opened
	t := p.dropFrontLocked()
	t.trigger, t.oldest = trigger, oldest
	t.spent = p.memory.handOver(time.Since(p.m.born), p.m.rememberedMost())
	p.count.inFlight = p.count.inFlight.plus(t.weight())
	p.current = t
	p.backlog.Add(1)
	return t
}

// rememberedMost returns how many keys one of a partition's two windows remembers: its part of the capacity, of which
// the members of a group have one each.
func (m *Map[K, V]) rememberedMost() int {
	return max(1, m.member.group.limit.Load().Items/m.member.group.size()/len(m.parts))
}

func (p *mapPartition[K, V]) waitingLocked() Weight {
	if p.front == nil {
		return Weight{}
	}
	return p.front.weight()
}

func (p *mapPartition[K, V]) stats() MapStats {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.count
	remembered := 0
	if p.memory.keep > 0 {
		remembered = p.memory.remembered(p.waitingLocked().Items)
	}
	return MapStats{
		Stats: Stats{
			Accepted: c.accepted, Waiting: p.waitingLocked(), InFlight: c.inFlight,
			Processed: c.processed, Failed: c.failed, Dropped: c.dropped,
		},
		Superseded: p.superseded,
		Remembered: remembered,
	}
}

func (p *mapPartition[K, V]) flush() (waits []*completion) {
	p.mu.Lock()
	for _, t := range []*table[K, V]{p.current, p.front} {
		if t != nil {
			waits = append(waits, t.completionLocked())
		}
	}
	start := p.dueLocked(TriggerFlush)
	p.mu.Unlock()
	p.start(start)
	return waits
}

func (p *mapPartition[K, V]) close() {
	p.mu.Lock()
	start := p.closeLocked()
	p.mu.Unlock()
	p.start(start)
}

func (p *mapPartition[K, V]) abandon(cause error) (dropped, inFlight Weight) {
	var left []Entry[K, V]
	var done *completion
	p.mu.Lock()
	p.abandoned, p.closed = true, true
	if t := p.current; t != nil && p.next < len(t.entries) {
		left = t.entries[p.next:len(t.entries):len(t.entries)]
		p.next, p.lost = len(t.entries), cause
		dropped = weightOf(left)
		p.count.inFlight = p.count.inFlight.minus(dropped)
	}
	if p.front != nil {
		t := p.dropFrontLocked()
		dropped = dropped.plus(t.weight())
		left, done = append(left, t.entries...), t.done
	}
	p.memory.index, p.memory.previous = nil, nil
	p.count.dropped = p.count.dropped.plus(dropped)
	inFlight = p.count.inFlight
	p.mu.Unlock()
	p.m.opts.Observer.dropped(left, dropped, cause)
	p.m.member.release(dropped)
	done.finish(cause)
	return dropped, inFlight
}
