// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"slices"
	"sync/atomic"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

// checkRest checks what must be true whenever nothing moves.
func (m *groupModel) checkRest() {
	groups := map[*Group][]*modelQueue{}
	for _, q := range m.all {
		m.checkAccounts(q)
		groups[q.member.group] = append(groups[q.member.group], q)
	}
	for g, queues := range groups {
		var holds Weight
		for _, q := range queues {
			holds = holds.plus(q.Held())
		}
		require.Equal(m.t, holds, g.Held(), "what the group holds, and its queues")
		m.checkWaiters(g, queues)
	}
}

// checkAccounts checks that a queue and its quotas hold exactly what waits and what is in process.
func (m *groupModel) checkAccounts(q *modelQueue) {
	s := q.Stats()
	require.Equal(m.t, s.Accepted, sum(s), "accounting identity of queue %d: %+v", q.number, s)
	require.Equal(m.t, s.Waiting.plus(s.InFlight), q.Held(), "what queue %d holds", q.number)
	for _, each := range q.quotas {
		s := q.parts[each.partition].stats()
		require.Equal(m.t, s.Waiting.plus(s.InFlight), each.held.load(),
			"what partition %d of queue %d holds", each.partition, q.number)
	}
}

// checkWaiters checks that nobody waits in vain: there is no room that a waiter could have had and nobody gave it, and
// whatever a waiter waits for is at work.
func (m *groupModel) checkWaiters(g *Group, queues []*modelQueue) {
	g.mu.Lock()
	before := len(g.waiters)
	g.grantLocked()
	forgotten := before - len(g.waiters)
	waiters, starved := slices.Clone(g.waiters), g.starved.Load()
	g.mu.Unlock()
	require.Zero(m.t, forgotten, "writers for whom there was room, and nobody gave it")
	require.Len(m.t, waiters, int(g.waiting.Load()))

	counted := map[*atomic.Int32]int32{}
	for _, each := range waiters {
		counted[each.counted]++
	}
	inProcess := int32(0)
	for _, q := range queues {
		inProcess += q.inside.Load()
		works := m.checkPressure(q, counted)
		if !starved && counted[&q.member.waiting] > 0 {
			require.True(m.t, works, "writers wait for queue %d, and it rests", q.number)
		}
	}
	if starved {
		require.Positive(m.t, inProcess, "writers wait for the group, and all of it rests")
	}
}

// checkPressure compares what a queue and its quotas take to be their waiters with those that there are, and reports
// whether a partition of the queue is at work.
func (m *groupModel) checkPressure(q *modelQueue, counted map[*atomic.Int32]int32) (works bool) {
	require.Equal(m.t, counted[&q.member.waiting], q.member.waiting.Load(), "writers that wait for queue %d", q.number)
	for _, p := range q.parts {
		p.mu.Lock()
		running := p.running
		p.mu.Unlock()
		works = works || running
		if p.quota == nil {
			continue
		}
		n := counted[&p.quota.queued]
		require.Equal(m.t, n, p.quota.queued.Load(), "writers that wait for partition %d of queue %d", p.index, q.number)
		if n > 0 {
			require.True(m.t, running, "writers wait for partition %d of queue %d, and it rests", p.index, q.number)
		}
	}
	return works
}

// checkEnd checks, once everything could be processed, that all calls have returned and nothing is left behind.
func (m *groupModel) checkEnd() {
	require.Zero(m.t, m.calls.Load(), "calls that never return")
	m.tell("all shut down")
	for _, q := range m.all {
		m.call(func(ctx context.Context) { _ = q.Shutdown(ctx) })
	}
	for moved := true; moved; synctest.Wait() {
		moved = false
		synctest.Wait()
		for _, q := range m.all {
			moved = q.letOne() || moved
		}
	}
	m.checkRest()
	require.Zero(m.t, m.calls.Load(), "calls that never return")
	for _, q := range m.all {
		require.Zero(m.t, q.Held(), "room of queue %d that nobody gave back", q.number)
		require.Empty(m.t, q.member.group.waiters)
	}
}
