// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import "sync/atomic"

// reason is why accepted items were lost.
type reason uint8

const (
	reasonError     reason = iota // the next component returned an error
	reasonPermanent               // and said that trying again is of no use
	reasonPanic                   // the next component panicked
	reasonOverflow                // on_overflow: drop_oldest
	reasonShutdown                // Shutdown gave up
	reasonKey                     // missing_key: drop
	reasons         = iota
)

var reasonNames = [reasons]string{"error", "permanent_error", "panic", "overflow", "shutdown", "missing_key"}

func (r reason) String() string { return reasonNames[r] }

// account holds the terms of the accounting identity that the buffer itself does not know:
//
//	accepted = delivered + superseded + dropped + buffered + in_flight
//
// It is safe for concurrent use.
type account struct {
	delivered atomic.Int64
	dropped   [reasons]atomic.Int64
	refused   atomic.Int64
	// dismissed was accepted and dropped at once, without having been in a buffer.
	dismissed atomic.Int64
}

// balance is the whole identity at one moment.
type balance struct {
	accepted, delivered, superseded, buffered, inFlight, refused int64
	dropped                                                      [reasons]int64
}

// lost is what was dropped, for whatever reason.
func (b balance) lost() (n int64) {
	for _, d := range b.dropped {
		n += d
	}
	return n
}

// reading is everything that one walk over the lanes tells.
type reading struct {
	balance
	lanes, live, remembered int
}

func (b *buffer[D]) balance() balance { return b.reading().balance }

// reading reads the identity's terms. What ends is first noted here and then by the buffer, or the other way round, so
// that nobody can read both at one moment. In flight is what is in no other place: it includes what ended just now, and
// the identity holds whenever it is read.
func (b *buffer[D]) reading() reading {
	var r reading
	r.delivered = b.account.delivered.Load()
	for i := range r.dropped {
		r.dropped[i] = b.account.dropped[i].Load()
	}
	r.refused = b.account.refused.Load()
	held, lanes := b.lanes.stats()
	r.lanes, r.live, r.remembered = lanes, held.live, held.remembered
	r.accepted = int64(held.Accepted.Items) + b.account.dismissed.Load()
	r.superseded = int64(held.superseded)
	r.buffered = int64(held.Waiting.Items)
	r.inFlight = r.accepted - r.delivered - r.superseded - r.lost() - r.buffered
	return r
}
