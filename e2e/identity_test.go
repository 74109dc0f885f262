// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partbuffer/partbufferprocessor/e2e/collector"
	"github.com/partbuffer/partbufferprocessor/e2e/otlp"
)

// terms are the two sides of the accounting identity.
type terms struct {
	accepted, delivered, superseded, dropped, buffered, inFlight float64
}

func readTerms(t require.TestingT, metrics collector.Metrics, signal otlp.Signal) terms {
	labels := map[string]string{"processor": partbuffer, "otel_signal": string(signal)}
	term := func(name string, must bool) float64 {
		full := "otelcol_processor_partbuffer_" + name
		value, found := metrics.Sum(full, labels)
		if must {
			require.True(t, found, "%s: no %s among %v", signal, full, metrics.Names())
		}
		return value
	}
	return terms{
		accepted:  term("accepted_items", true),
		delivered: term("delivered_items", true),
		buffered:  term("buffered_items", true),
		inFlight:  term("in_flight_items", true),
		// These have no series before they happen.
		superseded: term("superseded_items", false),
		dropped:    term("dropped_items", false),
	}
}

// requireIdentity asserts the collector's own account after a drain: want items
// of the signal accepted and delivered, and nothing anywhere else.
func (r *rig) requireIdentity(t *testing.T, signal otlp.Signal, want int) {
	t.Helper()
	if r.processor != partbuffer {
		return
	}
	// The sink answers before the processor can count the answer.
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		metrics, err := r.Metrics(t.Context())
		require.NoError(c, err)
		assert.Equal(c, terms{accepted: float64(want), delivered: float64(want)}, readTerms(c, metrics, signal))
	}, patience, interval)
}

// requireSettled waits until nothing is held any more, asserts that the
// collector's own account balances then, and returns it.
func (r *rig) requireSettled(t *testing.T, signal otlp.Signal) terms {
	t.Helper()
	var end terms
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		metrics, err := r.Metrics(t.Context())
		require.NoError(c, err)
		end = readTerms(c, metrics, signal)
		assert.Zero(c, end.buffered+end.inFlight)
		assert.InDelta(c, end.accepted, end.delivered+end.superseded+end.dropped, 0)
	}, patience, interval)
	return end
}

// counted reads one of the processor's own counters or gauges, with labels of
// its own such as reason; 0 where there is no such series yet.
func (r *rig) counted(t *testing.T, signal otlp.Signal, name string, labels map[string]string) float64 {
	t.Helper()
	metrics, err := r.Metrics(t.Context())
	require.NoError(t, err)
	all := map[string]string{"processor": partbuffer, "otel_signal": string(signal)}
	maps.Copy(all, labels)
	value, _ := metrics.Sum("otelcol_processor_partbuffer_"+name, all)
	return value
}
