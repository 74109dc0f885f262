// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// statusHost notes what it is told.
type statusHost struct {
	mu     sync.Mutex
	events []*componentstatus.Event
	slow   chan struct{} // nil = Report returns at once
}

func (*statusHost) GetExtensions() map[component.ID]component.Component { return nil }

func (h *statusHost) Report(e *componentstatus.Event) {
	h.mu.Lock()
	slow := h.slow
	h.mu.Unlock()
	if slow != nil {
		<-slow
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, e)
}

func (h *statusHost) told() (told []componentstatus.Status) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range h.events {
		told = append(told, e.Status())
	}
	return told
}

func (h *statusHost) firstError() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.events[0].Err()
}

const (
	failingStatus = componentstatus.StatusRecoverableError
	okStatus      = componentstatus.StatusOK
)

func TestTheHostIsToldOfChangesOnly(t *testing.T) {
	forEachKind(t, toldOfChanges[ptrace.Traces], toldOfChanges[plog.Logs], toldOfChanges[pmetric.Metrics], toldOfChanges[pprofile.Profiles])
}

func toldOfChanges[D comparable](t *testing.T, k kind[D]) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, k, testConfig(func(c *Config) { c.Timeout, c.Partitions = 0, 1 }))
		h := &statusHost{}
		require.NoError(t, r.processor.Start(context.Background(), h))
		a := failingWith(nil, errDown, errors.New("still down"), nil, nil, errDown)
		r.react = react[D](a)
		for id, want := range [][]componentstatus.Status{
			{}, {failingStatus}, {failingStatus}, {failingStatus, okStatus}, {failingStatus, okStatus}, {failingStatus, okStatus, failingStatus},
		} {
			require.NoError(t, r.send("a", id))
			synctest.Wait()
			assert.ElementsMatch(t, want, h.told(), "after delivery %d", id)
		}
		require.ErrorIs(t, h.firstError(), errDown)
		r.react = nil
		require.NoError(t, r.send("a", 10)) // its delivery may come before or after Shutdown begins
		synctest.Wait()
		told := len(h.told())
		r.react = failing[D](errDown)
		hang := make(chan struct{})
		r.react = func(context.Context, batch[D]) error { <-hang; return errDown }
		require.NoError(t, r.send("a", 11))
		ended := make(chan error, 1)
		go func() { ended <- r.processor.Shutdown(context.Background()) }()
		synctest.Wait()
		close(hang)
		require.NoError(t, <-ended)
		assert.Len(t, h.told(), told, "nothing during Shutdown")
		r.assertEnded()
	})
}

// One tenant's deliveries fail and another's work: the host is told once, until all work.
func TestTheHostIsToldOfAllLanesTogether(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		k := tracesKind()
		r := newRig(t, k, testConfig(func(c *Config) {
			c.MetadataKeys, c.Timeout, c.MetadataIdleTimeout = []string{"tenant"}, 0, time.Minute
		}))
		h := &statusHost{}
		require.NoError(t, r.processor.Start(context.Background(), h))
		r.react = failingOn[ptrace.Traces](map[int]error{1: errDown, 2: errDown})
		send := func(name string, id int) {
			require.NoError(t, r.consume(tenant(name), k.build("a", id)))
			synctest.Wait()
		}
		send("a", 1)
		send("b", 3)
		send("b", 2)
		send("a", 4)
		assert.Equal(t, []componentstatus.Status{failingStatus}, h.told(), "b still fails")
		send("b", 5)
		assert.Equal(t, []componentstatus.Status{failingStatus, okStatus}, h.told())
		send("a", 1)
		<-time.After(time.Hour)
		synctest.Wait()
		assert.Zero(t, r.metric("lanes"))
		assert.Equal(t, []componentstatus.Status{failingStatus, okStatus, failingStatus, okStatus}, h.told(), "a lane that is gone does not fail")
		r.end()
	})
}

func TestAFailureThatIsTriedAgainIsToldAtOnce(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		k := tracesKind()
		r := newRig(t, k, retrying(nil))
		h := &statusHost{}
		require.NoError(t, r.processor.Start(context.Background(), h))
		a := failingWith(consumererror.NewTraces(errDown, k.build("a", 1)), errDown)
		r.react = react[ptrace.Traces](a)
		require.NoError(t, r.send("a", 1, 2))
		<-time.After(time.Second)
		assert.Equal(t, []componentstatus.Status{failingStatus}, h.told())
		_, leaks := errors.AsType[consumererror.Traces](h.firstError())
		assert.False(t, leaks, "the data is nobody's business")
		<-time.After(time.Minute)
		assert.Equal(t, []componentstatus.Status{failingStatus, okStatus}, h.told())
		r.end()
	})
}

// The host takes its time. Other deliveries do not wait for it, and it hears the last word.
func TestASlowHostHoldsNobodyUp(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, tracesKind(), testConfig(func(c *Config) { c.Timeout, c.Partitions = 0, 4 }))
		h := &statusHost{slow: make(chan struct{})}
		require.NoError(t, r.processor.Start(context.Background(), h))
		r.react = failingOn[ptrace.Traces](map[int]error{0: errDown, 2: errDown})
		for id := range 4 {
			require.NoError(t, r.send("a", id))
			synctest.Wait()
		}
		assert.EqualValues(t, 2, r.metric("delivered_items"))
		close(h.slow)
		synctest.Wait()
		assert.Equal(t, []componentstatus.Status{failingStatus, okStatus}, h.told())
		r.end()
	})
}

// A lane that failed goes for being idle, and the host takes its time to hear of it. Nothing is in flight: it is the
// report that Shutdown waits for.
func TestShutdownWaitsForTheReportThatIsOnItsWay(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		k := tracesKind()
		r := newRig(t, k, testConfig(func(c *Config) { c.MetadataKeys, c.Timeout = []string{"tenant"}, 0 }))
		h := &statusHost{}
		require.NoError(t, r.processor.Start(context.Background(), h))
		r.react = failing[ptrace.Traces](errDown)
		require.NoError(t, r.consume(tenant("a"), k.build("a", 1)))
		synctest.Wait()
		h.mu.Lock()
		h.slow = make(chan struct{})
		h.mu.Unlock()
		<-time.After(time.Hour)
		synctest.Wait()
		assert.Zero(t, r.metric("lanes"))
		ended := make(chan error, 1)
		go func() { ended <- r.processor.Shutdown(context.Background()) }()
		synctest.Wait()
		assert.Empty(t, ended)
		close(h.slow)
		require.NoError(t, <-ended)
		assert.Equal(t, []componentstatus.Status{failingStatus, okStatus}, h.told())
		r.assertEnded()
	})
}
