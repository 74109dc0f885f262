// SPDX-License-Identifier: Apache-2.0

package collector

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSumSelectsByLabels(t *testing.T) {
	metrics, err := parse(strings.NewReader(`
# TYPE accepted counter
accepted{signal="traces",processor="a"} 3
accepted{signal="traces",processor="b"} 4
accepted{signal="logs",processor="a"} 5
# TYPE sizes histogram
sizes_bucket{signal="traces",le="+Inf"} 6
sizes_sum{signal="traces"} 60
sizes_count{signal="traces"} 6
`))
	require.NoError(t, err)

	tests := map[string]struct {
		metric string
		labels map[string]string
		sum    float64
		found  bool
	}{
		"all":            {metric: "accepted", sum: 12, found: true},
		"one label":      {metric: "accepted", labels: map[string]string{"signal": "traces"}, sum: 7, found: true},
		"two labels":     {metric: "accepted", labels: map[string]string{"signal": "traces", "processor": "b"}, sum: 4, found: true},
		"unknown value":  {metric: "accepted", labels: map[string]string{"signal": "metrics"}},
		"unknown label":  {metric: "accepted", labels: map[string]string{"tenant": "x"}},
		"unknown metric": {metric: "refused"},
		"histogram":      {metric: "sizes", sum: 6, found: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			sum, found := metrics.Sum(tt.metric, tt.labels)
			assert.InDelta(t, tt.sum, sum, 0)
			assert.Equal(t, tt.found, found)
		})
	}
}

func TestOutputFindsATextSplitOverWrites(t *testing.T) {
	o := newOutput("is ready")
	for _, part := range []string{"everything is", " rea"} {
		_, err := o.Write([]byte(part))
		require.NoError(t, err)
		select {
		case <-o.found:
			t.Fatal("found too early")
		default:
		}
	}
	_, err := o.Write([]byte("dy, is ready"))
	require.NoError(t, err)
	<-o.found
	assert.Equal(t, "everything is ready, is ready", o.String())
}

func TestLoggedReadsTheFields(t *testing.T) {
	const text = `2026-01-02T03:04:05.678Z	info	x/buffer.go:1	Stopped.	{"otelcol.signal": "traces", "accepted_items": 3}
a line of something else, Stopped.
2026-01-02T03:04:05.678Z	warn	x/buffer.go:1	Not Stopped.	{"accepted_items": 4}
2026-01-02T03:04:05.678Z	warn	x/buffer.go:1	Stopped.	{"accepted_items": 5}
`
	assert.Equal(t, []map[string]any{
		{"otelcol.signal": "traces", "accepted_items": 3.},
		{"accepted_items": 5.},
	}, logged(text, "Stopped."))
}

func TestFreePortsAreDifferent(t *testing.T) {
	ports, err := freePorts(t.Context(), 5)
	require.NoError(t, err)
	seen := make(map[int]bool)
	for _, port := range ports {
		assert.Positive(t, port)
		seen[port] = true
	}
	assert.Len(t, seen, 5)
}
