// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/goleak"

	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/mapmode"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestEachKeyArrivesOnce looks at the count, because log_dedup keeps the first record of a key and changes its
// times.
func TestEachKeyArrivesOnce(t *testing.T) {
	const keys, rounds, producers = 3_000, 7, 3
	source, err := mapmode.NewSource(mapmode.Logs(), keys, 4, rounds)
	require.NoError(t, err)
	requests, err := source.Requests(rounds, 1)
	require.NoError(t, err)

	counts := map[string][]int64{}
	p, err := logDedup().Start(t.Context(), func(_ context.Context, ld plog.Logs) error {
		for _, rl := range ld.ResourceLogs().All() {
			for _, sl := range rl.ScopeLogs().All() {
				for _, r := range sl.LogRecords().All() {
					key, _ := r.Attributes().Get(mapmode.KeyAttribute)
					count, _ := r.Attributes().Get("log_count")
					counts[key.Str()] = append(counts[key.Str()], count.Int())
				}
			}
		}
		return nil
	})
	require.NoError(t, err)
	var wg sync.WaitGroup
	for i := range producers {
		consume := p.Producer()
		wg.Go(func() {
			for next := i; next < len(requests); next += producers {
				assert.NoError(t, consume(t.Context(), requests[next]))
			}
		})
	}
	wg.Wait()
	require.NoError(t, p.Shutdown(t.Context()))
	require.Len(t, counts, keys)
	for key, got := range counts {
		require.Equal(t, []int64{rounds}, got, key)
	}
}
