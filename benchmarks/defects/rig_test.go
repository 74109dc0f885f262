// SPDX-License-Identifier: Apache-2.0

package defects

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
)

// never is longer than anything takes that is not stuck. Time is virtual.
const never = time.Hour

// soon is longer than a batch waits, and shorter than a tenant is idle that is forgotten.
const soon = 10 * time.Second

// rig is a running subject between senders and a destination. It lives in a bubble of virtual time.
type rig struct {
	t         *testing.T
	subject   subject
	telemetry *componenttest.Telemetry
	*destination

	component component.Component
	traces    processor.Traces
	metrics   processor.Metrics
	stopped   bool
}

// begin starts a subject for traces. When the test ends, the destination takes everything and the subject is shut down.
func begin(t *testing.T, s subject, settings ...string) *rig {
	t.Helper()
	r := newRig(t, s)
	cfg := s.configure(t, settings...)
	next, err := consumer.NewTraces(r.consumeTraces)
	require.NoError(t, err)
	r.traces, err = s.traces(t.Context(), r.telemetry.NewTelemetrySettings(), cfg, next)
	require.NoError(t, err)
	r.start(r.traces)
	return r
}

// beginMetrics is begin for metrics.
func beginMetrics(t *testing.T, s subject, settings ...string) *rig {
	t.Helper()
	r := newRig(t, s)
	cfg := s.configure(t, settings...)
	next, err := consumer.NewMetrics(r.consumeMetrics)
	require.NoError(t, err)
	r.metrics, err = s.metrics(t.Context(), r.telemetry.NewTelemetrySettings(), cfg, next)
	require.NoError(t, err)
	r.start(r.metrics)
	return r
}

func newRig(t *testing.T, s subject) *rig {
	t.Helper()
	return &rig{t: t, subject: s, telemetry: componenttest.NewTelemetry(), destination: newDestination()}
}

func (r *rig) start(c component.Component) {
	r.t.Helper()
	r.component = c
	require.NoError(r.t, c.Start(r.t.Context(), componenttest.NewNopHost()))
	r.t.Cleanup(r.end)
}

// end asserts the identity while partbuffer still exports its terms, which is until its Shutdown.
func (r *rig) end() {
	r.t.Helper()
	r.unblock()
	if !r.stopped {
		r.settle()
		r.assertIdentity()
		require.NoError(r.t, r.shutdown(context.Background()))
	}
	synctest.Wait()
	require.NoError(r.t, r.telemetry.Shutdown(context.Background()))
}

func (r *rig) shutdown(ctx context.Context) error {
	r.stopped = true
	return r.component.Shutdown(ctx)
}

// settle waits until everything is delivered that can be.
func (*rig) settle() {
	<-time.After(soon)
	synctest.Wait()
}

// send is what a receiver does with a request.
func (r *rig) send(ctx context.Context, td ptrace.Traces) error {
	return r.traces.ConsumeTraces(ctx, td)
}

// sendWithin sends with a deadline, and reports whether the call ended at all, after how long and how.
func (r *rig) sendWithin(deadline time.Duration, td ptrace.Traces) (ended bool, took time.Duration, err error) {
	ctx, cancel := context.WithTimeout(r.t.Context(), deadline)
	result := make(chan error, 1)
	began := time.Now()
	go func() {
		defer cancel()
		result <- r.send(ctx, td)
	}()
	select {
	case err := <-result:
		return true, time.Since(began), err
	case <-time.After(never):
		return false, never, nil
	}
}

// sendAll sends requests concurrently and returns when all calls have returned.
func (r *rig) sendAll(requests ...ptrace.Traces) {
	var wg sync.WaitGroup
	for _, td := range requests {
		wg.Go(func() {
			if err := r.send(r.t.Context(), td); err != nil {
				r.t.Errorf("refused: %v", err)
			}
		})
	}
	wg.Wait()
}

// taken reports whether a request is taken soon. One that is not goes on waiting.
func (r *rig) taken(ctx context.Context, td ptrace.Traces) bool {
	result := make(chan error, 1)
	go func() { result <- r.send(ctx, td) }()
	select {
	case err := <-result:
		return err == nil
	case <-time.After(soon):
		return false
	}
}

// tenant returns the context of a request of one tenant.
func tenant(ctx context.Context, name string) context.Context {
	return client.NewContext(ctx, client.Info{Metadata: client.NewMetadata(map[string][]string{"tenant": {name}})})
}

// spans returns a request.
func spans(n int) ptrace.Traces { return spansOf(n, "GET /") }

func spansOf(n int, name string) ptrace.Traces {
	td := ptrace.NewTraces()
	ss := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	for range n {
		ss.AppendEmpty().SetName(name)
	}
	return td
}
