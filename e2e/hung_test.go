// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"context"
	"errors"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partbuffer/partbufferprocessor/e2e/otlp"
)

// A destination that takes the connection and never answers costs each batch one
// attempt of delivery_timeout. Once it answers again, what comes then arrives.
func TestHungDestinationCostsOneAttempt(t *testing.T) {
	for _, exporter := range []string{"otlp_grpc", "otlp_http"} {
		t.Run(exporter, func(t *testing.T) {
			const (
				timeout              = 500 * time.Millisecond
				lost, later, batches = 40, 20, 4
			)
			r := start(t, setup{processor: partbuffer, exporter: exporter, options: []string{
				"delivery_timeout: 500ms", "timeout: 50ms", "send_batch_size: 10", "send_batch_max_size: 10", "partitions: 1", "max_buffered_items: 1000",
			}})
			client := r.dial(t, otlp.GRPC)
			release := r.sink.Hold()
			t.Cleanup(release)
			begin := time.Now()
			require.NoError(t, r.send(t.Context(), client, otlp.Spec{Signal: otlp.Logs, Count: lost}))
			end := r.requireSettled(t, otlp.Logs)
			took := time.Since(begin)
			assert.Equal(t, terms{accepted: lost, dropped: lost}, end)
			assert.InDelta(t, lost, r.counted(t, otlp.Logs, "dropped_items", map[string]string{"reason": "error"}), 0)
			assert.Equal(t, lost, itemsOf(r.sink.Held()), "each item is tried once")
			assert.Len(t, r.sink.Held(), batches)
			assert.GreaterOrEqual(t, took, batches*timeout, "one batch after the other waits as long as it may")
			assert.Less(t, took, batches*timeout+2*time.Second, "and no longer")
			require.Eventually(t, func() bool { return len(r.sink.CutOff()) == batches }, patience, interval,
				"every attempt is ended at the sink, too")

			release()
			require.NoError(t, r.send(t.Context(), client, otlp.Spec{Signal: otlp.Logs, First: 1000, Count: later}))
			require.Eventually(t, func() bool { return r.ledger(otlp.Logs).Report().Delivered == later }, patience, interval)
			r.stop(t)
			report := r.ledger(otlp.Logs).Report()
			assert.Len(t, report.Missing, lost, "%s", report)
			assert.Equal(t, later, report.Delivered)
			requireStopped(t, r, otlp.Logs, stopped{accepted: lost + later, delivered: later, dropped: lost})
		})
	}
}

// A stop while the destination hangs ends when shutdown_timeout says so, and
// says how many items that cost.
func TestStopOfAHungDestinationEnds(t *testing.T) {
	for _, exporter := range []string{"otlp_grpc", "otlp_http"} {
		t.Run(exporter, func(t *testing.T) {
			const (
				before, during  = 30, 50
				shutdownTimeout = time.Second
				margin          = 2 * time.Second
			)
			r := start(t, setup{processor: partbuffer, exporter: exporter, options: []string{
				"shutdown_timeout: 1s", "timeout: 50ms", "send_batch_size: 10", "send_batch_max_size: 10", "partitions: 2", "max_buffered_items: 1000",
			}})
			client := r.dial(t, otlp.GRPC)
			require.NoError(t, r.send(t.Context(), client, otlp.Spec{Signal: otlp.Logs, Count: before}))
			r.awaitDelivery(t, otlp.Logs)
			release := r.sink.Hold()
			t.Cleanup(release)
			require.NoError(t, r.send(t.Context(), client, otlp.Spec{Signal: otlp.Logs, First: 1000, Count: during}))
			require.Eventually(t, func() bool { return len(r.sink.Held()) > 0 }, patience, interval, "the destination hangs")

			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			begin := time.Now()
			err := r.Stop(ctx)
			took := time.Since(begin)
			assert.Equal(t, exitFailure, exitStatus(t, err))
			require.ErrorContains(t, err, "shutdown_timeout of 1s")
			assert.GreaterOrEqual(t, took, shutdownTimeout/2, "it waits for deliveries first")
			assert.Less(t, took, shutdownTimeout+margin)
			assert.LessOrEqual(t, len(r.sink.Held()), 2, "what waits behind a batch that hangs is not tried")
			report := r.ledger(otlp.Logs).Report()
			assert.Equal(t, before, report.Delivered)
			assert.Len(t, report.Missing, during)
			ends := stops(t, r, otlp.Logs)
			require.Len(t, ends, 1)
			assert.InDelta(t, before+during, ends[0].accepted, 0)
			assert.InDelta(t, before, ends[0].delivered, 0)
			assert.InDelta(t, during, ends[0].dropped+ends[0].inFlight, 0, "what was given up")
			t.Logf("ended after %s: %+v", took, ends[0])
		})
	}
}

// exitFailure is the Collector's exit status when a component could not be shut down cleanly.
const exitFailure = 1

func exitStatus(t *testing.T, err error) int {
	t.Helper()
	if err == nil {
		return 0
	}
	ended, ok := errors.AsType[*exec.ExitError](err)
	require.True(t, ok, "the process ended by itself: %v", err)
	return ended.ExitCode()
}
