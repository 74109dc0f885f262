// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Item is one span, log record, data point or sample: its id and a hash of
// everything that must arrive unchanged.
type Item struct {
	ID      int64
	Content uint64
	// Updates is what an item says of how many older ones it replaced, -1 where it says nothing. It is no content.
	Updates int64
}

// Ledger compares items sent with items received. It is safe for concurrent
// use; the zero value is an empty ledger.
type Ledger struct {
	mu        sync.Mutex
	issued    map[int64]uint64
	acked     map[int64]struct{}
	delivered map[int64]delivery
	succession
}

// delivery is what arrived under one id: its last content and how often.
type delivery struct {
	content uint64
	times   int
}

// Issue enters items that are about to be sent. Enter them before sending, so
// that none can arrive unknown.
func (l *Ledger) Issue(items []Item) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.issued == nil {
		l.issued = make(map[int64]uint64)
	}
	for _, item := range items {
		l.issued[item.ID] = item.Content
	}
}

// Acknowledge enters items whose receipt the collector confirmed.
func (l *Ledger) Acknowledge(items []Item) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.acked == nil {
		l.acked = make(map[int64]struct{})
	}
	for _, item := range items {
		l.acked[item.ID] = struct{}{}
	}
}

// Deliver enters items that arrived.
func (l *Ledger) Deliver(items []Item) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.delivered == nil {
		l.delivered = make(map[int64]delivery)
	}
	for _, item := range items {
		l.delivered[item.ID] = delivery{content: item.Content, times: l.delivered[item.ID].times + 1}
		l.noteDelivered(item.ID)
	}
}

// Report is the state of the books. Ids are in ascending order.
type Report struct {
	Issued, Acknowledged, Delivered int
	// Superseded were acknowledged and did not arrive, which they need not where a newer one of their key does.
	Superseded int
	// Missing were acknowledged and did not arrive, and nothing newer of their key did.
	Missing []int64
	// Backwards arrived after a newer one of their key.
	Backwards []int64
	// Spurious arrived and were never issued.
	Spurious []int64
	// Duplicated arrived more than once.
	Duplicated []int64
	// Corrupted arrived with other content than was issued.
	Corrupted []int64
}

// Exact tells whether the same items were issued, acknowledged and delivered,
// n of them, once each and unchanged.
func (r Report) Exact(n int) bool { return r.Newest(n) && r.Delivered == n }

// Newest tells whether the same n items were issued and acknowledged, and
// delivered once each and unchanged or rightly superseded.
func (r Report) Newest(n int) bool {
	return r.Issued == n && r.Acknowledged == n && r.Delivered+r.Superseded == n &&
		len(r.Missing)+len(r.Backwards)+len(r.Spurious)+len(r.Duplicated)+len(r.Corrupted) == 0
}

// String gives the counts, and the first few ids of every kind of fault.
func (r Report) String() string {
	const few = 5
	var text strings.Builder
	fmt.Fprintf(&text, "%d issued, %d acknowledged, %d delivered", r.Issued, r.Acknowledged, r.Delivered)
	if r.Superseded > 0 {
		fmt.Fprintf(&text, ", %d superseded", r.Superseded)
	}
	for _, fault := range []struct {
		name string
		ids  []int64
	}{
		{"missing", r.Missing},
		{"backwards", r.Backwards},
		{"spurious", r.Spurious},
		{"duplicated", r.Duplicated},
		{"corrupted", r.Corrupted},
	} {
		if len(fault.ids) > 0 {
			fmt.Fprintf(&text, ", %d %s %v", len(fault.ids), fault.name, fault.ids[:min(few, len(fault.ids))])
		}
	}
	return text.String()
}

// Report compares the books.
func (l *Ledger) Report() Report {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := Report{Issued: len(l.issued), Acknowledged: len(l.acked), Delivered: len(l.delivered)}
	for id := range l.acked {
		switch {
		case l.delivered[id].times > 0:
		case l.overtaken(id):
			r.Superseded++
		default:
			r.Missing = append(r.Missing, id)
		}
	}
	for id, d := range l.delivered {
		content, ok := l.issued[id]
		switch {
		case !ok:
			r.Spurious = append(r.Spurious, id)
		case content != d.content:
			r.Corrupted = append(r.Corrupted, id)
		}
		if d.times > 1 {
			r.Duplicated = append(r.Duplicated, id)
		}
	}
	r.Backwards = slices.Clone(l.backwards)
	slices.Sort(r.Missing)
	slices.Sort(r.Backwards)
	slices.Sort(r.Spurious)
	slices.Sort(r.Duplicated)
	slices.Sort(r.Corrupted)
	return r
}

// Contents returns what was delivered, by id.
func (l *Ledger) Contents() map[int64]uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	contents := make(map[int64]uint64, len(l.delivered))
	for id, d := range l.delivered {
		contents[id] = d.content
	}
	return contents
}
