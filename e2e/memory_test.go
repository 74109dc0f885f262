// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/partbuffer/partbufferprocessor/e2e/collector"
)

const mebibyte = 1 << 20

// memory is what a collector says of its memory while it runs, in bytes.
type memory struct{ resident, heap []float64 }

// watchMemory reads the collector's memory until ctx ends.
func (r *rig) watchMemory(ctx context.Context, t *testing.T) memory {
	t.Helper()
	const pace = 100 * time.Millisecond
	ticker := time.NewTicker(pace)
	defer ticker.Stop()
	var m memory
	for {
		select {
		case <-ticker.C:
			metrics, err := r.Metrics(context.WithoutCancel(ctx))
			require.NoError(t, err)
			m.resident = append(m.resident, sumOf(t, metrics, "otelcol_process_memory_rss"))
			m.heap = append(m.heap, sumOf(t, metrics, "otelcol_process_runtime_heap_alloc_bytes"))
		case <-ctx.Done():
			return m
		}
	}
}

func sumOf(t *testing.T, metrics collector.Metrics, name string) float64 {
	t.Helper()
	sum, found := metrics.Sum(name, nil)
	require.True(t, found, "no %s among %v", name, metrics.Names())
	return sum
}

// halves returns the mean of the first and of the second half.
func halves(samples []float64) (first, second float64) {
	middle := len(samples) / 2
	return mean(samples[:middle]), mean(samples[middle:])
}

func mean(samples []float64) (sum float64) {
	for _, sample := range samples {
		sum += sample
	}
	return sum / float64(max(1, len(samples)))
}

func inMiB(bytes float64) string { return fmt.Sprintf("%.0f MiB", bytes/mebibyte) }
