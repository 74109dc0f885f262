// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"hash/maphash"
	"math"
)

var hashSeed = maphash.MakeSeed()

// Hash returns a hash of k for use as a routing key. It is safe for concurrent use, does not allocate, and
// differs from one process to the next.
func Hash[K comparable](k K) uint64 { return maphash.Comparable(hashSeed, k) }

// partitionOf returns the partition that an item goes to: fixed, or where that is -1, the one of Route, or -1 where
// the load decides.
func (q *Queue[T]) partitionOf(item *T, fixed int) int {
	switch {
	case fixed >= 0 || q.adaptive:
		return fixed
	case q.opts.Route == nil:
		return 0
	default:
		return int(q.opts.Route(*item) % uint64(len(q.parts)))
	}
}

// lockFor locks a partition, or where that is -1, the one of the load.
func (q *Queue[T]) lockFor(partition int) *partition[T] {
	if partition < 0 {
		return q.lockAdaptive()
	}
	p := q.parts[partition]
	p.mu.Lock()
	return p
}

// lockAdaptive locks the partition that all writers fill at the moment, so that little load makes few batches.
// A writer that finds it locked takes another instead of waiting: contention spreads the writers by itself.
// That other one is idle, or has the shortest backlog: whoever holds the lock may have been preempted, and what
// piled up behind a single other partition until it goes on would be processed one after the other.
func (q *Queue[T]) lockAdaptive() *partition[T] {
	i := int(q.current.Load())
	p := q.parts[i]
	if p.mu.TryLock() {
		return p
	}
	shortest := int32(math.MaxInt32)
	for k := 1; k < len(q.parts); k++ {
		other := q.parts[(i+k)%len(q.parts)]
		n := other.backlog.Load()
		if n == 0 && other.mu.TryLock() {
			return other
		}
		if n < shortest {
			p, shortest = other, n
		}
	}
	p.mu.Lock()
	return p
}

// moveOn makes writers leave partition from, which was handed over, for the next idle one, or for the one with
// the shortest backlog. It reports whether that one is idle.
func (q *Queue[T]) moveOn(from int) (idle bool) {
	best, shortest := from, int32(-1)
	for k := 1; k < len(q.parts); k++ {
		i := (from + k) % len(q.parts)
		if n := q.parts[i].backlog.Load(); shortest < 0 || n < shortest {
			best, shortest = i, n
			if n == 0 {
				break
			}
		}
	}
	q.current.CompareAndSwap(uint32(from), uint32(best))
	return shortest == 0
}

// lockIdle locks the partition through which a batch that arrived whole should pass: an idle one with an empty
// buffer, or else the one with the shortest backlog that is not being filled by everybody.
func (q *Queue[T]) lockIdle() *partition[T] {
	from := int(q.current.Load())
	best, shortest := from, int32(-1)
	for k := 1; k <= len(q.parts); k++ { // the current partition last
		i := (from + k) % len(q.parts)
		n := q.parts[i].backlog.Load()
		if n == 0 && q.parts[i].mu.TryLock() {
			if q.parts[i].front == nil {
				return q.parts[i]
			}
			q.parts[i].mu.Unlock()
		}
		if i != from && (shortest < 0 || n < shortest) {
			best, shortest = i, n
		}
	}
	p := q.parts[best]
	p.mu.Lock()
	return p
}
