// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
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
