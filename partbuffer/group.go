// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"slices"
	"sync"
	"sync/atomic"
)

// Group bounds what several queues hold together, waiting and in process, and is safe for concurrent use.
// A member holds at most half of each limit, also while it is the only one, so that one stuck queue leaves room for
// the others and for those that are yet to come. NewGroup makes one; the zero value is not usable.
//
// Taking and giving back room costs one or two atomic additions while there is room. Writers that wait are
// served first come, first served; one whose queue is at its half does not hold up writers of other queues.
type Group struct {
	limit   atomic.Pointer[Weight] // unbounded form
	share   atomic.Pointer[Weight] // what one member may hold, unbounded form
	held    gauge
	waiting atomic.Int32 // len(waiters), read without the lock
	starved atomic.Bool  // a writer waits because the group itself is full, not just its queue's share

	mu sync.Mutex
	// mu guards what follows. It is a leaf: no other lock is taken under it.
	members []*member
	waiters []*waiter
	full    []*member // those of which a writer waits because their share is used up
	stuck   []*quota  // those for which a writer waits because their share is used up
	pass    uint64    // counts grantLocked: what was found full in this one
}

// NewGroup makes a Group without members that holds at most capacity. A zero dimension is no limit.
func NewGroup(capacity Weight) *Group {
	g := &Group{}
	g.setLimit(capacity.unbounded())
	return g
}

// Capacity returns the limits. A zero dimension is no limit.
func (g *Group) Capacity() Weight { return g.limit.Load().public() }

// Held returns what the members hold now, waiting and in process.
func (g *Group) Held() Weight { return g.held.load() }

// SetCapacity changes the limits. What is held already stays, also where it is more.
func (g *Group) SetCapacity(capacity Weight) {
	g.mu.Lock()
	g.setLimit(capacity.unbounded()) // two values, of which all must see the same pair in the end
	g.mu.Unlock()
	g.serve()
}

func (g *Group) setLimit(limit Weight) {
	g.limit.Store(&limit)
	share := limit.half()
	g.share.Store(&share)
}

// size is how many members there are.
func (g *Group) size() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return max(1, len(g.members))
}

func (g *Group) join(solo bool, src reliever) *member {
	m := &member{group: g, solo: solo, source: src}
	g.mu.Lock()
	m.place = len(g.members)
	g.members = append(g.members, m)
	g.mu.Unlock()
	return m
}

// leave is called once for a member.
func (g *Group) leave(m *member) {
	g.mu.Lock()
	last := g.members[len(g.members)-1]
	g.members[m.place], last.place = last, m.place
	g.members[len(g.members)-1] = nil
	g.members = g.members[:len(g.members)-1]
	g.mu.Unlock()
}

// reliever is a buffer that can make room: it knows its fullest partition and can hand that over early.
type reliever interface {
	// fullest returns the idle partition that holds most, and how many items. One that is at work looks for
	// waiting writers itself before it ends; making its buffer go now would only make a small batch of it.
	fullest() (partition, items int)
	handOver(partition int)
	// droppable and dropFrom are fullest and handOver for DropOldest.
	droppable() (partition, items int)
	waiting() Weight // all that could be dropped
	dropFrom(partition int, need Weight)
}

// serve gives the room that there is to those who wait, and makes buffers go for those that still do.
func (g *Group) serve() {
	if g.grant() {
		g.relieve()
	}
}

// grant gives the room that there is to those who wait, and reports whether somebody did. Whoever took room in
// vain calls it too: what was added for a moment may have made a writer wait that nobody would wake.
func (g *Group) grant() bool {
	if g.waiting.Load() == 0 {
		return false
	}
	g.mu.Lock()
	g.grantLocked()
	g.mu.Unlock()
	return true
}

// grantLocked notes who waits for what in starved and full, for relieve. Writers go on only after that: one that
// saw starved from before would make its buffer go.
func (g *Group) grantLocked() {
	g.pass++
	clear(g.full)
	clear(g.stuck)
	g.full, g.stuck = g.full[:0], g.stuck[:0]
	kept := g.waiters[:0]
	blocked := false
	var ready []*waiter
	for _, wt := range g.waiters {
		v := g.verdictLocked(wt, blocked)
		if v == granted {
			wt.countLocked(nil)
			ready = append(ready, wt)
			continue
		}
		kept = append(kept, wt)
		if v == quotaFull {
			wt.countLocked(&wt.quota.queued)
		} else {
			wt.countLocked(&wt.member.waiting)
		}
		blocked = blocked || v == groupFull
	}
	clear(g.waiters[len(kept):])
	g.waiters = kept
	g.waiting.Store(int32(len(kept)))
	g.starved.Store(blocked)
	for _, wt := range ready {
		close(wt.ready)
	}
}

// verdictLocked takes room for a waiter. Later waiters of a member or a quota at its share stay behind the first one.
func (g *Group) verdictLocked(wt *waiter, blocked bool) verdict {
	switch {
	case wt.quota != nil && wt.quota.full == g.pass:
		return quotaFull
	case blocked:
		return groupFull
	case wt.member.full == g.pass:
		return shareFull
	}
	v := wt.member.tryIn(wt.quota, wt.weight)
	switch v {
	case shareFull:
		g.full = append(g.full, wt.member)
		wt.member.full = g.pass
	case quotaFull:
		g.stuck = append(g.stuck, wt.quota)
		wt.quota.full = g.pass
	default:
	}
	return v
}

// relieve hands over the fullest partition of every member whose share somebody waits for, and the fullest of
// all where the group is full. What that frees calls release, which calls relieve again: full never means
// stuck.
func (g *Group) relieve() {
	g.mu.Lock()
	full, stuck := slices.Clone(g.full), slices.Clone(g.stuck)
	g.mu.Unlock()
	for _, m := range full {
		m.makeWay(nil, shareFull)
	}
	for _, s := range stuck {
		s.makeWay()
	}
	if g.starved.Load() {
		g.makeWay()
	}
}

func (g *Group) makeWay() {
	if c := g.pick(reliever.fullest); c.source != nil {
		c.source.handOver(c.partition)
	}
}

type candidate struct {
	source    reliever
	partition int
}

// pick chooses the fullest partition among all members.
func (g *Group) pick(fullest func(reliever) (partition, items int)) candidate {
	g.mu.Lock()
	members := slices.Clone(g.members)
	g.mu.Unlock()

	var best candidate
	most := 0
	for _, m := range members {
		if m.load().Items <= most { // most of many members hold nothing
			continue
		}
		if p, items := fullest(m.source); items > most {
			best, most = candidate{m.source, p}, items
		}
	}
	return best
}
