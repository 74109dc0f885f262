// SPDX-License-Identifier: Apache-2.0

package partbuffer

import "sync/atomic"

// quota is the account of one partition in its queue, where Route decides what goes there: of what the queue may
// hold, it may take half, waiting and in process, so that a partition whose Process call hangs leaves room for the
// others. Where the load decides, writers avoid such a partition by themselves, and there are no quotas: a nil quota
// always has room.
type quota struct {
	member    *member
	partition int
	held      gauge
	queued    atomic.Int32 // writers that wait for room in this quota, and for nothing else
	unsent    func() Weight
}

// share is what the quota may hold, in unbounded form.
func (s *quota) share() Weight {
	limit := s.member.limit()
	return Weight{Items: half(limit.Items), Bytes: half(limit.Bytes)}
}

// pressed reports whether writers wait for room in the quota.
func (s *quota) pressed() bool { return s != nil && s.queued.Load() != 0 }

// take takes room for w, and for what is larger than the share once nothing else is held.
func (s *quota) take(w Weight) bool {
	if s == nil {
		return true
	}
	share := s.share()
	if s.held.addWithin(w, &share) {
		return true
	}
	if w.within(share) || !s.held.items.CompareAndSwap(0, int64(w.Items)) {
		return false
	}
	s.held.bytes.Add(int64(w.Bytes))
	return true
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
	if q.opts.Route == nil || len(q.parts) == 1 {
		return
	}
	for i, p := range q.parts {
		p.quota = &quota{member: q.member, partition: i, unsent: p.waiting}
		q.quotas = append(q.quotas, p.quota)
	}
}

func (p *partition[T]) waiting() Weight {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.waitingLocked()
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
