// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"iter"
	"sync"
	"time"
)

// Map is a partitioned, double-buffered map that hands the newest entry of every key to MapOptions.Process,
// once per interval. It is safe for concurrent use and must not be copied. NewMap makes one that runs at once;
// the zero value refuses every entry with ErrNotRunning.
//
// Get, Delete and Len see the entries that wait in the buffer. Those that were handed over are gone from the
// Map: a key that comes again begins anew, except that MapOptions.Remember keeps its version for a while, and that
// Process may give entries back with an *UnprocessedError error.
//
// A write of a key that is in the buffer takes one lock, does not allocate, and never waits for room.
type Map[K comparable, V any] struct {
	engine
	opts    MapOptions[K, V]
	parts   []*mapPartition[K, V]
	private bool      // the group is the map's own
	tables  sync.Pool // of *table[K, V], emptied
	indexes sync.Pool // of map[K]slot, emptied
	sorters sync.Pool // of *sorter[K, V], emptied
}

// NewMap makes a Map that accepts entries at once. Its error joins everything that is wrong with opts.
func NewMap[K comparable, V any](opts MapOptions[K, V]) (*Map[K, V], error) {
	if err := opts.validate(); err != nil {
		return nil, err
	}
	if opts.Hash == nil {
		opts.Hash = Hash[K]
	}
	n := partitionCount(opts.Partitions)
	m := &Map[K, V]{opts: opts, private: opts.Group == nil}
	m.begin()
	m.tables.New = func() any { return &table[K, V]{} }
	m.indexes.New = func() any { return make(map[K]slot) }
	m.sorters.New = func() any { return &sorter[K, V]{begins: make([]int, n), fresh: make(map[K]struct{})} }
	m.timeout.Store(int64(opts.Limits.ProcessTimeout))
	m.stopped = func(lifetime time.Duration, reason error) { m.opts.Observer.stopped(n, lifetime, reason) }
	for i := range n {
		p := &mapPartition[K, V]{m: m, number: i, bounds: mapBoundsOf(opts.Limits)}
		p.life, p.interval, p.drain = m.life, opts.Limits.Interval, p.run
		p.memory.keep = opts.Remember
		m.parts = append(m.parts, p)
		m.partitions = append(m.partitions, p)
	}
	group := opts.Group
	if m.private {
		group = NewGroup(opts.Limits.Capacity)
	}
	m.member = group.join(m.private, m)
	m.opts.Observer.started(n)
	return m, nil
}

// Put sets the value of a key, with version 0 and no updates, whatever was there. It waits for room only if
// the key is new, the capacity is reached and Overflow is Block.
func (m *Map[K, V]) Put(ctx context.Context, key K, value V) error {
	if !m.running() {
		return ErrNotRunning
	}
	_, err := m.put(ctx, Entry[K, V]{Key: key, Value: value}, overwrite)
	return err
}

// PutAll is Put for every pair. It sorts them by partition first and takes each partition's lock once.
func (m *Map[K, V]) PutAll(ctx context.Context, pairs iter.Seq2[K, V]) error {
	return m.putAll(ctx, func(yield func(Entry[K, V]) bool) {
		for k, v := range pairs {
			if !yield(Entry[K, V]{Key: k, Value: v}) {
				return
			}
		}
	}, overwrite)
}

// PutNewer sets the value of a key if that is not in the buffer, or is there with a smaller version; that adds
// one to the entry's Updates. It reports whether it did. An equal version replaces if MapOptions.Ties is TieLast. With
// MapOptions.Remember the version that was handed over last counts as well.
func (m *Map[K, V]) PutNewer(ctx context.Context, key K, value V, version int64) (bool, error) {
	if !m.running() {
		return false, ErrNotRunning
	}
	return m.put(ctx, Entry[K, V]{Key: key, Value: value, Version: version}, newerWins)
}

// PutAllNewer is PutNewer for every entry, in order, also where a key comes twice; their Updates are ignored.
// It sorts them by partition first and takes each partition's lock once.
func (m *Map[K, V]) PutAllNewer(ctx context.Context, entries iter.Seq[Entry[K, V]]) error {
	return m.putAll(ctx, entries, newerWins)
}

// Get returns what waits in the buffer for a key.
func (m *Map[K, V]) Get(key K) (value V, ok bool) {
	if !m.running() {
		return value, false
	}
	p := m.parts[m.partition(key)]
	p.mu.Lock()
	defer p.mu.Unlock()
	i, ok := p.memory.live(key)
	if ok {
		value = p.front.entries[i].Value
	}
	return value, ok
}

// Delete removes a key from the buffer, forgets its version, and reports whether it was there. What was handed over
// already is not affected.
func (m *Map[K, V]) Delete(key K) bool {
	if !m.running() {
		return false
	}
	p := m.parts[m.partition(key)]
	p.mu.Lock()
	free, deleted := p.deleteLocked(key)
	p.mu.Unlock()
	m.member.release(free)
	return deleted
}

// Len returns how many entries wait in the buffer; those in process are not among them.
func (m *Map[K, V]) Len() int { return m.Stats().Waiting.Items }

// Partitions returns the number of partitions.
func (m *Map[K, V]) Partitions() int { return len(m.parts) }

// MapStats are the terms of a Map's accounting, in entries: at any moment
// Accepted = Superseded + Waiting + InFlight + Processed + Failed + Dropped.
type MapStats struct {
	Stats
	// Superseded were replaced by, or came later than, a newer entry of their key, or were deleted.
	Superseded int
	// Remembered is of how many keys that are not in the buffer the version is remembered, those included for which
	// that has expired and which were not let go yet. It is no part of the sum.
	Remembered int
}

// Stats returns the accounting of all partitions. Each is read at one moment, one after the other.
func (m *Map[K, V]) Stats() MapStats {
	s := MapStats{Stats: Stats{Refused: m.refused.load()}}
	for _, p := range m.parts {
		ps := p.stats()
		s.Stats = s.Stats.Plus(ps.Stats)
		s.Superseded += ps.Superseded
		s.Remembered += ps.Remembered
	}
	return s
}

// newer reports whether version a, which came later, wins over b.
func (m *Map[K, V]) newer(a, b int64) bool {
	return a > b || a == b && m.opts.Ties == TieLast
}

func (m *Map[K, V]) partition(key K) int {
	return int(m.opts.Hash(key) % uint64(len(m.parts)))
}
