// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"sync/atomic"
	"time"
)

// Batch is what Process gets: the items of one buffer, in the order in which their partition took them.
type Batch[T any] struct {
	Items     []T
	Weight    Weight
	Trigger   Trigger
	Partition int
	// Oldest is when the first of the items was pushed.
	Oldest time.Time
}

// generation is one filling of one front buffer, from its first item to the end of its processing.
type generation[T any] struct {
	items   []T
	weight  Weight
	trigger Trigger
	oldest  time.Time
	// requests runs parallel to items, and only where Overflow is DropOldest.
	requests []request
	// cutting is set while a writer is outside the lock, cutting an item of which the head belongs here. The
	// generation is sealed already, that writer alone touches items and weight, and the worker waits for it.
	cutting bool
	done    *completion
	next    *generation[T] // in a backlog
}

// request is what DropOldest needs to know of an item.
type request struct {
	weight Weight
	whole  *whole
}

// whole ties the pieces of an item together that was cut in two: where one is dropped, the others are as well,
// wherever they are by then.
type whole struct {
	dropped atomic.Bool
}

// completion is the end of a generation as seen by those who wait for it. It is made by the first of them.
type completion struct {
	ended chan struct{} // closed by finish, after err is set
	err   error
}

// completionLocked returns the completion that finish will end. The generation's partition is locked.
func (g *generation[T]) completionLocked() *completion {
	if g.done == nil {
		g.done = &completion{ended: make(chan struct{})}
	}
	return g.done
}

func (c *completion) finish(err error) {
	if c != nil {
		c.err = err
		close(c.ended)
	}
}

// recycle empties g for its next filling, so that nothing stays reachable through it.
func (g *generation[T]) recycle(keepItems bool) {
	items, requests := g.items, g.requests
	if !keepItems {
		items = nil
	}
	clear(items)
	clear(requests)
	*g = generation[T]{items: items[:0], requests: requests[:0]}
}

// backlog is a first-in, first-out list of sealed generations. The zero value is empty.
type backlog[T any] struct {
	first, last *generation[T]
}

func (b *backlog[T]) push(g *generation[T]) {
	if b.last == nil {
		b.first = g
	} else {
		b.last.next = g
	}
	b.last = g
}

func (b *backlog[T]) pop() *generation[T] {
	g := b.first
	b.first = g.next
	if b.first == nil {
		b.last = nil
	}
	g.next = nil
	return g
}
