// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"math"
	"time"
)

// bounds are Limits in the form that the hot path compares with: a dimension without a limit is the largest int.
type bounds struct {
	immediate bool
	trigger   Weight
	max       Weight
}

func boundsOf(l Limits) bounds {
	b := bounds{immediate: l.Interval == 0, trigger: l.Trigger.unbounded(), max: l.MaxBatch.unbounded()}
	// A buffer at its cap can take nothing more: the cap is a trigger as well.
	b.trigger = b.trigger.lower(b.max)
	return b
}

// partition is one pair of buffers of a Queue: front is being filled, current is being processed. Buffers that
// are full while the worker is busy wait in sealed, bounded by the group's capacity.
type partition[T any] struct {
	cycle
	queue *Queue[T]
	index int
	quota *quota // nil where the load decides what goes here

	// Guarded by cycle.mu.
	bounds  bounds
	front   *generation[T] // nil = empty
	sealed  backlog[T]
	current *generation[T]
	count   counts

	_ [64]byte // keeps the next partition's lock off this one's cache lines
}

// counts are a partition's terms of the accounting identity, without what front holds.
type counts struct {
	accepted  Weight
	waiting   Weight // sealed
	inFlight  Weight
	processed Weight
	failed    Weight
	dropped   Weight
}

// takesLocked reports whether an item of weight w can be appended as it is.
func (p *partition[T]) takesLocked(w Weight) bool {
	if p.front == nil {
		return w.within(p.bounds.max)
	}
	return p.front.weight.plus(w).within(p.bounds.max)
}

// roomLocked returns what front can still take.
func (p *partition[T]) roomLocked() Weight {
	room := p.bounds.max
	if room.Items != math.MaxInt {
		room.Items -= p.front.weight.Items
	}
	if room.Bytes != math.MaxInt {
		room.Bytes -= p.front.weight.Bytes
	}
	return room
}

// appendLocked puts an item into front, and seals that where it reaches the trigger.
func (p *partition[T]) appendLocked(item *T, w Weight, req *whole) (start, sealed bool) {
	if p.bounds.immediate {
		if p.front != nil { // from before the interval was changed to 0
			start = p.sealLocked(TriggerTimeout)
		}
		return p.appendWholeLocked(item, w, req) || start, true
	}
	trigger := TriggerSize
	if p.front == nil {
		p.front = p.queue.newGeneration()
		p.openLocked()
		if w.reaches(p.bounds.trigger) {
			trigger = TriggerPassThrough
		}
	}
	p.queue.put(p.front, item, w, req)
	if p.front.weight.reaches(p.bounds.trigger) {
		return p.sealLocked(trigger), true
	}
	if !p.running && p.pressed() {
		return p.dueLocked(TriggerOverflow), false
	}
	if p.due != TriggerNone {
		return p.wakeLocked(), false
	}
	return false, false
}

// appendWholeLocked makes an item a batch of its own, behind those that wait already.
func (p *partition[T]) appendWholeLocked(item *T, w Weight, req *whole) (start bool) {
	g := p.queue.newGeneration()
	p.queue.put(g, item, w, req)
	g.oldest = time.Now()
	g.trigger = TriggerPassThrough
	return p.queueLocked(g)
}

// sealLocked ends the filling of front.
func (p *partition[T]) sealLocked(t Trigger) (start bool) {
	g := p.front
	g.trigger = t
	g.oldest = p.opened
	p.queue.filled.Store(int32(len(g.items)))
	p.front = nil
	p.takenLocked()
	return p.queueLocked(g)
}

func (p *partition[T]) queueLocked(g *generation[T]) (start bool) {
	p.count.accepted = p.count.accepted.plus(g.weight)
	p.count.waiting = p.count.waiting.plus(g.weight)
	p.sealed.push(g)
	p.backlog.Add(1)
	if g.cutting {
		return false // the writer that cuts wakes the worker
	}
	return p.wakeLocked()
}

// nextLocked takes the generation that is to be processed next, or nil where there is none yet.
func (p *partition[T]) nextLocked() *generation[T] {
	if p.sealed.first == nil && p.front != nil {
		if p.due == TriggerNone && p.pressed() {
			p.due = TriggerOverflow
		}
		if t := p.due; t != TriggerNone {
			p.sealLocked(t)
		}
	}
	if p.sealed.first == nil || p.sealed.first.cutting {
		return nil
	}
	g := p.sealed.pop()
	p.count.waiting = p.count.waiting.minus(g.weight)
	p.count.inFlight = p.count.inFlight.plus(g.weight)
	p.current = g
	return g
}

// doneLocked accounts for the generation that was processed.
func (p *partition[T]) doneLocked(g *generation[T], err error) *completion {
	p.current = nil
	p.backlog.Add(-1)
	p.count.inFlight = p.count.inFlight.minus(g.weight)
	if err != nil {
		p.count.failed = p.count.failed.plus(g.weight)
	} else {
		p.count.processed = p.count.processed.plus(g.weight)
	}
	return g.done
}

func (p *partition[T]) waitingLocked() Weight {
	if p.front == nil {
		return p.count.waiting
	}
	return p.count.waiting.plus(p.front.weight)
}

// stats returns the partition's terms, front included.
func (p *partition[T]) stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.count
	if p.front != nil {
		c.accepted = c.accepted.plus(p.front.weight)
	}
	return Stats{
		Accepted: c.accepted, Waiting: p.waitingLocked(), InFlight: c.inFlight,
		Processed: c.processed, Failed: c.failed, Dropped: c.dropped,
	}
}
