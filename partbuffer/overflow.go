// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"errors"
	"slices"
)

// limit returns the largest weight that can be admitted at once, in unbounded form.
func (m *member) limit() Weight {
	if m.solo {
		return *m.group.limit.Load()
	}
	return *m.group.share.Load()
}

// admit takes room for w, by the overflow policy where there is none.
func (q *Queue[T]) admit(ctx context.Context, s *quota, w Weight) error {
	if q.member.try(s, w) {
		return nil
	}
	switch q.opts.Overflow {
	case Reject:
		v := q.member.tryIn(s, w)
		if v == granted {
			return nil
		}
		q.member.group.serve()
		q.member.makeWay(s, v)
		return v.err()
	case DropOldest:
		for {
			v := q.member.tryIn(s, w)
			if v == granted {
				return nil
			}
			if !q.member.makeRoom(w, v) {
				q.member.group.serve()
				return v.err()
			}
		}
	default:
		return q.member.wait(ctx, q.life.closing, s, w)
	}
}

// makeRoom drops the oldest waiting items of the fullest partition, as many as are in the way of w, and reports
// whether it did. It drops nothing where all that waits is not enough, because too much is in process. Where only
// the member's share is used up, nothing of other members is touched.
func (m *member) makeRoom(w Weight, v verdict) bool {
	limit, held := *m.group.limit.Load(), m.group.held.load()
	var c candidate
	var waiting Weight
	switch v {
	case shareFull:
		limit, held = *m.group.share.Load(), m.held.load()
		c.source, waiting = m.source, m.source.waiting()
		var items int
		if c.partition, items = m.source.droppable(); items == 0 {
			return false // what waits is being cut
		}
	default:
		c, waiting = m.group.pickDroppable()
	}
	inProcess := held.minus(waiting)
	if waiting.isZero() || !w.plus(inProcess).within(limit) && inProcess.Items > 0 {
		return false
	}
	c.source.dropFrom(c.partition, w.plus(held).above(limit))
	return true
}

// pickDroppable chooses the partition in which most waits, and says how much waits in all of them.
func (g *Group) pickDroppable() (c candidate, waiting Weight) {
	g.mu.Lock()
	members := slices.Clone(g.members)
	g.mu.Unlock()
	most := 0
	for _, m := range members {
		if m.load().isZero() { // most of many members
			continue
		}
		waiting = waiting.plus(m.source.waiting())
		if p, items := m.source.droppable(); items > most {
			c, most = candidate{m.source, p}, items
		}
	}
	if most == 0 {
		return c, Weight{}
	}
	return c, waiting
}

func (q *Queue[T]) waiting() (w Weight) {
	if q.opts.Overflow != DropOldest {
		return w
	}
	for _, p := range q.parts {
		p.mu.Lock()
		w = w.plus(p.waitingLocked())
		p.mu.Unlock()
	}
	return w
}

func (q *Queue[T]) fullest() (partition, items int) {
	for i, p := range q.parts {
		p.mu.Lock()
		if p.front != nil && !p.running && p.front.weight.Items > items {
			partition, items = i, p.front.weight.Items
		}
		p.mu.Unlock()
	}
	return partition, items
}

func (q *Queue[T]) handOver(partition int) {
	p := q.parts[partition]
	p.mu.Lock()
	start := !p.running && p.dueLocked(TriggerOverflow)
	p.mu.Unlock()
	p.start(start)
}

func (q *Queue[T]) droppable() (partition, items int) {
	if q.opts.Overflow != DropOldest {
		return 0, 0
	}
	for i, p := range q.parts {
		p.mu.Lock()
		if waiting := p.waitingLocked().Items; waiting > items && p.oldestLocked() != nil {
			partition, items = i, waiting
		}
		p.mu.Unlock()
	}
	return partition, items
}

// dropFrom drops whole requests, oldest first, until need is freed or nothing waits in the partition. It always
// drops at least one, where there is one.
func (q *Queue[T]) dropFrom(partition int, need Weight) {
	p := q.parts[partition]
	var gone []T
	var freed Weight
	var emptied []*generation[T]
	p.mu.Lock()
	for !need.within(freed) || freed.isZero() {
		g := p.oldestLocked()
		if g == nil {
			break
		}
		for len(g.items) > 0 && (!need.within(freed) || freed.isZero()) {
			r := g.requests[0]
			if r.whole != nil {
				r.whole.dropped.Store(true)
			}
			gone = append(gone, g.items[0])
			freed = freed.plus(r.weight)
			var none T
			g.items[0], g.requests[0] = none, request{}
			g.items, g.requests = g.items[1:], g.requests[1:]
			g.weight = g.weight.minus(r.weight)
			if g != p.front {
				p.count.waiting = p.count.waiting.minus(r.weight)
				p.count.accepted = p.count.accepted.minus(r.weight)
			}
		}
		if len(g.items) == 0 {
			emptied = append(emptied, p.removeOldestLocked())
		}
	}
	p.count.accepted = p.count.accepted.plus(freed)
	p.count.dropped = p.count.dropped.plus(freed)
	p.mu.Unlock()

	for _, g := range emptied {
		g.done.finish(nil) // those who wait for a result know of their items
	}
	q.opts.Observer.dropped(gone, freed, ErrDropped)
	p.release(freed)
}

// oldestLocked returns the generation with the oldest waiting items, unless a writer is adding to it just now.
func (p *partition[T]) oldestLocked() *generation[T] {
	if g := p.sealed.first; g != nil {
		if g.cutting {
			return nil
		}
		return g
	}
	return p.front
}

func (p *partition[T]) removeOldestLocked() *generation[T] {
	if p.sealed.first != nil {
		p.backlog.Add(-1)
		return p.sealed.pop()
	}
	g := p.front
	p.front = nil
	p.takenLocked()
	return g
}

// discard accounts for an admitted item that no buffer takes any more.
func (q *Queue[T]) discard(p *partition[T], item T, w Weight, reason error, o *order) {
	p.mu.Lock()
	p.count.accepted = p.count.accepted.plus(w)
	p.count.dropped = p.count.dropped.plus(w)
	p.mu.Unlock()
	q.opts.Observer.dropped([]T{item}, w, reason)
	p.release(w)
	if !errors.Is(reason, ErrDropped) { // which is known of the whole item
		o.result.lost(reason)
	}
}
