// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"slices"
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
	of  []int
}

func (q *Queue[T]) claimsOf(items []T, weights []Weight, o *order) claims {
	c := claims{all: make([]claim, 0, min(len(items), len(q.parts))), of: make([]int, len(items))}
	for i := range items {
		s := q.quotaOf(q.partitionOf(&items[i], o.fixed))
		n := slices.IndexFunc(c.all, func(other claim) bool { return other.quota == s })
		if n < 0 {
			n = len(c.all)
			c.all = append(c.all, claim{quota: s})
		}
		c.all[n].weight = c.all[n].weight.plus(weights[i])
		c.of[i] = n
	}
	return c
}

// distribute places items that were admitted together and go to several partitions. With Block, those whose
// partition has no room give back what was admitted for them and wait, while the others go. Otherwise it is all
// or nothing.
func (q *Queue[T]) distribute(ctx context.Context, items []T, weights []Weight, o *order) error {
	var total Weight
	for _, w := range weights {
		total = total.plus(w)
	}
	c := q.claimsOf(items, weights, o)
	if q.opts.Overflow != Block {
		if err := q.claim(c.all); err != nil {
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
	placed := make([]bool, len(items))
	for i, item := range items {
		if each := c.all[c.of[i]]; each.taken {
			q.place(item, weights[i], each.quota.partition, o)
			placed[i] = true
		}
	}
	if later.isZero() {
		return nil
	}
	q.member.release(later)
	for i, item := range items {
		if placed[i] {
			continue
		}
		s := c.all[c.of[i]].quota
		if err := q.admit(ctx, s, weights[i]); err != nil {
			q.refused.add(later)
			return partial(items, placed, total, later, err)
		}
		later = later.minus(weights[i])
		q.place(item, weights[i], s.partition, o)
		placed[i] = true
	}
	return nil
}

// claim takes the room of all claims, by the overflow policy, or of none.
func (q *Queue[T]) claim(all []claim) error {
	for i := range all {
		each := &all[i]
		for each.taken = each.quota.take(each.weight); !each.taken; each.taken = each.quota.take(each.weight) {
			if q.opts.Overflow == DropOldest && q.member.makeRoom(each.quota, each.weight, quotaFull) {
				continue
			}
			each.quota.makeWay()
			for _, other := range all[:i] {
				other.quota.giveBack(other.weight)
			}
			return quotaFull.err()
		}
	}
	return nil
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
	if whole == 0 {
		return err
	}
	return &PartialError{Accepted: total.minus(refused), Refused: refused, Whole: whole, Err: err}
}
