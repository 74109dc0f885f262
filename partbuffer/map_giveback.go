// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"errors"
	"fmt"
)

// UnprocessedError is the error by which a Map's Process gives entries of its batch back, alone, wrapped or joined. They
// return to the buffer; the rest of the batch counts as processed. Without Entries it is an error like any other. Where a key came again in the meantime, the newer version
// wins, and of equal ones that which Ties says, the one given back being the first; the loser is superseded, and the
// winner's Updates are those of both and one more. A Put in the meantime wins in any case.
//
// What was given back is handed over again at the next interval, by Flush or by Shutdown, and not earlier because it is
// much or there is no room. What is given back after Shutdown began is handed over once more at once; what that batch,
// whose Trigger is TriggerShutdown, gives back is dropped with ErrClosed.
type UnprocessedError[K comparable, V any] struct {
	// Entries must be of the batch, each at most once. They may be in the memory of batch.Items. The Map sets it to nil.
	Entries []Entry[K, V]
	// Err is why.
	Err error
}

func (e *UnprocessedError[K, V]) Error() string {
	if e.Err == nil {
		return "partbuffer: given back unprocessed"
	}
	return fmt.Sprintf("partbuffer: given back unprocessed: %v", e.Err)
}

// Unwrap returns Err.
func (e *UnprocessedError[K, V]) Unwrap() error { return e.Err }

// takeBack takes the entries out of err that Process gives back of a batch of size entries. ok says that there are any.
func takeBack[K comparable, V any](err error, size int) (back []Entry[K, V], ok bool, left error) {
	back = givenBack[K, V](err, nil)
	if excess := len(back) - size; excess > 0 {
		back = back[:size]
		err = errors.Join(err, fmt.Errorf("partbuffer: %d entries given back that are not of the batch", excess))
	}
	return back, len(back) > 0, err
}

// givenBack appends what all errors in the tree of err give back.
func givenBack[K comparable, V any](err error, back []Entry[K, V]) []Entry[K, V] {
	switch e := err.(type) { //nolint:errorlint // this walks the tree itself
	case *UnprocessedError[K, V]:
		if e != nil {
			back, e.Entries = append(back, e.Entries...), nil
		}
	case interface{ Unwrap() error }:
		return givenBack(e.Unwrap(), back)
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			back = givenBack(one, back)
		}
	}
	return back
}

// giveBackSteps is how many entries return to the buffer under one hold of the lock.
const giveBackSteps = 128

// giveBack returns entries that are in flight, and for which there is room, to the front buffer.
func (p *mapPartition[K, V]) giveBack(back []Entry[K, V]) {
	for len(back) > 0 {
		n := min(len(back), giveBackSteps)
		var free Weight
		p.mu.Lock()
		if p.abandoned || p.current.trigger == TriggerShutdown {
			p.mu.Unlock()
			p.dropBack(back)
			return
		}
		for i := range n {
			free = free.plus(p.restoreLocked(&back[i]))
		}
		if !p.closed { // else it is due: this was not the last time
			p.pauseLocked()
		}
		p.mu.Unlock()
		p.m.member.release(free)
		back = back[n:]
	}
	p.m.member.group.serve() // who waited for the room of these must look elsewhere
}

// restoreLocked returns one entry to the front buffer, and the room of the one that lost.
func (p *mapPartition[K, V]) restoreLocked(e *Entry[K, V]) (free Weight) {
	w := e.weight()
	p.count.inFlight = p.count.inFlight.minus(w)
	i, live := p.memory.live(e.Key)
	if !live {
		p.insertLocked(e, e.Updates, newerWins)
		return Weight{}
	}
	p.superseded++
	if p.front.plain[i] {
		return w
	}
	held := &p.front.entries[i]
	updates := held.Updates + e.Updates + 1
	if p.m.newer(held.Version, e.Version) {
		held.Updates = updates
		return w
	}
	free = held.weight()
	p.replaceLocked(i, e, updates)
	return free
}

// dropBack is giveBack where nothing is handed over any more.
func (p *mapPartition[K, V]) dropBack(back []Entry[K, V]) {
	w := weightOf(back)
	p.mu.Lock()
	p.count.inFlight = p.count.inFlight.minus(w)
	p.count.dropped = p.count.dropped.plus(w)
	p.mu.Unlock()
	p.m.opts.Observer.dropped(back, w, ErrClosed)
	p.m.member.release(w)
}
