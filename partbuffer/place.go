// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
)

// order is what a write asks for beyond its items.
type order struct {
	fixed  int     // the partition, whatever Route says, or -1
	result *Result // nil = nobody wants to know
}

// PushFunc is Push of the items that items returns, for a caller that has to take something apart to make them
// which must stay whole where it is refused. It admits weight first and calls items once it has. Only where weight
// exceeds the whole capacity the items are made first and admitted one after the other. They must weigh as many
// Items as was admitted; their Bytes may differ. What becomes of them is added to result, unless that is nil. Where
// Route sends them to partitions that have no room it fails after items was called: with Reject as a whole, with Block
// as Push does. items must not panic.
func (q *Queue[T]) PushFunc(ctx context.Context, weight Weight, items func() []T, result *Result) error {
	if !q.running() {
		return ErrNotRunning
	}
	if !q.life.enter() {
		q.refused.add(weight)
		return ErrClosed
	}
	defer q.life.end()
	o := &order{fixed: -1, result: result}
	if !weight.within(q.largest()) && q.opts.Overflow == Block {
		return q.pushInside(ctx, items(), o)
	}
	if err := q.admit(ctx, nil, weight); err != nil {
		q.refused.add(weight)
		return err
	}
	made := items()
	var space [few]Weight
	weights, total := q.weigh(space[:0], made)
	q.settle(weight, total)
	return q.placeAll(ctx, made, weights, o)
}

// push is a write in as many steps as it takes. Once it was let in, Shutdown waits for it.
func (q *Queue[T]) push(ctx context.Context, items []T, o *order) error {
	if !q.life.enter() {
		for _, item := range items {
			q.refused.add(q.opts.Weigh(item))
		}
		return ErrClosed
	}
	defer q.life.end()
	return q.pushInside(ctx, items, o)
}

func (q *Queue[T]) pushInside(ctx context.Context, items []T, o *order) error {
	if len(items) == 0 {
		return nil
	}
	var space [few]Weight
	weights, total := q.weigh(space[:0], items)
	limit := q.largest()
	if total.within(limit) || q.opts.Overflow != Block {
		var s *quota
		if len(items) == 1 {
			o.fixed = q.partitionOf(&items[0], o.fixed)
			s = q.quotaOf(o.fixed)
		}
		if err := q.admit(ctx, s, total); err != nil {
			q.refused.add(total)
			return err
		}
		if s != nil {
			q.place(items[0], total, o.fixed, o)
			return nil
		}
		return q.placeAll(ctx, items, weights, o)
	}
	if q.quotas != nil {
		return q.apart(ctx, items, weights, q.claimsOf(claims{}, items, weights, o), o)
	}
	left := total
	for i, item := range items {
		rest, err := q.pushPieces(ctx, item, weights[i], limit, o)
		left = left.minus(weights[i])
		if err != nil {
			left = left.plus(rest)
			q.refused.add(left)
			if left.Items == total.Items {
				return err
			}
			return &PartialError{Accepted: total.minus(left), Refused: left, Whole: i, Err: err}
		}
	}
	return nil
}

func (q *Queue[T]) weigh(weights []Weight, items []T) (_ []Weight, total Weight) {
	for _, item := range items {
		w := q.opts.Weigh(item)
		weights = append(weights, w)
		total = total.plus(w)
	}
	return weights, total
}

// placeAll places items that were admitted together.
func (q *Queue[T]) placeAll(ctx context.Context, items []T, weights []Weight, o *order) error {
	if q.quotas != nil {
		return q.distribute(ctx, items, weights, o)
	}
	for i, item := range items {
		q.place(item, weights[i], q.partitionOf(&item, o.fixed), o)
	}
	return nil
}

func (q *Queue[T]) newWhole() *whole {
	if q.opts.Overflow != DropOldest {
		return nil
	}
	return &whole{}
}

// place puts an admitted item into one or several buffers of a partition, or where that is -1, of the one of the load.
func (q *Queue[T]) place(item T, w Weight, to int, o *order) {
	q.putIn(item, w, o.result.whole(q.opts.Overflow), to, o)
}

// putIn is place for an item of which req may tie pieces together that are placed one by one.
func (q *Queue[T]) putIn(item T, w Weight, req *whole, to int, o *order) {
	for {
		if req != nil && req.dropped.Load() {
			q.discard(q.parts[max(0, to)], item, w, ErrDropped, o)
			return
		}
		p := q.lockFor(to)
		adaptive := to < 0
		b := p.bounds
		passes := adaptive && !b.immediate && w.reaches(b.trigger)
		switch {
		case p.abandoned:
			p.mu.Unlock()
			q.discard(p, item, w, ErrClosed, o)
			return
		case !passes && p.takesLocked(w):
			start, sealed := p.appendLocked(&item, w, req)
			if sealed {
				o.result.placedLocked(p.sealed.last)
			} else {
				o.result.placedLocked(p.front)
			}
			p.mu.Unlock()
			p.start(start)
			if sealed && adaptive {
				q.moveOn(p.index)
			}
			return
		case passes && w.within(b.max):
			p.mu.Unlock()
			q.placeWhole(item, w, req, to, o)
			return
		case !passes && p.front != nil:
			if req == nil {
				req = q.newWhole()
			}
			var more bool
			if item, w, more = q.topUp(p, item, w, req, to, o); !more {
				return
			}
		default: // more than one batch
			p.mu.Unlock()
			if req == nil {
				req = q.newWhole()
			}
			head, tail, ok := q.cut(item, b.max)
			if !ok {
				q.placeWhole(head, w, req, to, o)
				return
			}
			hw, tw := q.opts.Weigh(head), q.opts.Weigh(tail)
			p.settle(w, hw.plus(tw))
			q.putIn(head, hw, req, to, o)
			item, w = tail, tw
		}
	}
}

// placeWhole makes an item a batch of its own. Where order is promised it goes behind what its partition has.
func (q *Queue[T]) placeWhole(item T, w Weight, req *whole, to int, o *order) {
	var p *partition[T]
	var sealed bool
	if to < 0 {
		p = q.lockIdle()
	} else {
		p = q.lockFor(to)
		if p.front != nil {
			sealed = p.sealLocked(TriggerSize)
		}
	}
	if p.abandoned {
		p.mu.Unlock()
		q.discard(p, item, w, ErrClosed, o)
		return
	}
	start := p.appendWholeLocked(&item, w, req) || sealed
	o.result.placedLocked(p.sealed.last)
	p.mu.Unlock()
	p.start(start)
}

func (q *Queue[T]) leave(p *partition[T], to int) {
	if to < 0 {
		q.moveOn(p.index)
	}
}
