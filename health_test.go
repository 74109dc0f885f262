// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"errors"
	"runtime"
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
	does   func()        // what else it does
}

func (*statusHost) GetExtensions() map[component.ID]component.Component { return nil }

func (h *statusHost) Report(e *componentstatus.Event) {
	h.mu.Lock()
	slow := h.slow
	h.mu.Unlock()
	if slow != nil {
		<-slow
	}
	if h.does != nil {
		h.does()
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
			<-time.After(reportPause)
			synctest.Wait()
			assert.ElementsMatch(t, want, h.told(), "after delivery %d", id)
		}
		require.EqualError(t, h.firstError(), errDown.Error())
		r.react = nil
		require.NoError(t, r.send("a", 10))
		<-time.After(reportPause)
		told := len(h.told())
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
			<-time.After(reportPause)
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
		require.NoError(t, errors.Unwrap(h.firstError()), "nobody needs more than its text, which holds no data")
		<-time.After(time.Minute)
		assert.Equal(t, []componentstatus.Status{failingStatus, okStatus}, h.told())
		r.end()
	})
}

// The host takes its time. Nobody else does, and it hears the last word.
func TestASlowHostHoldsNobodyUp(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, tracesKind(), testConfig(func(c *Config) { c.Timeout, c.Partitions = 0, 1 }))
		h := &statusHost{slow: make(chan struct{})}
		require.NoError(t, r.processor.Start(context.Background(), h))
		r.react = failingOn[ptrace.Traces](map[int]error{0: errDown, 2: errDown})
		for id := range 4 {
			require.NoError(t, r.send("a", id))
			synctest.Wait()
		}
		assert.EqualValues(t, 2, r.metric("delivered_items"))
		close(h.slow)
		<-time.After(reportPause)
		synctest.Wait()
		assert.Equal(t, []componentstatus.Status{failingStatus, okStatus}, h.told())
		assert.Equal(t, 1, r.logs.FilterMessage("Deliveries work again.").Len())
		r.end()
	})
}

// Every second batch is one that the destination never takes.
func TestTheHostIsNotToldOfEveryBatch(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, tracesKind(), testConfig(func(c *Config) { c.Timeout, c.Partitions = 0, 1 }))
		h := &statusHost{}
		require.NoError(t, r.processor.Start(context.Background(), h))
		r.react = func(_ context.Context, b batch[ptrace.Traces]) error {
			if b.ids[0]%2 == 0 {
				return errDown
			}
			return nil
		}
		for id := range 1000 {
			require.NoError(t, r.send("a", id))
			<-time.After(10 * time.Millisecond)
		}
		assert.LessOrEqual(t, len(h.told()), 11, "in ten seconds")
		r.end()
	})
}

// A host may do anything when it is told, and Shutdown ends.
func TestAHostThatMisbehavesDoesNotStopShutdown(t *testing.T) {
	for name, does := range map[string]func(r *rig[ptrace.Traces]){
		"hangs":              func(*rig[ptrace.Traces]) { <-time.After(1000 * time.Hour) },
		"ends its goroutine": func(*rig[ptrace.Traces]) { runtime.Goexit() },
		"panics":             func(*rig[ptrace.Traces]) { panic("host") },
		"shuts down":         func(r *rig[ptrace.Traces]) { _ = r.processor.Shutdown(context.Background()) },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				r := newRig(t, tracesKind(), testConfig(func(c *Config) { c.Timeout, c.ShutdownTimeout = 0, 0 }))
				h := &statusHost{does: func() { does(r) }}
				require.NoError(t, r.processor.Start(context.Background(), h))
				r.react = failing[ptrace.Traces](errDown)
				require.NoError(t, r.send("a", 1))
				synctest.Wait()
				begin := time.Now()
				require.NoError(t, r.processor.Shutdown(context.Background()))
				assert.LessOrEqual(t, time.Since(begin), settleTime)
				r.assertEnded()
				<-time.After(2000 * time.Hour) // what hangs ends
			})
		})
	}
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
		<-time.After(reportPause)
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
