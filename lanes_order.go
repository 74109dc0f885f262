// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import "time"

// byUse is a heap of lanes, the least recently used one first. A look-up only notes the time in the lane, so that it
// needs no lock of its own; the place of a lane is corrected when it comes to the front. Hence finding the oldest
// does not look at all lanes, but at those in front that were used since they were placed.
//
// It implements heap.Interface.
type byUse[D any] []*lane[D]

func (h byUse[D]) Len() int           { return len(h) }
func (h byUse[D]) Less(i, j int) bool { return h[i].placed < h[j].placed }

func (h byUse[D]) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i, j
}

func (h *byUse[D]) Push(added any) {
	l := added.(*lane[D])
	l.place = len(*h)
	*h = append(*h, l)
}

func (h *byUse[D]) Pop() any {
	last := len(*h) - 1
	l := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return l
}

// stale reports whether the lane was used since it was placed, and corrects what it is placed by.
func (l *lane[D]) stale() bool {
	used := l.used.Load()
	if used <= l.placed {
		return false
	}
	l.placed = used
	return true
}

// inUse notes that the lane holds something at the moment, which is as good as a look-up.
func (l *lane[D]) inUse(now time.Time) { l.placed = max(l.placed, l.at(now)) }
