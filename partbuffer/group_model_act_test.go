// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"slices"
	"time"

	"github.com/stretchr/testify/require"
)

// act does one thing at random. Writes and what lets Process go on come most often, about as often as each other: that
// keeps the group full without letting all writers hang.
func (m *groupModel) act() {
	q := m.open[m.draw.IntN(len(m.open))]
	switch n := m.draw.IntN(20); {
	case n < 8:
		m.write(q)
	case n < 13:
		if q.letOne() {
			m.tell("a batch of queue %d ends", q.number)
		}
	case n == 13:
		m.cancelOne()
	case n == 14:
		m.changeCapacity(q)
	case n == 15:
		m.tell("time passes")
		<-time.After(2 * time.Second)
	case n == 16:
		if m.draw.IntN(3) == 0 {
			m.shutDown()
		}
	case n == 17:
		if len(m.open) < 4 {
			m.join()
		}
	case n == 18:
		m.tell("flush of queue %d", q.number)
		m.call(func(ctx context.Context) { _ = q.Flush(ctx) })
	default:
		l := m.limits()
		m.tell("queue %d gets %+v", q.number, l)
		require.NoError(m.t, q.Reconfigure(l))
	}
}

// call runs what may wait, and returns. What a call returns is no matter here: that it returns is.
func (m *groupModel) call(f func(ctx context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	m.cancels = append(m.cancels, cancel)
	m.calls.Add(1)
	go func() {
		defer m.calls.Add(-1)
		f(ctx)
	}()
}

func (m *groupModel) cancelOne() {
	if len(m.cancels) > 0 {
		n := m.draw.IntN(len(m.cancels))
		m.tell("call %d is canceled", n)
		m.cancels[n]()
	}
}

// write writes parts for several partitions, some of them larger than the capacity.
func (m *groupModel) write(q *modelQueue) {
	var parts []parcel
	var total Weight
	for range 1 + m.draw.IntN(4) {
		size := 1 + m.draw.IntN(3)
		if m.draw.IntN(4) == 0 {
			size = 1 + m.draw.IntN(m.capacity.Items+3)
		}
		p := numbered(1000*m.draw.IntN(4), size)
		parts = append(parts, p)
		total = total.plus(weighParcel(p))
	}
	key, kind := m.draw.Uint64(), m.draw.IntN(5)
	estimate := Weight{Items: total.Items, Bytes: total.Bytes * (1 + m.draw.IntN(3)) / 2}
	name := []string{"Push", "PushTo", "PushWait", "PushWeighed", "PushFunc"}[kind]
	m.tell("call %d: %s of %v to queue %d", len(m.cancels), name, parts, q.number)
	m.call(func(ctx context.Context) {
		switch kind {
		case 0:
			_ = q.Push(ctx, parts...)
		case 1:
			_ = q.PushTo(ctx, key, parts...)
		case 2:
			_ = q.PushWait(ctx, parts...)
		case 3:
			_ = q.PushWeighed(ctx, parts[0], weighParcel(parts[0]), nil)
		default:
			var r Result
			if q.PushFunc(ctx, estimate, func() []parcel { return parts }, &r) == nil {
				_, _ = r.Wait(ctx)
			}
		}
	})
}

// changeCapacity changes it for the group, or for a queue that has its own, and for those that are yet to come.
func (m *groupModel) changeCapacity(q *modelQueue) {
	m.capacity = Weight{Items: 2 + m.draw.IntN(14)}
	if m.draw.IntN(3) == 0 {
		m.capacity.Bytes = 30 + m.draw.IntN(200)
	}
	if m.group != nil {
		m.tell("capacity %+v", m.capacity)
		m.group.SetCapacity(m.capacity)
		return
	}
	l := m.limits()
	m.tell("queue %d gets %+v", q.number, l)
	require.NoError(m.t, q.Reconfigure(l))
}

// shutDown shuts a queue down, unless it is the last one, and waits for the end or gives up at once.
func (m *groupModel) shutDown() {
	if len(m.open) == 1 {
		return
	}
	n := m.draw.IntN(len(m.open))
	q := m.open[n]
	m.open = slices.Delete(m.open, n, n+1)
	if m.draw.IntN(2) == 0 {
		m.tell("queue %d gives up", q.number)
		_ = q.Shutdown(over(m.t))
		return
	}
	m.tell("shutdown of queue %d", q.number)
	m.call(func(ctx context.Context) { _ = q.Shutdown(ctx) })
}
