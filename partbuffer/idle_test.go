// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// Thousands of queues, one for each tenant, must cost memory and nothing else while they are idle.
func TestAnIdleQueueHasNoGoroutineAndNoTimer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger[int]
		goroutines := runtime.NumGoroutine()
		q := newQueue(t, QueueOptions[int]{
			Process: l.process, Partitions: 4, Route: func(i int) uint64 { return uint64(i) },
			Limits: Limits{Interval: time.Second, Trigger: Weight{Items: 3}},
		})
		pushed(t, q, 0, 1, 1, 1, 2, 2, 2, 2) // by age, by size, and both
		armed := func(p *partition[int]) bool {
			p.mu.Lock()
			defer p.mu.Unlock()
			return p.armed
		}
		assert.True(t, armed(q.parts[0]))
		<-time.After(2 * time.Second)
		synctest.Wait()
		assert.Equal(t, 8, q.Stats().Processed.Items)
		for _, p := range q.parts {
			assert.False(t, armed(p), "timer of partition %d", p.index)
		}
		assert.LessOrEqual(t, runtime.NumGoroutine(), goroutines)
	})
}
