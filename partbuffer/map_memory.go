// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"slices"
	"time"
)

// memory knows where the entry of each key is in a Map partition's front buffer, and for a while after a key was
// handed over, which version of it that was. It is guarded by the partition's lock.
//
// A slot of the current generation is live. One of an earlier generation is remembered until keep has passed since
// the hand-over of that generation. Nothing is done per key at a swap: every keep, index becomes previous, and
// what previous had by then has expired.
type memory[K comparable] struct {
	keep     time.Duration // 0 = index holds live keys only
	index    map[K]slot    // nil = empty
	previous map[K]slot    // no key is in both

	generation uint32 // of the front buffer; it may wrap around
	first      uint32 // the generation with which index began
	rotated    time.Duration
	handed     []handover // of all generations that index and previous know, in order
}

// slot is kept without pointers, so that the garbage collector need not look into a map of slots.
type slot struct {
	version    int64 // not up to date where nothing is remembered
	generation uint32
	position   uint32 // in the table's entries
}

// handover is when generations were handed over, up to and including one. Times are since the Map's birth.
type handover struct {
	through   uint32
	began, at time.Duration
}

// precision is into how many parts of keep hand-overs are told apart: many small buffers need not fill memory.
const precision = 256

// live returns the position of a key in the front buffer.
func (m *memory[K]) live(key K) (position int, ok bool) {
	s, ok := m.index[key]
	return int(s.position), ok && s.generation == m.generation
}

// find returns what is known of a key, live or remembered. What is remembered may have expired.
func (m *memory[K]) find(key K) (s slot, live, known bool) {
	s, known = m.index[key]
	if known && s.generation == m.generation {
		return s, true, true
	}
	if !known {
		s, known = m.previous[key]
	}
	return s, false, known
}

// expired reports whether the version of a slot that is not live counts no more.
func (m *memory[K]) expired(s slot, now time.Duration) bool {
	i := m.handoverOf(s.generation)
	return i == len(m.handed) || now-m.handed[i].at >= m.keep
}

// handoverOf returns the index of the hand-over of a generation.
func (m *memory[K]) handoverOf(generation uint32) int {
	i, _ := slices.BinarySearchFunc(m.handed, generation, func(h handover, g uint32) int {
		return int(int32(h.through - g)) // the difference is right also where the numbers wrapped around
	})
	return i
}

// set makes a key live. index must not be nil.
func (m *memory[K]) set(key K, version int64, position int) {
	if len(m.previous) > 0 {
		delete(m.previous, key)
	}
	m.index[key] = slot{version: version, generation: m.generation, position: uint32(position)}
}

// update notes a live key's new version or position.
func (m *memory[K]) update(key K, version int64, position int) {
	m.index[key] = slot{version: version, generation: m.generation, position: uint32(position)}
}

func (m *memory[K]) forget(key K) {
	delete(m.index, key)
	delete(m.previous, key)
}

// handOver ends a generation: its keys are not live any more. It returns an index that is not used any more and
// that the caller should clear outside the lock, or nil. bound is how many keys index may remember.
func (m *memory[K]) handOver(now time.Duration, bound int) (spent map[K]slot) {
	ended := m.generation
	m.generation++
	if m.keep == 0 {
		spent, m.index = m.index, nil
		return spent
	}
	if last := len(m.handed) - 1; last >= 0 && now-m.handed[last].began < m.keep/precision {
		m.handed[last].through, m.handed[last].at = ended, now
	} else {
		m.handed = append(m.handed, handover{through: ended, began: now, at: now})
	}
	if now-m.rotated < m.keep && len(m.index) <= bound && ended-m.first < 1<<30 { // beyond 1<<31 numbers wrap around
		return nil
	}
	spent, m.previous, m.index = m.previous, m.index, nil
	m.handed = slices.Delete(m.handed, 0, m.handoverOf(m.first))
	m.first, m.rotated = m.generation, now
	return spent
}

// remembered returns how many keys are known that are not live.
func (m *memory[K]) remembered(live int) int {
	return len(m.index) + len(m.previous) - live
}
