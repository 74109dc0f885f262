// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partbuffer/partbufferprocessor/e2e/otlp"
)

// stopped is what a processor says of itself in its last line.
type stopped struct{ accepted, delivered, dropped, inFlight float64 }

// stops reads the last lines of all processors of a signal, in the order in which they ended.
func stops(t *testing.T, r *rig, signal otlp.Signal) (ends []stopped) {
	t.Helper()
	for _, line := range r.Logged("Stopped.") {
		if line["otelcol.signal"] != string(signal) {
			continue
		}
		number := func(name string) float64 {
			n, ok := line[name].(float64)
			require.True(t, ok, "%s in %v", name, line)
			return n
		}
		end := stopped{accepted: number("accepted_items"), delivered: number("delivered_items"), dropped: number("dropped_items")}
		if _, ok := line["in_flight_items"]; ok { // only where a delivery did not end
			end.inFlight = number("in_flight_items")
		}
		ends = append(ends, end)
	}
	return ends
}

// requireStopped asserts the last line that the processor of a signal wrote.
func requireStopped(t *testing.T, r *rig, signal otlp.Signal, want stopped) {
	t.Helper()
	ends := stops(t, r, signal)
	require.NotEmpty(t, ends, "%s", r.Logs())
	assert.Equal(t, want, ends[len(ends)-1])
}
