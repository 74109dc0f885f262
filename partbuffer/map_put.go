// SPDX-License-Identifier: Apache-2.0

package partbuffer

import "time"

// state is what a partition knows of the key of an entry that arrives.
type state uint8

const (
	fresh state = iota // new
	live               // in the front buffer
	late               // handed over not long ago, in a version that the entry does not replace
)

func (p *mapPartition[K, V]) lookLocked(e *Entry[K, V], r rule) (position int, s state) {
	known, isLive, ok := p.memory.find(e.Key)
	switch {
	case isLive:
		return int(known.position), live
	case ok && r == newerWins && !p.m.newer(e.Version, known.version) && !p.memory.expired(known, time.Since(p.m.born)):
		return 0, late
	default:
		return 0, fresh
	}
}

// putLocked adds e and exchanges its value for the one that lost. HandedBack says that there is no room for it,
// whatever the overflow policy, and that nothing happened.
func (p *mapPartition[K, V]) putLocked(e *Entry[K, V], w *writing) Verdict {
	weight := e.weight()
	i, s := p.lookLocked(e, w.rule)
	if s == fresh {
		if !p.admitLocked(weight, w) {
			return HandedBack
		}
		p.count.accepted = p.count.accepted.plus(weight)
		p.insertLocked(e, 0, w.rule)
		return Stored
	}
	p.count.accepted = p.count.accepted.plus(weight)
	p.superseded++
	if s == late {
		return Superseded
	}
	held := &p.front.entries[i]
	updates := 0
	if w.rule == newerWins {
		if !p.m.newer(e.Version, held.Version) {
			return Superseded
		}
		updates = held.Updates + 1
	}
	if change := e.Bytes - held.Bytes; change != 0 {
		p.m.member.force(Weight{Bytes: change})
		w.freed = w.freed || change < 0
	}
	p.replaceLocked(i, e, updates)
	if w.rule == overwrite {
		p.front.plain[i] = true
	}
	return Replaced
}

// admitLocked takes room for a new key, first of what the write has.
func (p *mapPartition[K, V]) admitLocked(weight Weight, w *writing) bool {
	if !w.forced && !weight.within(w.reserved) {
		return p.m.member.tryLarge(weight)
	}
	p.m.member.spend(&w.reserved, weight)
	return true
}

// insertLocked adds an entry, whose key is not live, to the front buffer.
func (p *mapPartition[K, V]) insertLocked(e *Entry[K, V], updates int, r rule) {
	if p.front == nil {
		p.front = p.m.tables.Get().(*table[K, V])
		p.openLocked()
	}
	if p.memory.index == nil {
		p.memory.index = p.m.indexes.Get().(map[K]slot)
	}
	p.memory.set(e.Key, e.Version, len(p.front.entries))
	p.front.insert(e, updates, r)
}

func (p *mapPartition[K, V]) replaceLocked(i int, e *Entry[K, V], updates int) {
	p.front.replace(i, e, updates)
	if p.memory.keep > 0 {
		p.memory.update(e.Key, e.Version, i)
	}
}
