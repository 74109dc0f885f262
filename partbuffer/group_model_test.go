// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

var groupRounds = flag.Int("group.rounds", 0, "how many rounds TestGroupAgainstModel plays, 0 = as many as are quick")

// TestGroupAgainstModel plays rounds of random writes of several parts to queues of all policies that share a group, or
// have a capacity of their own, while limits change and queues join, shut down and give up. After every step, when
// everything that can move has moved, it checks what must be true then: see checkRest.
//
// A round is its seed: what one finds can be played again by the name of its subtest.
func TestGroupAgainstModel(t *testing.T) {
	rounds := 1500
	switch {
	case *groupRounds > 0:
		rounds = *groupRounds
	case testing.Short():
		rounds = 100
	}
	for seed := range rounds {
		played := t.Run(strconv.Itoa(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { playGroupRound(t, uint64(seed)) })
		})
		if !played {
			return // the others would most likely fail for the same reason
		}
	}
}

// groupModel is one round. Only its main goroutine draws, and only while all others rest, so that a seed always gives
// the same round.
type groupModel struct {
	t        *testing.T
	draw     *rand.Rand
	capacity Weight
	group    *Group // nil: every queue has a capacity of its own
	mixed    bool   // policies; otherwise all queues block, which makes the most writers wait

	all     []*modelQueue
	open    []*modelQueue // without those that were shut down
	calls   atomic.Int32  // that have not returned
	cancels []context.CancelFunc
	story   []string // of what was done, for a round that fails
}

// modelQueue is a queue whose calls of Process stand still until the round lets one of them go on.
type modelQueue struct {
	*Queue[parcel]
	number int
	gate   chan struct{}
	inside atomic.Int32 // calls of Process
}

func playGroupRound(t *testing.T, seed uint64) {
	draw := rand.New(rand.NewPCG(seed, 7))
	m := &groupModel{t: t, draw: draw, capacity: Weight{Items: 2 + draw.IntN(14)}, mixed: draw.IntN(2) == 0}
	t.Cleanup(m.end)
	if draw.IntN(3) != 0 {
		m.group = NewGroup(m.capacity)
	}
	for range 1 + draw.IntN(3) {
		m.join()
	}
	for range 60 {
		m.act()
		synctest.Wait()
		m.checkRest()
	}
	m.letAllGo()
	m.checkEnd()
}

// tell notes what was done.
func (m *groupModel) tell(format string, args ...any) {
	m.story = append(m.story, fmt.Sprintf(format, args...))
}

// end also frees what a failed round leaves behind, because goroutines that never end would hide its failure.
func (m *groupModel) end() {
	if m.t.Failed() {
		for _, line := range m.story {
			m.t.Log(line)
		}
	}
	for _, q := range m.all {
		close(q.gate)
	}
	for _, cancel := range m.cancels {
		cancel()
	}
	for _, q := range m.all {
		_ = q.Shutdown(over(m.t))
	}
}

func (m *groupModel) join() {
	q := &modelQueue{number: len(m.all), gate: make(chan struct{})}
	opts := QueueOptions[parcel]{
		Process: q.process, Weigh: weighParcel, Group: m.group, Partitions: 1 + m.draw.IntN(3), Limits: m.limits(),
	}
	if m.mixed {
		opts.Overflow = []Overflow{Block, Reject, DropOldest}[m.draw.IntN(3)]
	}
	if m.draw.IntN(4) != 0 {
		opts.Split = splitParcel
	}
	if m.draw.IntN(5) != 0 {
		opts.Route = func(p parcel) uint64 { return uint64(p[0] / 1000) }
	}
	m.tell("queue %d: %v, %d partitions, routed %v, cuts %v, private %v, %+v",
		q.number, opts.Overflow, opts.Partitions, opts.Route != nil, opts.Split != nil, opts.Group == nil, opts.Limits)
	var err error
	q.Queue, err = NewQueue(opts)
	require.NoError(m.t, err)
	m.all, m.open = append(m.all, q), append(m.open, q)
}

// limits are small, so that most writes meet one of them.
func (m *groupModel) limits() Limits {
	l := Limits{Interval: []time.Duration{never, never, time.Second, 0}[m.draw.IntN(4)]}
	if m.draw.IntN(2) == 0 {
		l.Trigger.Items = 1 + m.draw.IntN(8)
	}
	if m.draw.IntN(2) == 0 {
		l.MaxBatch.Items = max(1, l.Trigger.Items+m.draw.IntN(3))
	}
	if m.group == nil {
		l.Capacity = m.capacity
	}
	return l
}

// process fails and panics by what it is given, so that a seed always gives the same round.
func (q *modelQueue) process(_ context.Context, b Batch[parcel]) error {
	q.inside.Add(1)
	defer q.inside.Add(-1)
	<-q.gate
	switch {
	case len(b.Items)%5 == 0:
		return errors.New("failed")
	case len(b.Items)%7 == 0:
		panic("failed badly")
	default:
		return nil
	}
}

// letOne lets one call of Process go on, and reports whether there was one.
func (q *modelQueue) letOne() bool {
	select {
	case q.gate <- struct{}{}:
		return true
	default:
		return false
	}
}

// letAllGo processes until all calls have returned, without the end of a ctx: whoever still waits must be served.
func (m *groupModel) letAllGo() {
	m.tell("all go")
	for range 3000 {
		moved := false
		for _, q := range m.all {
			moved = q.letOne() || moved
		}
		synctest.Wait()
		m.checkRest()
		switch {
		case moved:
		case m.calls.Load() == 0:
			return
		default: // they wait for what became of items that have no reason to go yet
			for _, q := range m.all {
				m.call(func(ctx context.Context) { _ = q.Flush(ctx) })
			}
			synctest.Wait()
		}
	}
}
