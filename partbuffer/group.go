// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
)

// Group bounds what several queues hold together, waiting and in process, and is safe for concurrent use.
// While it has more than one member, a member holds at most half of each limit, so that one stuck queue leaves
// room for the others. NewGroup makes one; the zero value is not usable.
//
// Taking and giving back room costs one or two atomic additions while there is room. Writers that wait are
// served first come, first served; one whose queue is at its half does not hold up writers of other queues.
type Group struct {
	limit   atomic.Pointer[Weight] // unbounded form
	share   atomic.Pointer[Weight] // what one member may hold, unbounded form
	held    gauge
	waiting atomic.Int32 // len(waiters), read without the lock

	mu sync.Mutex
	// mu guards what follows. It is a leaf: no other lock is taken under it.
	members []*member
	waiters []*waiter
}

// NewGroup makes a Group without members that holds at most capacity. A zero dimension is no limit.
func NewGroup(capacity Weight) *Group {
	g := &Group{}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.setLimitLocked(capacity.unbounded())
	return g
}

// Capacity returns the limits. A zero dimension is no limit.
func (g *Group) Capacity() Weight { return g.limit.Load().public() }

// Held returns what the members hold now, waiting and in process.
func (g *Group) Held() Weight { return g.held.load() }

// SetCapacity changes the limits. What is held already stays, also where it is more.
func (g *Group) SetCapacity(capacity Weight) {
	g.mu.Lock()
	g.setLimitLocked(capacity.unbounded())
	g.grantLocked()
	g.mu.Unlock()
}

func (g *Group) setLimitLocked(limit Weight) {
	g.limit.Store(&limit)
	share := limit
	if len(g.members) > 1 {
		share = Weight{Items: half(limit.Items), Bytes: half(limit.Bytes)}
	}
	g.share.Store(&share)
}

func half(n int) int { return n/2 + n%2 }

func (g *Group) join(solo bool, src reliever) *member {
	m := &member{group: g, solo: solo, source: src}
	g.mu.Lock()
	g.members = append(g.members, m)
	g.setLimitLocked(*g.limit.Load())
	g.mu.Unlock()
	return m
}

func (g *Group) leave(m *member) {
	g.mu.Lock()
	if i := slices.Index(g.members, m); i >= 0 {
		g.members = slices.Delete(g.members, i, i+1)
		g.setLimitLocked(*g.limit.Load())
		g.grantLocked()
	}
	g.mu.Unlock()
}

// reliever is a buffer that can make room: it knows its fullest partition and can hand that over early.
type reliever interface {
	// fullest returns the partition that holds most waiting items that are not yet on their way, and how many.
	fullest() (partition, items int)
	handOver(partition int)
	// droppable and dropFrom are fullest and handOver for DropOldest.
	droppable() (partition, items int)
	dropFrom(partition int, need Weight) Weight
}

// member is one buffer's account in its group.
type member struct {
	group  *Group
	solo   bool // the only member there will ever be: its own gauge is not kept
	held   gauge
	source reliever
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
)

// try takes room for w unless others wait for room already.
func (m *member) try(w Weight) bool {
	return m.group.waiting.Load() == 0 && m.take(w) == granted
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

// force takes room without regard to limits: for the few bytes that cutting an item in two adds.
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
	g := m.group
	back := Weight{}.minus(w)
	g.held.add(back)
	if !m.solo {
		m.held.add(back)
	}
	if g.waiting.Load() == 0 {
		return
	}
	g.mu.Lock()
	g.grantLocked()
	g.mu.Unlock()
	g.relieve()
}

type waiter struct {
	member *member
	weight Weight
	ready  chan struct{} // closed by grantLocked when the room is the waiter's
}

// wait takes room for w, waiting for it if need be.
func (m *member) wait(ctx context.Context, closing <-chan struct{}, w Weight) error {
	g := m.group
	wt := &waiter{member: m, weight: w, ready: make(chan struct{})}
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
		g.grantLocked() // wt may have held up the ones behind it
	}
	g.mu.Unlock()
	if i < 0 {
		return nil // granted in the meantime: the write goes on
	}
	return cause
}

func (g *Group) grantLocked() {
	var full []*member // members at their share: their later waiters stay behind the first one
	kept := g.waiters[:0]
	blocked := false
	for _, wt := range g.waiters {
		if blocked || slices.Contains(full, wt.member) {
			kept = append(kept, wt)
			continue
		}
		switch wt.member.tryAny(wt.weight) {
		case granted:
			close(wt.ready)
		case shareFull:
			full = append(full, wt.member)
			kept = append(kept, wt)
		case groupFull:
			blocked = true
			kept = append(kept, wt)
		}
	}
	clear(g.waiters[len(kept):])
	g.waiters = kept
	g.waiting.Store(int32(len(kept)))
}

// relieve hands over the fullest partition for which writers wait. What that frees calls release, which calls
// relieve again: full never means stuck.
func (g *Group) relieve() {
	m := g.pick(reliever.fullest)
	if m.source != nil {
		m.source.handOver(m.partition)
	}
}

type candidate struct {
	source    reliever
	partition int
}

// pick chooses the fullest partition among all members, or among the one whose waiters are held up by its
// share alone.
func (g *Group) pick(fullest func(reliever) (partition, items int)) candidate {
	g.mu.Lock()
	members := g.members
	if len(g.waiters) > 0 && g.held.load().within(*g.limit.Load()) && !g.waiters[0].member.solo {
		if first := g.waiters[0]; !first.member.held.load().plus(first.weight).within(*g.share.Load()) {
			members = []*member{first.member}
		}
	}
	members = slices.Clone(members)
	g.mu.Unlock()

	var best candidate
	most := 0
	for _, m := range members {
		if p, items := fullest(m.source); items > most {
			best, most = candidate{m.source, p}, items
		}
	}
	return best
}

// gauge is a Weight that many goroutines change.
type gauge struct {
	items atomic.Int64
	bytes atomic.Int64
}

func (g *gauge) load() Weight {
	return Weight{Items: int(g.items.Load()), Bytes: int(g.bytes.Load())}
}

func (g *gauge) add(w Weight) {
	g.items.Add(int64(w.Items))
	if w.Bytes != 0 {
		g.bytes.Add(int64(w.Bytes))
	}
}

// addWithin adds w unless that exceeds limit in a dimension in which w has weight.
func (g *gauge) addWithin(w Weight, limit *Weight) bool {
	if g.items.Add(int64(w.Items)) > int64(limit.Items) && w.Items > 0 {
		g.items.Add(-int64(w.Items))
		return false
	}
	if w.Bytes != 0 && g.bytes.Add(int64(w.Bytes)) > int64(limit.Bytes) {
		g.bytes.Add(-int64(w.Bytes))
		g.items.Add(-int64(w.Items))
		return false
	}
	return true
}
