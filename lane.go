// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/client"

	"github.com/partbuffer/partbufferprocessor/partbuffer"
)

// lane is the buffer of one combination of metadata values: one tenant.
type lane[D any] struct {
	name   string // canonical form of the values
	queue  *partbuffer.Queue[request[D]]
	newest newest[D] // nil in Queue mode
	info   client.Info
	condition

	forever bool         // never removed
	epoch   time.Time    // what times are counted from, so that a clock that is set does not matter
	used    atomic.Int64 // when it was last looked up, nanoseconds since epoch
	writers atomic.Int32 // between acquire and release: the lane must stay

	// Guarded by lanes.mu.
	place  int   // in lanes.order
	placed int64 // by what it has that place: when it was last known to be in use, nanoseconds since epoch
}

// newest is what a lane has in Map mode: the newest item of every key.
type newest[D any] interface {
	// push keeps the items of data that have a key, and passes the others on to the lane's queue.
	push(ctx context.Context, data D, items int) error
	stats() partbuffer.MapStats
	shutdown(ctx context.Context) error
}

// laneStats are the accounting of lanes.
type laneStats struct {
	partbuffer.Stats
	superseded, live, remembered int
}

func (s laneStats) plus(o laneStats) laneStats {
	return laneStats{s.Plus(o.Stats), s.superseded + o.superseded, s.live + o.live, s.remembered + o.remembered}
}

func (l *lane[D]) stats() laneStats {
	s := laneStats{Stats: l.queue.Stats()}
	if l.newest != nil {
		m := l.newest.stats()
		s = s.plus(laneStats{m.Stats, m.Superseded, m.Waiting.Items, m.Remembered})
	}
	return s
}

// shutdown ends the queue and the entries at the same time, so that one does not use up the other's time.
func (l *lane[D]) shutdown(ctx context.Context) error {
	if l.newest == nil {
		return l.queue.Shutdown(ctx)
	}
	var err error
	var wg sync.WaitGroup
	wg.Go(func() { err = l.newest.shutdown(ctx) })
	queueErr := l.queue.Shutdown(ctx)
	wg.Wait()
	return errors.Join(err, queueErr)
}

func (l *lane[D]) release() {
	if !l.forever {
		l.writers.Add(-1)
	}
}

// at returns t as nanoseconds since epoch.
func (l *lane[D]) at(t time.Time) int64 { return int64(t.Sub(l.epoch)) }

// touch is called with lanes.mu held, so that no lane is removed between look-up and use.
func (l *lane[D]) touch(now time.Time) {
	l.writers.Add(1)
	l.used.Store(l.at(now))
}

// touched notes that a window was delivered: what is remembered of it counts from then.
func (l *lane[D]) touched() {
	if !l.forever {
		l.used.Store(l.at(time.Now()))
	}
}

// unused reports whether nobody is about to push and nothing is held. It is called with lanes.mu held for
// writing, so that nobody can begin to.
func (l *lane[D]) unused() bool {
	if l.writers.Load() != 0 || l.queue.Held() != (partbuffer.Weight{}) {
		return false
	}
	if l.newest == nil {
		return true
	}
	s := l.newest.stats()
	return s.Waiting.Items == 0 && s.InFlight.Items == 0
}

// end stops a lane that was removed. Nothing is in it, so that there is nothing to wait for, and nothing that could
// fail any more.
func (l *lane[D]) end() {
	_ = l.shutdown(context.Background())
	l.note(nil)
}
