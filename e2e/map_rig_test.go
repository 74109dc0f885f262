// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partbuffer/partbufferprocessor/e2e/collector"
	"github.com/partbuffer/partbufferprocessor/e2e/otlp"
)

// startExample runs the worked example of a signal, with some options changed.
func startExample(t *testing.T, signal otlp.Signal, options ...string) *rig {
	t.Helper()
	return startMap(t, setup{example: signal, options: options})
}

// startMap is startExample with other things changed, too. Everything but
// spans has keys.
func startMap(t *testing.T, s setup) *rig {
	t.Helper()
	r := start(t, s)
	if s.example != otlp.Traces {
		r.ledger(s.example).Supersede(otlp.KeyOf)
	}
	return r
}

// account is everything that a processor in Map mode says of where items are.
type account struct {
	terms

	live, remembered float64
}

func readAccount(t require.TestingT, metrics collector.Metrics, signal otlp.Signal) account {
	labels := map[string]string{"processor": partbuffer, "otel_signal": string(signal)}
	a := account{terms: readTerms(t, metrics, signal)}
	for name, value := range map[string]*float64{"live_keys": &a.live, "remembered_keys": &a.remembered} {
		sum, found := metrics.Sum("otelcol_processor_partbuffer_"+name, labels)
		require.True(t, found, "%s: no %s among %v", signal, name, metrics.Names())
		*value = sum
	}
	return a
}

// requireAccount asserts that the collector comes to this account, and that its
// identity holds: accepted = delivered + superseded + dropped + buffered + in_flight.
func (r *rig) requireAccount(t *testing.T, signal otlp.Signal, want account) {
	t.Helper()
	require.InDelta(t, want.accepted, want.delivered+want.superseded+want.dropped+want.buffered+want.inFlight, 0,
		"%s: the wanted account is balanced", signal)
	// The sink answers before the processor can count the answer.
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		metrics, err := r.Metrics(t.Context())
		require.NoError(c, err)
		assert.Equal(c, want, readAccount(c, metrics, signal))
	}, patience, interval)
}

// requireNewest asserts that n items were issued and acknowledged, and that of
// each key the newest arrived and nothing after it, and of the others all, once.
func (r *rig) requireNewest(t *testing.T, signal otlp.Signal, n int) {
	t.Helper()
	report := r.ledger(signal).Report()
	require.True(t, report.Newest(n), "%s: %s, want %d items, of each key the newest", signal, report, n)
}

// requireOncePerWindow asserts that no batch has a key twice, and that no key
// arrived more often than windows fit into what passed since begin.
func (r *rig) requireOncePerWindow(t *testing.T, signal otlp.Signal, begin time.Time, window time.Duration) {
	t.Helper()
	times := make(map[int64]int)
	var last time.Time
	for _, b := range r.sink.Batches(signal) {
		last = b.At
		inBatch := make(map[int64]bool)
		for _, item := range b.Items {
			key, keyed := otlp.KeyOf(item.ID)
			if !keyed {
				continue
			}
			assert.False(t, inBatch[key], "%s: key %d twice in one batch", signal, key)
			inBatch[key] = true
			times[key]++
		}
	}
	windows := int(last.Sub(begin) / window)
	for key, n := range times {
		assert.LessOrEqual(t, n, windows, "%s: key %d in %d windows", signal, key, windows)
	}
	t.Logf("%s: %d keys in at most %d windows of %s", signal, len(times), windows, window)
}
