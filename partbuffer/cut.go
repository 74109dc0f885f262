// SPDX-License-Identifier: Apache-2.0

package partbuffer

import "context"

// cut takes from item what fits room (unbounded form), at least one indivisible item, however large. Where
// nothing would be left, head is all of it and ok is false.
func (q *Queue[T]) cut(item T, room Weight) (head, tail T, ok bool) {
	if q.opts.Split == nil {
		return item, tail, false
	}
	head, tail, ok = q.opts.Split(item, room.public())
	if !ok {
		head, tail, ok = q.opts.Split(item, Weight{Items: 1})
	}
	if !ok {
		return item, tail, false
	}
	return head, tail, q.opts.Weigh(tail).Items > 0
}

// topUp seals the front buffer of p, which is locked and has no room for item, and adds to it what still fits.
// The cut happens outside the lock: the generation is closed to others by then and the worker waits for it,
// while new writers fill the next one. It returns what is left of item.
func (q *Queue[T]) topUp(p *partition[T], item T, w Weight, req *whole, to int, o *order) (rest T, restWeight Weight, more bool) {
	if q.opts.Split == nil {
		start := p.sealLocked(TriggerSize)
		p.mu.Unlock()
		p.start(start)
		q.leave(p, to)
		return item, w, true
	}
	g, room := p.front, p.roomLocked()
	g.cutting = true
	p.sealLocked(TriggerSize)
	p.mu.Unlock()
	q.leave(p, to)

	var head T
	var hw Weight
	cut := false
	defer func() { // also when Split panics: the worker must not wait for ever
		p.mu.Lock()
		g.cutting = false
		lost := cut && p.abandoned
		if cut && !lost {
			q.put(g, &head, hw, req)
			p.count.accepted = p.count.accepted.plus(hw)
			p.count.waiting = p.count.waiting.plus(hw)
			o.result.placedLocked(g)
		}
		start := p.wakeLocked()
		p.mu.Unlock()
		p.start(start)
		if lost {
			q.discard(p, head, hw, ErrClosed, o)
		}
	}()
	head, rest, cut = q.opts.Split(item, room.public())
	if !cut {
		return item, w, true
	}
	hw = q.opts.Weigh(head)
	restWeight = q.opts.Weigh(rest)
	p.settle(w, hw.plus(restWeight))
	return rest, restWeight, restWeight.Items > 0
}

// settle is partition.settle for what no partition has yet.
func (q *Queue[T]) settle(before, after Weight) {
	switch change := after.minus(before); {
	case change.Bytes > 0:
		q.member.force(change)
		q.member.group.serve() // what was in the way of those who wait may be another limit now
	case !change.isZero():
		q.member.release(Weight{}.minus(change))
	}
}

// pushPieces admits an item piece by piece where it is larger than everything that may be held at a time. It
// returns what it could not admit.
func (q *Queue[T]) pushPieces(ctx context.Context, item T, w, limit Weight, o *order) (rest Weight, err error) {
	p := q.parts[0]
	p.mu.Lock()
	piece := limit.lower(p.bounds.trigger)
	p.mu.Unlock()
	to := q.partitionOf(&item, o.fixed)
	s := q.quotaOf(to)
	if s != nil {
		piece = piece.lower(s.most())
	}
	for q.opts.Split != nil && !w.within(limit) {
		room := w.lower(piece) // before the cut: what is refused stays whole
		if err := q.admit(ctx, s, room); err != nil {
			return w, err
		}
		head, tail, ok := q.cut(item, piece)
		if !ok {
			s.giveBack(room)
			q.member.release(room)
			item = head
			break
		}
		hw := q.opts.Weigh(head)
		s.add(hw.minus(room))
		q.settle(room, hw)
		q.putIn(head, hw, nil, to, o)
		item, w = tail, q.opts.Weigh(tail)
	}
	if err := q.admit(ctx, s, w); err != nil {
		return w, err
	}
	q.putIn(item, w, nil, to, o)
	return Weight{}, nil
}
