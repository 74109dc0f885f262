// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"sync"
	"time"
)

const lossLogInterval = 10 * time.Second

// occasional lets one event of a kind be logged per interval, with the count of all since the last one. It is
// safe for concurrent use.
type occasional struct {
	interval time.Duration

	mu    sync.Mutex
	last  time.Time
	count int64
}

func newOccasional(interval time.Duration) *occasional { return &occasional{interval: interval} }

// rest returns how many events there were that were not logged.
func (o *occasional) rest() (count int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	count, o.count = o.count, 0
	return count
}

// now adds n events and reports whether to log them, and then how many there were since it last did.
func (o *occasional) now(n int64) (count int64, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.count += n
	now := time.Now()
	if !o.last.IsZero() && now.Sub(o.last) < o.interval {
		return 0, false
	}
	count, o.count, o.last = o.count, 0, now
	return count, true
}
