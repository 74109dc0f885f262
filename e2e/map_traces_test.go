// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/partbuffer/partbufferprocessor/e2e/otlp"
)

// Requests are sent two or three times, as by an exporter that did not see the
// answer; every span arrives once.
func TestMapTracesOfARetryingExporter(t *testing.T) {
	const (
		requests, perRequest = 50, 20
		spans                = requests * perRequest
	)
	r := startExample(t, otlp.Traces)
	specs := func(first int64) (specs []otlp.Spec) {
		for i := range requests {
			specs = append(specs, otlp.Spec{
				Signal: otlp.Traces, First: first + int64(i)*perRequest, Count: perRequest, Resource: i % 5,
			})
		}
		return specs
	}
	sent := 0
	send := func(transport otlp.Transport, specs ...otlp.Spec) {
		t.Helper()
		r.sendAll(t, r.dial(t, transport), 4, specs)
		for _, spec := range specs {
			sent += spec.Count
		}
	}
	unique := func(spans int) {
		t.Helper()
		r.awaitDelivery(t, otlp.Traces)
		r.requireAccount(t, otlp.Traces, account{
			terms: terms{
				accepted: float64(sent), delivered: float64(spans), superseded: float64(sent - spans),
			},
			remembered: float64(spans),
		})
		r.requireExact(t, otlp.Traces, spans)
	}

	// Once, and again when the window is long over.
	first := specs(0)
	send(otlp.GRPC, first...)
	unique(spans)
	send(otlp.GRPC, first...)
	unique(spans)

	// New ones twice at the same time, and the old ones for the third time, by another way.
	second := specs(spans)
	send(otlp.HTTPProtobuf, append(append(second, first...), second...)...)
	unique(2 * spans)
	send(otlp.HTTPJSON, second...)
	unique(2 * spans)

	r.stop(t)
	r.requireExact(t, otlp.Traces, 2*spans)
	require.Equal(t, 6*spans, sent)
	t.Logf("%d spans sent, %d arrived", sent, r.ledger(otlp.Traces).Report().Delivered)
}
