// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// queueModel knows what was accepted and refused, and checks what Process gets against that.
type queueModel struct {
	t        *rapid.T
	q        *Queue[parcel]
	limits   Limits
	delay    time.Duration
	failures map[int]bool // calls of Process that fail, by number

	mu       sync.Mutex
	calls    int
	got      []int         // elements in the order in which they were processed
	byPart   map[int][]int // the same by partition
	failed   int           // elements in failed batches
	dropped  []int
	inside   map[int]bool // partitions that are in Process
	accepted []int
	refused  int
}

// TestQueueAgainstModel pushes random divisible items at random moments through random limits, with failures,
// flushes and changes of limits in between, and shuts down while writers are inside.
func TestQueueAgainstModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		synctest.Test(t, func(*testing.T) { runQueueModel(rt) })
	})
}

func drawLimits(rt *rapid.T) Limits {
	l := Limits{Interval: rapid.SampledFrom([]time.Duration{0, time.Millisecond, time.Second, time.Hour}).Draw(rt, "interval")}
	l.Trigger.Items = rapid.IntRange(0, 20).Draw(rt, "trigger items")
	if rapid.Bool().Draw(rt, "capped") {
		l.MaxBatch.Items = max(1, l.Trigger.Items+rapid.IntRange(0, 5).Draw(rt, "above"))
	}
	l.MaxBatch.Bytes = rapid.SampledFrom([]int{0, 30, 150}).Draw(rt, "max bytes")
	l.Capacity.Items = rapid.SampledFrom([]int{0, 5, 40}).Draw(rt, "capacity")
	return l
}

func runQueueModel(rt *rapid.T) {
	m := &queueModel{
		t: rt, limits: drawLimits(rt), failures: map[int]bool{}, byPart: map[int][]int{}, inside: map[int]bool{},
		delay: rapid.SampledFrom([]time.Duration{0, time.Millisecond, time.Minute}).Draw(rt, "delay"),
	}
	for _, n := range rapid.SliceOfN(rapid.IntRange(0, 20), 0, 5).Draw(rt, "failures") {
		m.failures[n] = true
	}
	opts := QueueOptions[parcel]{
		Process: m.process, Limits: m.limits, Weigh: weighParcel, Split: splitParcel,
		Partitions: rapid.IntRange(1, 4).Draw(rt, "partitions"),
		Overflow:   rapid.SampledFrom([]Overflow{Block, Reject, DropOldest}).Draw(rt, "overflow"),
		Observer: Observer[parcel]{Dropped: func(items []parcel, _ Weight, _ error) {
			m.mu.Lock()
			defer m.mu.Unlock()
			m.dropped = append(m.dropped, slices.Concat(items...)...)
		}},
	}
	ordered := rapid.Bool().Draw(rt, "routed")
	if ordered {
		opts.Route = func(p parcel) uint64 { return uint64(p[0] / 1000) }
	}
	var err error
	m.q, err = NewQueue(opts)
	require.NoError(rt, err)

	for i, n := range rapid.SliceOfN(rapid.IntRange(1, 60), 1, 25).Draw(rt, "pushes") {
		m.push(numbered(1000*i, n))
		switch rapid.IntRange(0, 9).Draw(rt, "then") {
		case 0:
			<-time.After(time.Millisecond)
		case 1:
			<-time.After(2 * time.Hour)
		case 2:
			_ = m.q.Flush(context.Background())
		case 3:
			if l := drawLimits(rt); l.validate() == nil {
				l.Capacity = m.limits.Capacity
				require.NoError(rt, m.q.Reconfigure(l))
				m.mu.Lock()
				m.limits.MaxBatch = Weight{} // batches on their way may have been made under either
				m.mu.Unlock()
			}
		}
		s := m.q.Stats()
		assert.Equal(rt, s.Accepted, sum(s), "accounting identity: %+v", s)
	}
	require.NoError(rt, m.q.Shutdown(context.Background()))
	m.check(ordered)
}

func (m *queueModel) push(p parcel) {
	elements := slices.Clone(p)
	err := m.q.Push(context.Background(), p)
	synctest.Wait()
	partial, ok := errors.AsType[*PartialError](err)
	switch {
	case err == nil:
		m.accepted = append(m.accepted, elements...)
	case ok:
		m.accepted = append(m.accepted, elements[:partial.Accepted.Items]...)
		m.refused += partial.Refused.Items
	default:
		require.ErrorIs(m.t, err, ErrFull)
		m.refused += len(elements)
	}
}

func (m *queueModel) process(_ context.Context, b Batch[parcel]) error {
	failing := m.begin(b)
	<-time.After(m.delay)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.inside[b.Partition] = false
	if failing {
		m.failed += b.Weight.Items
		return errors.New("failed")
	}
	return nil
}

func (m *queueModel) begin(b Batch[parcel]) (failing bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	assert.False(m.t, m.inside[b.Partition], "two batches of one partition at a time")
	m.inside[b.Partition] = true
	elements := slices.Concat(b.Items...)
	var weight Weight
	for _, p := range b.Items {
		weight = weight.plus(weighParcel(p))
	}
	assert.Equal(m.t, weight, b.Weight)
	if limit := m.limits.MaxBatch.unbounded(); len(elements) > 1 && !m.limits.MaxBatch.isZero() {
		assert.True(m.t, weight.within(limit), "a batch of %+v is above the cap %+v", weight, limit)
	}
	m.got = append(m.got, elements...)
	m.byPart[b.Partition] = append(m.byPart[b.Partition], elements...)
	return m.failures[m.calls]
}

func (m *queueModel) check(ordered bool) {
	s := m.q.Stats()
	assert.Equal(m.t, s.Accepted, sum(s), "accounting identity: %+v", s)
	assert.Equal(m.t, len(m.accepted), s.Accepted.Items)
	assert.Equal(m.t, m.refused, s.Refused.Items)
	assert.Equal(m.t, m.failed, s.Failed.Items)
	assert.Equal(m.t, len(m.dropped), s.Dropped.Items)
	assert.Zero(m.t, m.q.Held(), "room that nobody gave back")
	for _, each := range m.q.quotas {
		assert.Zero(m.t, each.held.load(), "room of partition %d that nobody gave back", each.partition)
	}
	assert.ElementsMatch(m.t, m.accepted, slices.Concat(m.got, m.dropped), "every accepted element, once")
	if ordered {
		for partition, elements := range m.byPart {
			assert.True(m.t, slices.IsSorted(elements), "partition %d is out of order: %v", partition, elements)
		}
	}
}
