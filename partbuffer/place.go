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
// Items as was admitted; their Bytes may differ. What becomes of them is added to result, unless that is nil.
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
	if !weight.within(q.member.limit()) && q.opts.Overflow == Block {
		return q.pushInside(ctx, items(), o)
	}
	if err := q.admit(ctx, weight); err != nil {
		q.refused.add(weight)
		return err
	}
	made := items()
	var total Weight
	for _, item := range made {
		total = total.plus(q.opts.Weigh(item))
	}
	q.settle(weight, total)
	for _, item := range made {
		q.place(item, q.opts.Weigh(item), o.result.whole(q.opts.Overflow), o)
	}
	return nil
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
	var few [16]Weight
	weights := few[:0]
	var total Weight
	for _, item := range items {
		w := q.opts.Weigh(item)
		weights = append(weights, w)
		total = total.plus(w)
	}

	limit := q.member.limit()
	if total.within(limit) || q.opts.Overflow != Block {
		if err := q.admit(ctx, total); err != nil {
			q.refused.add(total)
			return err
		}
		for i, item := range items {
			q.place(item, weights[i], o.result.whole(q.opts.Overflow), o)
		}
		return nil
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

// pushPieces admits an item piece by piece where it is larger than everything that may be held at a time. It
// returns what it could not admit.
func (q *Queue[T]) pushPieces(ctx context.Context, item T, w, limit Weight, o *order) (rest Weight, err error) {
	p := q.parts[0]
	p.mu.Lock()
	piece := limit.lower(p.bounds.trigger)
	p.mu.Unlock()
	for q.opts.Split != nil && !w.within(limit) {
		head, tail, ok := q.cut(item, piece)
		if !ok {
			item = head
			break
		}
		hw := q.opts.Weigh(head)
		if err := q.admit(ctx, hw); err != nil {
			return w, err
		}
		q.place(head, hw, nil, o)
		item, w = tail, q.opts.Weigh(tail)
	}
	if err := q.admit(ctx, w); err != nil {
		return w, err
	}
	q.place(item, w, nil, o)
	return Weight{}, nil
}

func (q *Queue[T]) newWhole() *whole {
	if q.opts.Overflow != DropOldest {
		return nil
	}
	return &whole{}
}

// place puts an admitted item into one or several buffers.
func (q *Queue[T]) place(item T, w Weight, req *whole, o *order) {
	for {
		if req != nil && req.dropped.Load() {
			q.discard(q.parts[0], item, w, ErrDropped, o)
			return
		}
		p := q.lockFor(q.partitionOf(&item, o.fixed))
		adaptive := q.adaptive && o.fixed < 0
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
			q.placeWhole(item, w, req, o)
			return
		case !passes && p.front != nil:
			if req == nil {
				req = q.newWhole()
			}
			var more bool
			if item, w, more = q.topUp(p, item, w, req, o); !more {
				return
			}
		default: // more than one batch
			p.mu.Unlock()
			if req == nil {
				req = q.newWhole()
			}
			head, tail, ok := q.cut(item, b.max)
			if !ok {
				q.placeWhole(head, w, req, o)
				return
			}
			hw, tw := q.opts.Weigh(head), q.opts.Weigh(tail)
			q.settle(w, hw.plus(tw))
			q.place(head, hw, req, o)
			item, w = tail, tw
		}
	}
}

// placeWhole makes an item a batch of its own. Where order is promised it goes behind what its partition has.
func (q *Queue[T]) placeWhole(item T, w Weight, req *whole, o *order) {
	var p *partition[T]
	var sealed bool
	if q.adaptive && o.fixed < 0 {
		p = q.lockIdle()
	} else {
		p = q.lockFor(q.partitionOf(&item, o.fixed))
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

func (q *Queue[T]) leave(p *partition[T], o *order) {
	if q.adaptive && o.fixed < 0 {
		q.moveOn(p.index)
	}
}
