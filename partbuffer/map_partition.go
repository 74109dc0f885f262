// SPDX-License-Identifier: Apache-2.0

package partbuffer

// mapPartition is one pair of buffers of a Map: front is being filled, current is being processed.
type mapPartition[K comparable, V any] struct {
	cycle
	m      *Map[K, V]
	number int

	// Guarded by cycle.mu.
	bounds     bounds
	front      *table[K, V] // nil = empty
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

// putLocked adds e, and reports whether it is in the buffer now. Where the key is new and there is no room for
// it, full is true and nothing happened; admitted says that the caller has room already and wants it used.
func (p *mapPartition[K, V]) putLocked(e Entry[K, V], r rule, admitted bool) (stored, used, full bool) {
	if p.front != nil {
		if i, ok := p.front.index[e.Key]; ok {
			p.count.accepted.Items++
			p.superseded++
			return p.front.update(i, e, r), false, false
		}
	}
	if !admitted && !p.m.member.try(Weight{Items: 1}) {
		return false, false, true
	}
	if p.front == nil {
		p.front = p.m.tables.Get().(*table[K, V])
		p.openLocked()
	}
	p.front.insert(e)
	p.count.accepted.Items++
	return true, true, false
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

func (p *mapPartition[K, V]) deleteLocked(key K) bool {
	if p.front == nil {
		return false
	}
	i, ok := p.front.index[key]
	if !ok {
		return false
	}
	p.front.remove(i)
	p.superseded++
	if len(p.front.entries) == 0 {
		t := p.dropFrontLocked()
		t.done.finish(nil)
		t.recycle(true)
		p.m.tables.Put(t)
	}
	return true
}

func (p *mapPartition[K, V]) dropFrontLocked() *table[K, V] {
	t := p.front
	p.front = nil
	p.takenLocked()
	return t
}

// nextLocked swaps the front buffer out if it is due.
func (p *mapPartition[K, V]) nextLocked() *table[K, V] {
	if p.front != nil && p.due == TriggerNone && p.m.member.pressed() {
		p.due = TriggerOverflow
	}
	if p.front == nil || p.due == TriggerNone {
		return nil
	}
	trigger, oldest := p.due, p.opened
	t := p.dropFrontLocked()
	t.trigger, t.oldest = trigger, oldest
	p.count.inFlight.Items += len(t.entries)
	p.current = t
	p.backlog.Add(1)
	return t
}

func (p *mapPartition[K, V]) waitingLocked() int {
	if p.front == nil {
		return 0
	}
	return len(p.front.entries)
}

func (p *mapPartition[K, V]) stats() MapStats {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.count
	return MapStats{
		Stats: Stats{
			Accepted: c.accepted, Waiting: Weight{Items: p.waitingLocked()}, InFlight: c.inFlight,
			Processed: c.processed, Failed: c.failed, Dropped: c.dropped,
		},
		Superseded: p.superseded,
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
		p.count.inFlight.Items -= len(left)
	}
	if p.front != nil {
		t := p.dropFrontLocked()
		left, done = append(left, t.entries...), t.done
	}
	dropped.Items = len(left)
	p.count.dropped = p.count.dropped.plus(dropped)
	inFlight = p.count.inFlight
	p.mu.Unlock()
	p.m.opts.Observer.dropped(left, dropped, cause)
	p.m.member.release(dropped)
	done.finish(cause)
	return dropped, inFlight
}
