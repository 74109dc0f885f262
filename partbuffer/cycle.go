// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"sync"
	"sync/atomic"
	"time"
)

// cycle decides when a partition's front buffer is handed over, for Queue and Map alike: which trigger made it
// due, when its age timer fires, and whether the partition's worker runs. It owns no data.
//
// The worker exists only while there is work: wakeLocked says that it must be started, idleLocked that it ends.
type cycle struct {
	life  *life
	drain func() // the worker, started in a goroutine of its own

	// backlog counts buffers that wait for the worker or are being processed. Written under mu, read without it
	// by writers that look for an idle partition.
	backlog atomic.Int32

	mu sync.Mutex
	// mu guards what follows, and the data of the partition that embeds cycle. Under it only Group.mu and
	// atomics are touched; Process, Observer, Split and every wait happen outside.
	interval  time.Duration
	opened    time.Time // when the front buffer took its first item; zero = it is empty
	due       Trigger   // why the front buffer must go; TriggerNone = it may fill on
	asked     bool      // Flush or Shutdown wants the front buffer to go, whatever else made it due
	paused    time.Time // when Process gave entries back that are in the front buffer now; zero = it did not
	running   bool      // a worker exists
	closed    bool      // Shutdown began: only writers that were inside before may still append
	abandoned bool      // Shutdown gave up: nothing is appended or processed any more
	armed     bool      // timer is set
	timer     *time.Timer
}

// openLocked notes that the front buffer takes its first item, and arms the age timer. A timer still armed for
// an earlier buffer is left to fire early and set itself again: cheaper than a reset for every buffer.
func (c *cycle) openLocked() {
	c.opened = time.Now()
	if c.closed {
		c.due = TriggerShutdown
		return
	}
	if !c.armed {
		c.armLocked(c.interval)
	}
}

func (c *cycle) armLocked(wait time.Duration) {
	if c.interval <= 0 {
		return
	}
	c.armed = true
	if c.timer == nil {
		c.timer = time.AfterFunc(wait, c.onTimer)
		return
	}
	c.timer.Reset(wait)
}

func (c *cycle) onTimer() {
	c.mu.Lock()
	c.armed = false
	start := false
	if !c.opened.IsZero() {
		if wait := c.interval - time.Since(c.filledLocked()); wait > 0 {
			c.armLocked(wait)
		} else {
			start = c.dueLocked(TriggerTimeout)
		}
	}
	c.mu.Unlock()
	c.start(start)
}

// filledLocked returns when the front buffer took its first item, or got items back, which counts anew.
func (c *cycle) filledLocked() time.Time {
	if c.paused.After(c.opened) {
		return c.paused
	}
	return c.opened
}

// pauseLocked notes that a non-empty front buffer holds what Process just gave back. It goes at the next interval
// or when it is asked to, and not because it is large or somebody waits for room: the destination would be tried
// again and again.
func (c *cycle) pauseLocked() {
	c.paused = time.Now()
	if !c.asked {
		c.due = TriggerNone
	}
	c.armLocked(c.interval)
}

// takenLocked notes that the front buffer was handed over and the next one is empty.
func (c *cycle) takenLocked() {
	c.opened, c.paused = time.Time{}, time.Time{}
	c.due, c.asked = TriggerNone, false
}

// dueLocked makes a non-empty front buffer go as soon as the worker is free.
func (c *cycle) dueLocked(t Trigger) (start bool) {
	if c.opened.IsZero() {
		return false
	}
	switch t {
	case TriggerFlush, TriggerShutdown:
		c.asked = true
	case TriggerSize, TriggerOverflow:
		if !c.paused.IsZero() {
			return false
		}
	default:
	}
	if c.due == TriggerNone {
		c.due = t
	}
	return c.wakeLocked()
}

// wakeLocked reports whether the caller must start the worker, with start, once it has released mu.
func (c *cycle) wakeLocked() (start bool) {
	if c.running {
		return false
	}
	c.running = true
	c.life.begin()
	return true
}

func (c *cycle) start(really bool) {
	if really {
		go c.drain()
	}
}

func (c *cycle) idleLocked() { c.running = false }

// setIntervalLocked changes the age limit, also for what waits already.
func (c *cycle) setIntervalLocked(interval time.Duration) (start bool) {
	c.interval = interval
	if c.opened.IsZero() {
		if c.armed { // for a buffer that went early; it must not stand in for the next one's timer
			c.timer.Stop()
			c.armed = false
		}
		return false
	}
	wait := interval - time.Since(c.filledLocked())
	if wait <= 0 {
		return c.dueLocked(TriggerTimeout)
	}
	c.armLocked(wait)
	return false
}

// closeLocked lets no new writer in and makes what waits go.
func (c *cycle) closeLocked() (start bool) {
	c.closed = true
	if c.timer != nil {
		c.timer.Stop()
	}
	return c.dueLocked(TriggerShutdown)
}

// life counts what keeps a buffer from being quiet: writers in more than one step, and workers. It is safe for
// concurrent use, and counts only; it takes no lock.
type life struct {
	active  atomic.Int64
	closed  atomic.Bool
	closing chan struct{} // closed when Shutdown begins: writers that wait for room give up
	quiet   chan struct{} // closed when, after that, nothing is active any more
	once    sync.Once
	done    sync.Once
}

func newLife() *life {
	return &life{closing: make(chan struct{}), quiet: make(chan struct{})}
}

// enter lets a writer in unless Shutdown began. Whoever was let in calls end.
func (l *life) enter() bool {
	l.begin()
	if l.closed.Load() {
		l.end()
		return false
	}
	return true
}

// begin is enter for those that are active on behalf of somebody who is.
func (l *life) begin() { l.active.Add(1) }

func (l *life) end() {
	// What made it 0 may have been before close, which is active itself until it ends: then it is not 0 any more.
	if l.active.Add(-1) == 0 && l.closed.Load() && l.active.Load() == 0 {
		l.done.Do(func() { close(l.quiet) })
	}
}

// close marks the begin of Shutdown; the first call returns true, and its caller is active until it calls end.
func (l *life) close() (first bool) {
	l.once.Do(func() {
		first = true
		l.begin()
		l.closed.Store(true)
		close(l.closing)
	})
	return first
}
