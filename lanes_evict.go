// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"container/heap"
	"time"
)

const (
	// sweepStep is how many lanes a sweep looks at before it lets others have the lock.
	sweepStep = 256
	// fruitless is how many times as long as a search for an empty lane took no other is begun, where it found none.
	// Otherwise a flood of requests over the limit would keep those of known tenants waiting.
	fruitless = 10
	// longestDoubt bounds that: a search that was interrupted seems to have taken long.
	longestDoubt = 100 * time.Millisecond
)

func (l *lanes[D]) addLocked(added *lane[D], now time.Time) {
	added.placed = added.at(now)
	l.live[added.name] = added
	heap.Push(&l.order, added)
}

func (l *lanes[D]) removeLocked(gone *lane[D]) {
	delete(l.live, gone.name)
	heap.Remove(&l.order, gone.place)
	left := gone.stats()
	left.live, left.remembered = 0, 0
	l.gone = l.gone.plus(left)
}

// leastRecentlyUsedLocked returns the lane that is out of use for longest, or nil where all are in use.
func (l *lanes[D]) leastRecentlyUsedLocked(now time.Time) *lane[D] {
	begin := time.Now()
	if l.idle == 0 || begin.Before(l.allBusy) {
		return nil
	}
	var busy []*lane[D]
	defer func() {
		for _, b := range busy {
			b.inUse(now)
			heap.Push(&l.order, b)
		}
	}()
	for len(l.order) > 0 {
		oldest := l.order[0]
		switch {
		case oldest.stale():
			heap.Fix(&l.order, 0)
		case oldest.unused():
			return oldest
		default:
			heap.Pop(&l.order)
			busy = append(busy, oldest)
		}
	}
	l.allBusy = time.Now().Add(min(longestDoubt, fruitless*time.Since(begin)))
	return nil
}

// sweep removes the lanes that were not used for the idle time, and looks again when the next may be due.
func (l *lanes[D]) sweep() {
	for more := true; more; {
		var removed []*lane[D]
		removed, more = l.sweepSome()
		for _, r := range removed {
			r.end()
		}
	}
}

// sweepSome is one step of sweep. It reports whether there may be more to remove at once.
func (l *lanes[D]) sweepSome() (removed []*lane[D], more bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	for range sweepStep {
		if len(l.order) == 0 || l.closed {
			l.sweeper = nil
			return removed, false
		}
		oldest := l.order[0]
		left := l.idle - time.Duration(oldest.at(now)-oldest.placed)
		switch {
		case left > 0:
			l.sweeper = time.AfterFunc(max(left, l.idle/10), l.sweep)
			return removed, false
		case oldest.stale():
			heap.Fix(&l.order, 0)
		case oldest.unused():
			l.removeLocked(oldest)
			removed = append(removed, oldest)
		default:
			oldest.inUse(now)
			heap.Fix(&l.order, 0)
		}
	}
	return removed, true
}
