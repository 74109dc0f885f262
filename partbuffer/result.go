// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"errors"
	"slices"
)

// Result is what becomes of the items of one or several writes, for a writer who wants to know. It is not safe
// for concurrent use; the zero value is ready for Queue.PushWeighed and Queue.PushFunc. It costs a channel for each
// batch that the items become part of, which all who wait for that batch share.
type Result struct {
	parts  []*completion // of the batches that the items became part of
	wholes []*whole      // the items, where they may be dropped one by one
}

// Wait returns when every batch that the items became part of has been processed or given up, with the errors of
// those that failed, one for each batch. Items that gave way to newer ones add ErrDropped. Where ctx ends first, err
// is its cause, and the items are processed nevertheless. Wait may be called again.
func (r *Result) Wait(ctx context.Context) (failures []error, err error) {
	for _, c := range r.parts {
		select {
		case <-c.ended:
		default:
			select {
			case <-c.ended:
			case <-ctx.Done():
				return nil, context.Cause(ctx)
			}
		}
		if c.err != nil {
			failures = append(failures, c.err)
		}
	}
	dropped := 0
	for _, w := range r.wholes {
		if w.dropped.Load() {
			dropped++
		}
	}
	switch {
	case dropped == 0:
	case dropped == len(r.wholes): // what became of the batches that it was in is not its business
		return []error{ErrDropped}, nil
	default:
		failures = append(failures, ErrDropped)
	}
	return failures, nil
}

// joined is Wait for those who want a single error.
func (r *Result) joined(ctx context.Context) error {
	failures, err := r.Wait(ctx)
	if err != nil {
		return err
	}
	return errors.Join(failures...)
}

// add adds what another Result is about.
func (r *Result) add(o *Result) {
	if r != nil {
		r.parts = append(r.parts, o.parts...)
		r.wholes = append(r.wholes, o.wholes...)
	}
}

// placedLocked notes the generation that an item went into. Its partition is locked.
func (r *Result) placedLocked(g interface{ completionLocked() *completion }) {
	if r == nil {
		return
	}
	if c := g.completionLocked(); !slices.Contains(r.parts, c) {
		r.parts = append(r.parts, c)
	}
}

// lost notes that an item, or a piece of one, did not become part of any batch.
func (r *Result) lost(reason error) {
	if r == nil {
		return
	}
	c := &completion{ended: make(chan struct{})}
	c.finish(reason)
	r.parts = append(r.parts, c)
}

// whole returns what ties the pieces of an item together from the start, because somebody waits for them.
func (r *Result) whole(overflow Overflow) *whole {
	if r == nil || overflow != DropOldest {
		return nil
	}
	w := &whole{}
	r.wholes = append(r.wholes, w)
	return w
}
