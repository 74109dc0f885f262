// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/partbuffer/partbufferprocessor/e2e/collector"
	"github.com/partbuffer/partbufferprocessor/e2e/ledger"
	"github.com/partbuffer/partbufferprocessor/e2e/otlp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	// patience bounds every wait; a pass never takes it.
	patience = 30 * time.Second
	interval = 10 * time.Millisecond
)

func binary() string {
	if path := os.Getenv("PARTBUFFER_BINARY"); path != "" {
		return path
	}
	return filepath.Join("..", "dist", "partbuffer-collector")
}

// underTest is the processor that the scenarios run.
func underTest() string {
	if name := os.Getenv("PROCESSOR"); name != "" {
		return name
	}
	return partbuffer
}

// rig is a collector between a client and a sink, with a ledger per signal.
type rig struct {
	*collector.Process

	sink      *otlp.Sink
	processor string
	overlay   string // a file
	clients   []otlp.Client

	mu    sync.Mutex
	books map[otlp.Signal]*ledger.Ledger
}

// start runs a collector with the shared config of the setup's processor. The
// test's end stops whatever still runs.
func start(t *testing.T, s setup) *rig {
	t.Helper()
	switch {
	case s.example != "":
		s.processor = partbuffer
	case s.processor == "":
		s.processor = underTest()
	}
	r := &rig{processor: s.processor, books: make(map[otlp.Signal]*ledger.Ledger)}
	sink, err := otlp.StartSink(func(b otlp.Batch) { r.ledger(b.Signal).Deliver(b.Items) })
	require.NoError(t, err)
	r.sink = sink
	t.Cleanup(func() { require.NoError(t, sink.Close(), "the sink could read everything") })

	r.overlay = filepath.Join(t.TempDir(), "overlay.yaml")
	r.configure(t, s)
	r.Process, err = collector.Start(t.Context(), collector.Options{
		Binary:       binary(),
		Configs:      []string{filepath.Join("..", "testdata", s.config()), r.overlay},
		FeatureGates: s.gates(),
		Env:          append([]string{"METRICS_LEVEL=detailed"}, s.env...),
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Kill()) })
	return r
}

// configure writes the configuration that the collector reads next.
func (r *rig) configure(t *testing.T, s setup) {
	t.Helper()
	s.processor = r.processor
	require.NoError(t, os.WriteFile(r.overlay, []byte(s.overlay(r.sink)), 0o600))
}

func (r *rig) ledger(signal otlp.Signal) *ledger.Ledger {
	r.mu.Lock()
	defer r.mu.Unlock()
	books, ok := r.books[signal]
	if !ok {
		books = new(ledger.Ledger)
		r.books[signal] = books
	}
	return books
}

func (r *rig) dial(t *testing.T, transport otlp.Transport) otlp.Client {
	t.Helper()
	client, err := otlp.Dial(transport, r.GRPCEndpoint, r.HTTPEndpoint)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	r.clients = append(r.clients, client)
	return client
}

// send sends the request that spec describes.
func (r *rig) send(ctx context.Context, client otlp.Client, spec otlp.Spec) error {
	return r.sendRequest(ctx, client, spec.Signal, otlp.Build(spec))
}

// sendRequest enters the request in the ledger, sends it and enters the answer.
func (r *rig) sendRequest(ctx context.Context, client otlp.Client, signal otlp.Signal, request otlp.Request) error {
	items, err := otlp.Items(request)
	if err != nil {
		return err
	}
	books := r.ledger(signal)
	books.Issue(items)
	if err := client.Send(ctx, request); err != nil {
		return err
	}
	books.Acknowledge(items)
	return nil
}

// sendAll sends specs from a few producers at once; every one must be acknowledged.
func (r *rig) sendAll(t *testing.T, client otlp.Client, producers int, specs []otlp.Spec) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	queue := make(chan otlp.Spec)
	errs := make(chan error, producers)
	for range producers {
		go func() {
			var err error
			for spec := range queue {
				if err == nil {
					err = r.send(ctx, client, spec)
				}
			}
			errs <- err
		}()
	}
	for _, spec := range specs {
		queue <- spec
	}
	close(queue)
	for range producers {
		require.NoError(t, <-errs)
	}
}

// awaitDelivery waits until everything acknowledged of a signal has arrived.
func (r *rig) awaitDelivery(t *testing.T, signal otlp.Signal) {
	t.Helper()
	require.Eventually(t, func() bool { return len(r.ledger(signal).Report().Missing) == 0 },
		patience, interval, "%s: not everything acknowledged arrives", signal)
}

// requireExact asserts that issued, acknowledged and delivered are the same items, once each and unchanged.
func (r *rig) requireExact(t *testing.T, signal otlp.Signal, want int) {
	t.Helper()
	report := r.ledger(signal).Report()
	require.True(t, report.Exact(want), "%s: %s, want %d items once each and unchanged", signal, report, want)
}

func (r *rig) stop(t *testing.T) {
	t.Helper()
	// A server waits 5 s for a connection that was opened and never used, and an HTTP client may have some.
	for _, client := range r.clients {
		client.Rest()
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	require.NoError(t, r.Stop(ctx))
}
