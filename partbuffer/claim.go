// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"slices"
	"sync"
)

// claim is what one write wants of one partition.
type claim struct {
	quota  *quota
	weight Weight
	taken  bool
}

// claims are those of one write, and which of them each of its items belongs to.
type claims struct {
	all []claim
	of  []int32
}

// few is how many items a write may have for its claims to need no allocation.
const few = 16

// claimsOf appends to c, which is empty and may have room for a few.
func (q *Queue[T]) claimsOf(c claims, items []T, weights []Weight, o *order) claims {
	var at []int32 // by partition, one more than the place of its claim
	if len(items) > few {
		at = make([]int32, len(q.parts))
	}
	for i := range items {
		s := q.quotaOf(q.partitionOf(&items[i], o.fixed))
		var n int
		if at != nil {
			n = int(at[s.partition]) - 1
		} else {
			n = slices.IndexFunc(c.all, func(other claim) bool { return other.quota == s })
		}
		if n < 0 {
			n = len(c.all)
			c.all = append(c.all, claim{quota: s})
			if at != nil {
				at[s.partition] = int32(n) + 1
			}
		}
		c.all[n].weight = c.all[n].weight.plus(weights[i])
		c.of = append(c.of, int32(n))
	}
	return c
}

// distribute places items that were admitted together and go to several partitions. With Block, those whose
// partition has no room give back what was admitted for them and wait, while the others go. With Reject it is all or
// nothing.
func (q *Queue[T]) distribute(ctx context.Context, items []T, weights []Weight, o *order) error {
	if len(items) == 1 { // most are
		to := q.partitionOf(&items[0], o.fixed)
		if s := q.quotaOf(to); (q.opts.Overflow != Block || !s.pressed()) && s.take(weights[0]) {
			q.member.group.grant()
			q.place(items[0], weights[0], to, o)
			return nil
		}
	}
	var all [few]claim
	var of [few]int32
	c := q.claimsOf(claims{all[:0], of[:0]}, items, weights, o)
	if q.opts.Overflow != Block {
		if err := q.claim(c.all); err != nil {
			var total Weight
			for _, w := range weights {
				total = total.plus(w)
			}
			q.member.release(total)
			q.refused.add(total)
			return err
		}
	}
	var later Weight
	for i := range c.all {
		if each := &c.all[i]; !each.taken {
			if each.taken = !each.quota.pressed() && each.quota.take(each.weight); !each.taken {
				later = later.plus(each.weight)
			}
		}
	}
	// A writer that looked while this one had its room and not yet its quotas, saw another limit in its way than there is.
	q.member.group.grant()
	for i, item := range items {
		if each := &c.all[c.of[i]]; each.taken {
			q.place(item, weights[i], each.quota.partition, o)
		}
	}
	if later.isZero() {
		return nil
	}
	q.member.release(later)
	return q.apart(ctx, items, weights, claims{slices.Clone(c.all), slices.Clone(c.of)}, o)
}

// claim takes the quotas of all claims, or none.
func (q *Queue[T]) claim(all []claim) error {
	for i := range all {
		each := &all[i]
		if each.taken = each.quota.take(each.weight); each.taken {
			continue
		}
		each.quota.makeWay()
		for _, other := range all[:i] {
			other.quota.giveBack(other.weight)
		}
		return quotaFull.err()
	}
	return nil
}

// apart admits and places the items whose claim was not met, those of a partition in order and beside those of the
// others: one that has no room holds up nothing but its own.
//
// Its goroutines have copies, so that the slices of a write that does not wait need no memory of their own.
func (q *Queue[T]) apart(ctx context.Context, written []T, weighed []Weight, c claims, o *order) error {
	limit, items, weights := q.largest(), slices.Clone(written), slices.Clone(weighed)
	fixed, waits := o.fixed, o.result != nil
	ends := make([]apartEnd, len(c.all))
	placed := make([]bool, len(items))
	push := func(n int32) {
		end := &ends[n]
		own := order{fixed: fixed}
		if waits {
			own.result = &end.result
		}
		for i, item := range items {
			switch {
			case c.of[i] != n:
			case end.err != nil:
				end.refused = end.refused.plus(weights[i])
			default:
				end.refused, end.err = q.pushPieces(ctx, item, weights[i], limit, &own)
				placed[i] = end.err == nil
			}
		}
	}
	var wg sync.WaitGroup
	mine := int32(-1)
	for n := range c.all {
		switch n := int32(n); {
		case c.all[n].taken:
		case mine < 0:
			mine = n
		default:
			wg.Go(func() { push(n) })
		}
	}
	push(mine)
	wg.Wait()

	var total, refused Weight
	var err error
	for i, w := range weights {
		total = total.plus(w)
		placed[i] = placed[i] || c.all[c.of[i]].taken
	}
	for _, end := range ends {
		o.result.add(&end.result)
		refused = refused.plus(end.refused)
		if err == nil {
			err = end.err
		}
	}
	if err == nil {
		return nil
	}
	q.refused.add(refused)
	return partial(written, placed, total, refused, err)
}

// apartEnd is what became of the items of one claim.
type apartEnd struct {
	result  Result
	refused Weight
	err     error
}

// partial makes the error of a write of which some items were placed, and brings those to the front.
func partial[T any](items []T, placed []bool, total, refused Weight, err error) error {
	var rest []T
	whole := 0
	for i, item := range items {
		if !placed[i] {
			rest = append(rest, item)
			continue
		}
		items[whole] = item
		whole++
	}
	copy(items[whole:], rest)
	if refused.Items == total.Items {
		return err
	}
	return &PartialError{Accepted: total.minus(refused), Refused: refused, Whole: whole, Err: err}
}
