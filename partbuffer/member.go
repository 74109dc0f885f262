// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"slices"
	"sync/atomic"
)

// member is one buffer's account in its group.
type member struct {
	group   *Group
	solo    bool // the only member there will ever be: its own gauge is not kept
	held    gauge
	waiting atomic.Int32 // how many of the waiters are its own, without those that wait for a quota
	source  reliever

	// Guarded by group.mu.
	place int    // in group.members
	full  uint64 // the pass of the group in which its share was last found used up
}

func (m *member) load() Weight {
	if m.solo {
		return m.group.held.load()
	}
	return m.held.load()
}

type verdict uint8

const (
	granted verdict = iota
	groupFull
	shareFull
	quotaFull
)

// err is what a write returns that is not let in.
func (v verdict) err() error {
	switch v {
	case shareFull:
		return ErrShareFull
	case quotaFull:
		return ErrPartitionFull
	default:
		return ErrFull
	}
}

// pressed reports whether writers wait for room that this member could free. Those that wait for the share of
// another member are none of its business.
func (m *member) pressed() bool { return m.waiting.Load() != 0 || m.group.starved.Load() }

// try takes room for w unless others wait for it already. It may be called with a partition's lock held.
func (m *member) try(s *quota, w Weight) bool {
	if m.pressed() || s.pressed() {
		return false
	}
	if s.take(w) {
		if m.take(w) == granted {
			return true
		}
		s.giveBack(w)
	}
	m.group.grant()
	return false
}

func (m *member) take(w Weight) verdict {
	g := m.group
	if !m.solo && !m.held.addWithin(w, g.share.Load()) {
		if m.held.load().isZero() { // larger than the share, and alone in it
			return m.takeAlone(w)
		}
		return shareFull
	}
	if !g.held.addWithin(w, g.limit.Load()) {
		if !m.solo {
			m.held.add(Weight{}.minus(w))
		}
		return groupFull
	}
	return granted
}

// takeAlone admits what is larger than the whole limit, or than the member's share, once nothing else is held
// there. The compare-and-swap lets one such writer through at a time.
func (m *member) takeAlone(w Weight) verdict {
	g := m.group
	if !m.solo && !m.held.items.CompareAndSwap(0, int64(w.Items)) {
		return shareFull
	}
	if !g.held.addWithin(w, g.limit.Load()) {
		if w.within(*g.limit.Load()) || !g.held.items.CompareAndSwap(0, int64(w.Items)) {
			if !m.solo {
				m.held.items.Add(-int64(w.Items))
			}
			return groupFull
		}
		g.held.bytes.Add(int64(w.Bytes))
	}
	if !m.solo {
		m.held.bytes.Add(int64(w.Bytes))
	}
	return granted
}

// tryAny is take, and also admits what can only be admitted alone.
func (m *member) tryAny(w Weight) verdict {
	v := m.take(w)
	if v == groupFull && !w.within(*m.group.limit.Load()) {
		v = m.takeAlone(w)
	}
	return v
}

// tryIn is tryAny for a partition that has a quota.
func (m *member) tryIn(s *quota, w Weight) verdict {
	if !s.take(w) {
		return quotaFull
	}
	v := m.tryAny(w)
	if v != granted {
		s.giveBack(w)
	}
	return v
}

// tryLarge is try, and also admits what can only be admitted alone.
func (m *member) tryLarge(w Weight) bool {
	if m.pressed() {
		return false
	}
	if m.tryAny(w) == granted {
		return true
	}
	m.group.grant()
	return false
}

// spend takes w out of what was reserved, and without regard to limits where that is not enough.
func (m *member) spend(reserved *Weight, w Weight) {
	missing := w.above(*reserved)
	if !missing.isZero() {
		m.force(missing)
	}
	*reserved = reserved.plus(missing).minus(w)
}

// force takes room without regard to limits: for what is held already and has become larger. Where it has become
// smaller, w is negative, and the caller must call Group.serve once it holds no lock.
func (m *member) force(w Weight) {
	m.group.held.add(w)
	if !m.solo {
		m.held.add(w)
	}
}

// release gives room back and, while writers still wait, makes the next buffer go.
func (m *member) release(w Weight) {
	if w.isZero() {
		return
	}
	back := Weight{}.minus(w)
	m.group.held.add(back)
	if !m.solo {
		m.held.add(back)
	}
	m.group.serve()
}

// makeWay hands over the partition that is in the way of a writer of the member, by what kept it from writing.
func (m *member) makeWay(s *quota, v verdict) {
	switch v {
	case groupFull:
		m.group.makeWay()
		return
	case quotaFull:
		s.makeWay()
		return
	default:
	}
	if p, items := m.source.fullest(); items > 0 {
		m.source.handOver(p)
	}
}

type waiter struct {
	member  *member
	quota   *quota
	weight  Weight
	ready   chan struct{} // closed by grantLocked when the room is the waiter's
	counted *atomic.Int32 // where it makes pressed true
}

// countLocked makes the waiter press on what it waits for, or on nothing.
func (wt *waiter) countLocked(where *atomic.Int32) {
	if wt.counted == where {
		return
	}
	if where != nil {
		where.Add(1)
	}
	if wt.counted != nil {
		wt.counted.Add(-1)
	}
	wt.counted = where
}

// wait takes room for w, waiting for it if need be.
func (m *member) wait(ctx context.Context, closing <-chan struct{}, s *quota, w Weight) error {
	g := m.group
	wt := &waiter{member: m, quota: s, weight: w, ready: make(chan struct{})}
	g.mu.Lock()
	g.waiters = append(g.waiters, wt)
	g.waiting.Store(int32(len(g.waiters)))
	g.grantLocked()
	g.mu.Unlock()
	g.relieve()

	var cause error
	select {
	case <-wt.ready:
		return nil
	case <-ctx.Done():
		cause = context.Cause(ctx)
	case <-closing:
		cause = ErrClosed
	}
	g.mu.Lock()
	i := slices.Index(g.waiters, wt)
	if i >= 0 {
		g.waiters = slices.Delete(g.waiters, i, i+1)
		g.waiting.Store(int32(len(g.waiters)))
		wt.countLocked(nil)
		g.grantLocked() // wt may have held up the ones behind it
	}
	g.mu.Unlock()
	if i < 0 {
		return nil // granted in the meantime: the write goes on
	}
	g.relieve()
	return cause
}
