// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const never = 1000 * time.Hour

// ledger is a Process that writes down what it gets. It is safe for concurrent use.
type ledger[T any] struct {
	mu   sync.Mutex
	seen []Batch[T]
}

func (l *ledger[T]) process(_ context.Context, b Batch[T]) error {
	b.Items = slices.Clone(b.Items)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen = append(l.seen, b)
	return nil
}

func (l *ledger[T]) batches() []Batch[T] {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.seen)
}

// items returns the items of every batch, batch by batch.
func (l *ledger[T]) items() [][]T {
	var all [][]T
	for _, b := range l.batches() {
		all = append(all, b.Items)
	}
	return all
}

func (l *ledger[T]) triggers() []Trigger {
	var all []Trigger
	for _, b := range l.batches() {
		all = append(all, b.Trigger)
	}
	return all
}

// gate is a Process that stands still until it is opened, whatever its ctx says.
type gate[T any] struct {
	ledger[T]
	open chan struct{}
	once sync.Once
}

func newGate[T any](tb testing.TB) *gate[T] {
	g := &gate[T]{open: make(chan struct{})}
	tb.Cleanup(g.release)
	return g
}

// release lets everything through from now on.
func (g *gate[T]) release() { g.once.Do(func() { close(g.open) }) }

func (g *gate[T]) process(ctx context.Context, b Batch[T]) error {
	_ = g.ledger.process(ctx, b)
	<-g.open
	return nil
}

// parcel is an item that can be cut: its elements count as items, and every piece has a header of its own.
type parcel []int

const (
	headerBytes  = 7
	elementBytes = 10
)

func weighParcel(r parcel) Weight {
	if len(r) == 0 {
		return Weight{}
	}
	return Weight{Items: len(r), Bytes: headerBytes + elementBytes*len(r)}
}

func splitParcel(r parcel, room Weight) (head, tail parcel, ok bool) {
	n := len(r)
	if room.Items != 0 {
		n = min(n, room.Items)
	}
	if room.Bytes != 0 {
		n = min(n, (room.Bytes-headerBytes)/elementBytes)
	}
	if n <= 0 {
		return nil, r, false
	}
	return r[:n:n], r[n:], true
}

// numbered returns a parcel with the elements from..from+n-1.
func numbered(from, n int) parcel {
	r := make(parcel, n)
	for i := range r {
		r[i] = from + i
	}
	return r
}

// newQueue makes a queue that the test's end shuts down.
func newQueue[T any](tb testing.TB, opts QueueOptions[T]) *Queue[T] {
	tb.Helper()
	q, err := NewQueue(opts)
	require.NoError(tb, err)
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = q.Shutdown(ctx)
		assertBalanced(tb, q)
	})
	return q
}

func newMap[K comparable, V any](tb testing.TB, opts MapOptions[K, V]) *Map[K, V] {
	tb.Helper()
	m, err := NewMap(opts)
	require.NoError(tb, err)
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = m.Shutdown(ctx)
		s := m.Stats()
		assert.Equal(tb, s.Accepted.Items, s.Superseded+sum(s.Stats).Items, "accounting identity: %+v", s)
		assert.Zero(tb, m.member.group.Held(), "room that nobody gave back")
	})
	return m
}

// sum is the right side of the accounting identity.
func sum(s Stats) Weight {
	return s.Waiting.plus(s.InFlight).plus(s.Processed).plus(s.Failed).plus(s.Dropped)
}

// assertBalanced checks the accounting of a queue in which nothing is left.
func assertBalanced[T any](tb testing.TB, q *Queue[T]) {
	tb.Helper()
	s := q.Stats()
	assert.Equal(tb, s.Accepted, sum(s), "accounting identity: %+v", s)
	assert.Zero(tb, s.Waiting.plus(s.InFlight), "left after Shutdown: %+v", s)
	assert.Zero(tb, q.member.held.load(), "room that nobody gave back")
	assert.Zero(tb, q.member.waiting.Load(), "writers that nobody counted off")
	for _, each := range q.quotas {
		assert.Zero(tb, each.held.load(), "room of partition %d that nobody gave back", each.partition)
		assert.Zero(tb, each.queued.Load(), "writers that nobody counted off")
	}
	if q.private {
		assert.Zero(tb, q.member.group.Held(), "room that nobody gave back")
	}
}

// pushed pushes every item by itself.
func pushed[T any](tb testing.TB, q *Queue[T], items ...T) {
	tb.Helper()
	for _, item := range items {
		require.NoError(tb, q.Push(tb.Context(), item))
	}
}
