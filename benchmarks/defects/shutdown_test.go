// SPDX-License-Identifier: Apache-2.0

package defects

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var doubleShutdown = defect{
	test: "TestDoubleShutdown", what: "a second `Shutdown`", upstream: "`component.Component`",
	want: want{
		stock:      cell{{is: panics}},
		adapter:    cell{{is: returns}},
		partbuffer: cell{{is: returns}},
	},
}

func TestDoubleShutdown(t *testing.T) {
	doubleShutdown.observe(t, func(t *testing.T, s subject) (got outcome) {
		r := begin(t, s)
		require.NoError(t, r.send(t.Context(), spans(7)))
		r.settle()
		r.assertIdentity()
		require.NoError(t, r.shutdown(t.Context()))
		require.Equal(t, 7, r.delivered())
		defer func() {
			if value := recover(); value != nil {
				assert.ErrorContains(t, value.(error), "close of closed channel")
				got = panics
			}
		}()
		require.NoError(t, r.shutdown(t.Context()))
		return returns
	})
}

var consumeDuringShutdown = defect{
	test: "TestConsumeDuringShutdown", what: "senders that wait for room when `Shutdown` begins, at a slow destination", upstream: "#14463",
	want: want{
		stock:      cell{{is: waitersDelivered}},
		adapter:    cell{{is: waitersDelivered}},
		partbuffer: cell{{is: waitersRefused}},
	},
}

func TestConsumeDuringShutdown(t *testing.T) {
	consumeDuringShutdown.observe(t, func(t *testing.T, s subject) outcome {
		const senders = 800
		r := begin(t, s, s.batchesOf100)
		r.reacts(func(context.Context) error { <-time.After(10 * time.Millisecond); return nil })
		ctx, giveUp := context.WithCancel(t.Context())
		defer giveUp()
		answers := make(chan error, senders)
		for range senders {
			go func() { answers <- r.send(ctx, spans(100)) }()
		}
		synctest.Wait()
		before := len(answers)
		require.Less(t, before, senders, "nobody waits")
		r.assertIdentity()
		ended := make(chan error, 1)
		go func() { ended <- r.shutdown(context.WithoutCancel(ctx)) }()
		synctest.Wait()
		atOnce := len(answers) == senders
		<-time.After(never)
		synctest.Wait()
		require.NoError(t, <-ended)
		answered, taken := len(answers), 0
		for range answered {
			if <-answers == nil {
				taken++
			}
		}
		delivered := r.delivered() / 100
		switch {
		case answered == senders && taken == senders && delivered == senders:
			return waitersDelivered
		case answered == senders && taken == before && delivered == before && atOnce:
			return waitersRefused
		}
		require.Failf(t, "something else", "%d answered, %d taken, %d delivered", answered, taken, delivered)
		return ""
	})
}

var consumeAfterShutdown = defect{
	test: "TestConsumeAfterShutdown", what: "a request after `Shutdown`", upstream: "#14463", alone: true,
	want: want{
		stock:      cell{{is: takenThenHangs, frame: "batchprocessor.(*singleShardBatcher"}},
		adapter:    cell{{is: takenUntilDeadline}},
		partbuffer: cell{{is: refused}},
	},
}

func TestConsumeAfterShutdown(t *testing.T) {
	consumeAfterShutdown.observe(t, func(t *testing.T, s subject) outcome {
		const enough = 1000
		r := begin(t, s)
		r.settle()
		r.assertIdentity()
		require.NoError(t, r.shutdown(t.Context()))
		for n := range enough {
			ended, took, err := r.sendWithin(time.Second, spans(1))
			switch {
			case !ended:
				require.Positive(t, n)
				require.Zero(t, r.called())
				return takenThenHangs
			case err != nil && n == 0:
				require.Zero(t, took)
				require.Zero(t, r.called())
				return refused
			case err != nil:
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.Zero(t, r.called())
				return takenUntilDeadline
			}
		}
		require.Fail(t, "everything is taken")
		return ""
	})
}

var hungShutdown = defect{
	test: "TestHungShutdown", what: "`Shutdown` while the destination hangs", upstream: "#15602, #14484, #10166",
	want: want{
		stock:      cell{{is: shutdownHangs}},
		adapter:    cell{{is: shutdownHangs}},
		partbuffer: cell{{is: shutdownBounded}},
	},
}

// TestHungShutdown shuts down with a deadline, and without one as the Collector does.
func TestHungShutdown(t *testing.T) {
	hungShutdown.observe(t, func(t *testing.T, s subject) outcome {
		limited, cancel := context.WithTimeout(t.Context(), 10*time.Second+time.Second)
		defer cancel()
		atDeadline, byItself := begin(t, s).hungShutdown(limited), begin(t, s).hungShutdown(context.WithoutCancel(t.Context()))
		if atDeadline == never && byItself == never {
			return shutdownHangs
		}
		require.Equal(t, []time.Duration{10 * time.Second, 30 * time.Second}, []time.Duration{atDeadline, byItself})
		return shutdownBounded
	})
}

// hungShutdown returns how long a shutdown takes that can not deliver what is in flight.
func (r *rig) hungShutdown(limit context.Context) time.Duration {
	r.t.Helper()
	r.hangs()
	require.NoError(r.t, r.send(limit, spans(7)))
	<-time.After(time.Second)
	synctest.Wait()
	require.Equal(r.t, 1, r.called())
	r.assertIdentity() //nolint:contextcheck // metrics are collected whatever the limit says
	r.stopped = true
	began := time.Now()
	result := make(chan error, 1)
	go func() { result <- r.component.Shutdown(limit) }()
	select {
	case err := <-result:
		require.ErrorIs(r.t, err, context.DeadlineExceeded)
		return time.Since(began)
	case <-time.After(never):
		return never
	}
}
