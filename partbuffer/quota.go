// SPDX-License-Identifier: Apache-2.0

package partbuffer

import "sync/atomic"

// quota is the account of one partition in its queue, where Route decides what goes there: of what the queue may
// hold, it may take half, waiting and in process, so that a partition whose Process call hangs leaves room for the
// others. Where the load decides, writers avoid such a partition by themselves, and with DropOldest it is the one that
// loses what waits: there are no quotas. A nil quota always has room.
type quota struct {
	member     *member
	partition  int
	overshoots bool // one write may exceed it, because nobody waits until it does not
	held       gauge
	queued     atomic.Int32 // writers that wait for room in this quota, and for nothing else
	full       uint64       // the pass of the group in which it was last found used up, guarded by Group.mu
}

// most is what the quota may hold, in unbounded form.
func (s *quota) most() Weight { return s.member.limit().half() }

// pressed reports whether writers wait for room in the quota.
func (s *quota) pressed() bool { return s != nil && s.queued.Load() != 0 }

// take takes room for w. What is larger than the quota is let in once nothing else is held, or with overshoots, while
// the quota is not used up: among smaller ones it would be refused for ever.
func (s *quota) take(w Weight) bool {
	if s == nil {
		return true
	}
	most := s.most()
	if s.held.addWithin(w, &most) {
		return true
	}
	if w.within(most) {
		return false
	}
	for held := s.held.items.Load(); held == 0 || s.overshoots && held < int64(most.Items); held = s.held.items.Load() {
		if s.held.bytes.Load() >= int64(most.Bytes) {
			return false
		}
		if s.held.items.CompareAndSwap(held, held+int64(w.Items)) {
			s.held.bytes.Add(int64(w.Bytes))
			return true
		}
	}
	return false
}

// add changes what is held without regard to the share. Who gives back room must call Group.serve, as member.release
// does.
func (s *quota) add(w Weight) {
	if s != nil {
		s.held.add(w)
	}
}

func (s *quota) giveBack(w Weight) { s.add(Weight{}.minus(w)) }

// makeWay hands over what waits in the quota's partition, unless that is at work: its worker looks for waiting writers
// itself.
func (s *quota) makeWay() { s.member.source.handOver(s.partition) }

// quotaOf returns the account of a partition, or nil where it has none.
func (q *Queue[T]) quotaOf(partition int) *quota {
	if q.quotas == nil {
		return nil
	}
	return q.quotas[partition]
}

func (q *Queue[T]) openQuotas() {
	if q.opts.Route == nil || len(q.parts) == 1 || q.opts.Overflow == DropOldest {
		return
	}
	for i, p := range q.parts {
		p.quota = &quota{member: q.member, partition: i, overshoots: q.opts.Overflow == Reject}
		q.quotas = append(q.quotas, p.quota)
	}
}

// largest is the largest weight that is admitted at once, in unbounded form. Where there are quotas, more would never
// find room beside a partition that holds its own and hangs, and keep all others waiting.
func (q *Queue[T]) largest() Weight {
	limit := q.member.limit()
	if q.quotas == nil {
		return limit
	}
	return limit.half()
}

// pressed reports whether writers wait for room that this partition could free.
func (p *partition[T]) pressed() bool { return p.queue.member.pressed() || p.quota.pressed() }

// release gives back the room of what the partition held.
func (p *partition[T]) release(w Weight) {
	p.quota.giveBack(w)
	p.queue.member.release(w)
}

// settle corrects the admitted weight of an item by what cutting it changed: headers are now there twice.
func (p *partition[T]) settle(before, after Weight) {
	p.quota.add(after.minus(before))
	p.queue.settle(before, after)
}
