// SPDX-License-Identifier: Apache-2.0

package partbuffer

import "time"

// table is one filling of a Map partition's front buffer: entries in the order in which their keys first came
// (a deletion moves the last entry up). Where each key's entry is, the partition's memory knows.
type table[K comparable, V any] struct {
	entries []Entry[K, V]
	// plain runs parallel to entries: a Put set the value since the key came. Whatever Process gives back of that
	// key is older.
	plain   []bool
	bytes   int
	trigger Trigger
	oldest  time.Time
	done    *completion
	spent   map[K]slot // an index that is not used any more, to be cleared with the table
}

// rule says what happens to a value whose key is in the table already.
type rule uint8

const (
	overwrite rule = iota // Put: the arriving value wins
	newerWins             // PutNewer: the newer version wins
)

func (t *table[K, V]) weight() Weight { return Weight{Items: len(t.entries), Bytes: t.bytes} }

// insert moves the value of e into the table.
func (t *table[K, V]) insert(e *Entry[K, V], updates int, r rule) {
	t.entries = append(t.entries, *e)
	t.entries[len(t.entries)-1].Updates = updates
	t.plain = append(t.plain, r == overwrite)
	t.bytes += e.Bytes
	var none V
	e.Value = none
}

// replace lets e win over the entry at position i: the value that lost is in e afterwards.
func (t *table[K, V]) replace(i int, e *Entry[K, V], updates int) {
	held := &t.entries[i]
	t.bytes += e.Bytes - held.Bytes
	held.Value, e.Value = e.Value, held.Value
	held.Version, held.Bytes, held.Updates = e.Version, e.Bytes, updates
}

// remove deletes the entry at position i; the last one takes its place.
func (t *table[K, V]) remove(i int) (moved bool) {
	last := len(t.entries) - 1
	t.bytes -= t.entries[i].Bytes
	t.entries[i], t.plain[i] = t.entries[last], t.plain[last]
	t.entries[last] = Entry[K, V]{}
	t.entries, t.plain = t.entries[:last], t.plain[:last]
	return i != last
}

func (t *table[K, V]) completionLocked() *completion {
	if t.done == nil {
		t.done = &completion{ended: make(chan struct{})}
	}
	return t.done
}

// recycle empties t for its next filling, so that nothing stays reachable through it.
func (t *table[K, V]) recycle(keepEntries bool) {
	entries := t.entries
	if !keepEntries {
		entries = nil
	}
	clear(entries)
	*t = table[K, V]{entries: entries[:0], plain: t.plain[:0]}
}
