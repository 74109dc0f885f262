// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"iter"
)

// writing is how a write goes on, and the room that it has and did not use yet.
type writing struct {
	rule     rule
	reserved Weight
	// forced is set where the whole write was admitted: what reserved does not cover is taken nevertheless.
	forced bool
	// handsBack passes over entries for which there is no room.
	handsBack bool
	// freed says that values became smaller, and that nobody who waits for room was told.
	freed bool
}

// settle gives back the room that a write has and does not need. No lock is held.
func (m *Map[K, V]) settle(w *writing) {
	if w.freed {
		w.freed = false
		m.member.group.serve()
	}
	m.member.release(w.reserved)
	w.reserved = Weight{}
}

// put adds one entry and reports whether it is in the buffer now.
func (m *Map[K, V]) put(ctx context.Context, e Entry[K, V], r rule) (bool, error) {
	p := m.parts[m.partition(e.Key)]
	w := writing{rule: r}
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		m.refused.add(e.weight())
		return false, ErrClosed
	}
	v := p.putLocked(&e, &w)
	start := p.nudgeLocked()
	p.mu.Unlock()
	p.start(start)
	m.settle(&w)
	if v == HandedBack {
		var err error
		if v, err = m.putFull(ctx, p, &e, r); err != nil {
			m.refused.add(e.weight())
			return false, err
		}
	}
	return v == Stored || v == Replaced, nil
}

// putFull adds an entry whose key was new while there was no room.
func (m *Map[K, V]) putFull(ctx context.Context, p *mapPartition[K, V], e *Entry[K, V], r rule) (Verdict, error) {
	if !m.life.enter() {
		return Refused, ErrClosed
	}
	defer m.life.end()
	w := writing{rule: r}
	var err error
	if w.reserved, err = m.roomFor(ctx, e); err != nil {
		return Refused, err
	}
	p.mu.Lock()
	if p.abandoned {
		p.mu.Unlock()
		m.member.release(w.reserved)
		return Refused, ErrClosed
	}
	v := p.putLocked(e, &w)
	start := p.nudgeLocked()
	p.mu.Unlock()
	p.start(start)
	m.settle(&w) // all of it where the key came while this writer waited
	return v, nil
}

// roomFor takes room for an entry for which there was none, by the overflow policy.
func (m *Map[K, V]) roomFor(ctx context.Context, e *Entry[K, V]) (room Weight, err error) {
	room = e.weight()
	switch m.opts.Overflow {
	case Reject:
		err = m.roomNow(room)
	case HandBack:
		err = ErrFull
	default:
		err = m.member.wait(ctx, m.life.closing, nil, room)
	}
	if err != nil {
		return Weight{}, err
	}
	return room, nil
}

// roomNow takes room or fails. It makes nothing go early, as a Queue does: there will be room at the next interval, and
// until then every key is to be handed over once.
func (m *Map[K, V]) roomNow(room Weight) error {
	v := m.member.tryAny(room)
	if v == granted {
		return nil
	}
	m.member.group.grant()
	return v.err()
}

// putAll is put for many. Where it fails half-way, that is a *PartialError.
func (m *Map[K, V]) putAll(ctx context.Context, entries iter.Seq[Entry[K, V]], r rule) error {
	if !m.running() {
		return ErrNotRunning
	}
	s := m.sorters.Get().(*sorter[K, V])
	defer m.recycle(s)
	for e := range entries {
		s.entries = append(s.entries, e)
		s.verdicts = append(s.verdicts, Refused)
	}
	if !m.life.enter() {
		return m.refuse(s.entries, s.verdicts, ErrClosed)
	}
	defer m.life.end()
	s.sort(m, s.entries)
	return m.write(ctx, s, s.entries, s.verdicts, &writing{rule: r})
}

// write puts entries, which s has sorted by partition, and sets the verdicts.
func (m *Map[K, V]) write(ctx context.Context, s *sorter[K, V], entries []Entry[K, V], verdicts []Verdict, w *writing) error {
	var err error
	for i := 0; i < len(m.parts) && err == nil; i++ {
		err = m.writeBucket(ctx, m.parts[i], s.bucket(i), entries, verdicts, w)
	}
	m.settle(w)
	if err != nil {
		return m.refuse(entries, verdicts, err)
	}
	return nil
}

// writeBucket puts the entries of one partition.
func (m *Map[K, V]) writeBucket(ctx context.Context, p *mapPartition[K, V], bucket []uint32, entries []Entry[K, V], verdicts []Verdict, w *writing) error {
	for len(bucket) > 0 {
		p.mu.Lock()
		if p.abandoned {
			p.mu.Unlock()
			return ErrClosed
		}
		done := 0
		full := false
		for ; done < len(bucket); done++ {
			i := bucket[done]
			v := p.putLocked(&entries[i], w)
			if full = v == HandedBack && !w.handsBack; full {
				break
			}
			verdicts[i] = v
		}
		start := p.nudgeLocked()
		p.mu.Unlock()
		p.start(start)
		bucket = bucket[done:]
		if !full {
			return nil
		}
		m.settle(w) // room that a writer keeps while it waits may be what it waits for
		var err error
		if w.reserved, err = m.roomFor(ctx, &entries[bucket[0]]); err != nil {
			return err
		}
	}
	return nil
}
