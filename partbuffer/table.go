// SPDX-License-Identifier: Apache-2.0

package partbuffer

import "time"

// table is one filling of a Map partition's front buffer: entries in the order in which their keys first came
// (a deletion moves the last entry up), and where each key's entry is.
type table[K comparable, V any] struct {
	index   map[K]int
	entries []Entry[K, V]
	trigger Trigger
	oldest  time.Time
	done    *completion
}

// rule says what happens to a value whose key is in the table already.
type rule uint8

const (
	overwrite rule = iota // Put: the arriving value wins
	newerWins             // PutNewer: a strictly greater version wins
)

// update applies r to the entry at position i, and reports whether e won.
func (t *table[K, V]) update(i int, e Entry[K, V], r rule) bool {
	held := &t.entries[i]
	switch {
	case r == overwrite:
		held.Updates = 0
	case e.Version > held.Version:
		held.Updates++
	default:
		return false
	}
	held.Value, held.Version = e.Value, e.Version
	return true
}

func (t *table[K, V]) insert(e Entry[K, V]) {
	e.Updates = 0
	t.index[e.Key] = len(t.entries)
	t.entries = append(t.entries, e)
}

// remove deletes the entry at position i; the last one takes its place.
func (t *table[K, V]) remove(i int) {
	last := len(t.entries) - 1
	delete(t.index, t.entries[i].Key)
	if i != last {
		t.entries[i] = t.entries[last]
		t.index[t.entries[i].Key] = i
	}
	t.entries[last] = Entry[K, V]{}
	t.entries = t.entries[:last]
}

func (t *table[K, V]) completionLocked() *completion {
	if t.done == nil {
		t.done = &completion{ended: make(chan struct{})}
	}
	return t.done
}

// recycle empties t for its next filling, so that nothing stays reachable through it.
func (t *table[K, V]) recycle(keepEntries bool) {
	if !keepEntries {
		t.entries = nil
	}
	clear(t.index)
	clear(t.entries)
	*t = table[K, V]{index: t.index, entries: t.entries[:0]}
}
