// SPDX-License-Identifier: Apache-2.0

package mapsubject

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.uber.org/goleak"

	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/mapmode"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestNewestOfEachKeyArrivesOnce makes sure that the benchmarks compare subjects that do the same work.
func TestNewestOfEachKeyArrivesOnce(t *testing.T) {
	metrics := []mapmode.Subject[pmetric.Metrics]{
		Metrics(nil), Metrics(map[string]any{"key": []any{"attributes"}, "max_keys": 5_000}), Interval(), FloorMetrics(),
	}
	logs := []mapmode.Subject[plog.Logs]{Logs(nil), FloorLogs()}
	for i, s := range metrics {
		for _, producers := range []int{1, 3, 64} {
			t.Run(fmt.Sprintf("metrics/%s-%d/producers=%d", s.Name, i, producers), func(t *testing.T) {
				checkNewest(t, mapmode.Metrics(), s, producers, timesOfPoints)
			})
		}
	}
	for i, s := range logs {
		for _, producers := range []int{1, 3, 64} {
			t.Run(fmt.Sprintf("logs/%s-%d/producers=%d", s.Name, i, producers), func(t *testing.T) {
				checkNewest(t, mapmode.Logs(), s, producers, timesOfRecords)
			})
		}
	}
}

// times is when the items of each key were measured.
type times map[string][]pcommon.Timestamp

func (t times) add(attrs pcommon.Map, at pcommon.Timestamp) {
	key, _ := attrs.Get(mapmode.KeyAttribute)
	t[key.AsString()] = append(t[key.AsString()], at)
}

func checkNewest[T any](t *testing.T, signal mapmode.Signal[T], s mapmode.Subject[T], producers int, timesOf func(times, T)) {
	const keys, rounds = 3_000, 7
	source, err := mapmode.NewSource(signal, keys, 4, rounds)
	require.NoError(t, err)
	requests, err := source.Requests(rounds, 1)
	require.NoError(t, err)

	newest := times{}
	for _, r := range requests[len(requests)-source.Groups():] {
		timesOf(newest, r.Data)
	}
	require.Len(t, newest, keys)

	var mu sync.Mutex
	got := times{}
	p, err := s.Start(t.Context(), func(_ context.Context, data T) error {
		mu.Lock()
		defer mu.Unlock()
		timesOf(got, data)
		return nil
	})
	require.NoError(t, err)
	var wg sync.WaitGroup
	for i := range producers {
		consume := p.Producer()
		wg.Go(func() {
			// Producers share keys: what is newer may come first.
			for next := i; next < len(requests); next += producers {
				assert.NoError(t, consume(t.Context(), requests[next]))
			}
		})
	}
	wg.Wait()
	assert.Empty(t, got, "the window is not over")
	require.NoError(t, p.Shutdown(t.Context()))
	assert.True(t, maps.EqualFunc(newest, got, func(a, b []pcommon.Timestamp) bool {
		return len(a) == 1 && len(b) == 1 && a[0] == b[0]
	}), "%d of %d keys", len(got), keys)
}

func timesOfPoints(t times, md pmetric.Metrics) {
	for _, rm := range md.ResourceMetrics().All() {
		for _, sm := range rm.ScopeMetrics().All() {
			for _, m := range sm.Metrics().All() {
				for _, p := range m.Sum().DataPoints().All() {
					t.add(p.Attributes(), p.Timestamp())
				}
			}
		}
	}
}

func timesOfRecords(t times, ld plog.Logs) {
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, r := range sl.LogRecords().All() {
				t.add(r.Attributes(), r.Timestamp())
			}
		}
	}
}
