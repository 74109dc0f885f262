// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"
)

// Entry is what a Map holds for a key.
type Entry[K comparable, V any] struct {
	Key     K
	Value   V
	Version int64
	// Updates counts how often PutNewer replaced the value since the key was put in the buffer.
	Updates int
}

// MapOptions configure a Map. Process and Limits.Interval are required.
type MapOptions[K comparable, V any] struct {
	// Process handles one batch of entries, in the order in which their keys first came
	// (a Delete may change that). Calls for one partition
	// never overlap; calls for different partitions run concurrently. An error or a panic loses that batch and
	// no other. batch.Items is valid during the call only, unless WholeBuffer is set.
	Process func(ctx context.Context, batch Batch[Entry[K, V]]) error
	// Limits can be changed later with Reconfigure. Weights count entries; their Bytes must be 0.
	Limits Limits
	// Partitions is how many locks the keys are spread over. 0 = GOMAXPROCS, at least 4.
	Partitions int
	// Hash gives a key's partition. nil = the package's Hash.
	Hash func(K) uint64
	// Overflow is what happens to a new key when Capacity is reached: Block or Reject.
	Overflow Overflow
	// WholeBuffer hands over all entries of a partition as one batch, and Process may keep them. MaxBatch must
	// be 0.
	WholeBuffer bool
	// Observer is told what happens.
	Observer Observer[Entry[K, V]]
}

func (o *MapOptions[K, V]) validate() error {
	errs := []error{o.Limits.validate()}
	if o.Process == nil {
		errs = append(errs, errors.New("partbuffer: Process is nil, must be set"))
	}
	if o.Limits.Interval == 0 {
		errs = append(errs, errors.New("partbuffer: Interval is 0, must be more for a Map"))
	}
	if l := o.Limits; l.Trigger.Bytes != 0 || l.MaxBatch.Bytes != 0 || l.Capacity.Bytes != 0 {
		errs = append(errs, errors.New("partbuffer: a Map counts entries: Trigger.Bytes, MaxBatch.Bytes and Capacity.Bytes must be 0"))
	}
	if o.Partitions < 0 {
		errs = append(errs, fmt.Errorf("partbuffer: Partitions is %d, must be 0 or more", o.Partitions))
	}
	if o.Overflow > Reject {
		errs = append(errs, fmt.Errorf("partbuffer: Overflow is %v, must be Block or Reject for a Map", o.Overflow))
	}
	if o.WholeBuffer && !o.Limits.MaxBatch.isZero() {
		errs = append(errs, errors.New("partbuffer: WholeBuffer is set, MaxBatch must be 0"))
	}
	return errors.Join(errs...)
}

// Map is a partitioned, double-buffered map that hands the newest entry of every key to MapOptions.Process,
// once per interval. It is safe for concurrent use and must not be copied. NewMap makes one that runs at once;
// the zero value refuses every entry with ErrNotRunning.
//
// Get, Delete and Len see the entries that wait in the buffer. Those that were handed over are gone from the
// Map: a key that comes again begins anew.
//
// A write of a key that is in the buffer takes one lock, does not allocate, and never waits for room.
type Map[K comparable, V any] struct {
	engine
	opts   MapOptions[K, V]
	parts  []*mapPartition[K, V]
	tables sync.Pool // of *table[K, V], emptied
	// buckets keeps what putAll sorts entries into: *[][]Entry[K, V], one slice per partition, emptied.
	buckets sync.Pool
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
	m := &Map[K, V]{opts: opts}
	m.begin()
	m.tables.New = func() any { return &table[K, V]{index: make(map[K]int)} }
	m.buckets.New = func() any { b := make([][]Entry[K, V], n); return &b }
	m.timeout.Store(int64(opts.Limits.ProcessTimeout))
	m.stopped = func(lifetime time.Duration, reason error) { m.opts.Observer.stopped(n, lifetime, reason) }
	for i := range n {
		p := &mapPartition[K, V]{m: m, number: i, bounds: mapBoundsOf(opts.Limits)}
		p.life, p.interval, p.drain = m.life, opts.Limits.Interval, p.run
		m.parts = append(m.parts, p)
		m.partitions = append(m.partitions, p)
	}
	m.member = NewGroup(opts.Limits.Capacity).join(true, m)
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
// one to the entry's Updates. It reports whether it did. An equal version does not replace.
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
	if p.front == nil {
		return value, false
	}
	i, ok := p.front.index[key]
	if ok {
		value = p.front.entries[i].Value
	}
	return value, ok
}

// Delete removes a key from the buffer and reports whether it was there. What was handed over already is not
// affected.
func (m *Map[K, V]) Delete(key K) bool {
	if !m.running() {
		return false
	}
	p := m.parts[m.partition(key)]
	p.mu.Lock()
	deleted := p.deleteLocked(key)
	p.mu.Unlock()
	if deleted {
		m.member.release(Weight{Items: 1})
	}
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
}

// Stats returns the accounting of all partitions. Each is read at one moment, one after the other.
func (m *Map[K, V]) Stats() MapStats {
	s := MapStats{Stats: Stats{Refused: m.refused.load()}}
	for _, p := range m.parts {
		ps := p.stats()
		s.Stats = s.Stats.Plus(ps.Stats)
		s.Superseded += ps.Superseded
	}
	return s
}

func (m *Map[K, V]) partition(key K) int {
	return int(m.opts.Hash(key) % uint64(len(m.parts)))
}
