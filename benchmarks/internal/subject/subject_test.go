// SPDX-License-Identifier: Apache-2.0

package subject

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/destination"
	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/load"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestEverySpanArrives makes sure that the benchmarks compare subjects that do the same work.
func TestEverySpanArrives(t *testing.T) {
	subjects := []Subject{
		Partbuffer("partbuffer", nil),
		Partbuffer("partbuffer-append", map[string]any{"merge_resources": false, "partitions": 16}),
		Stock(0),
		Stock(BatchSize),
		ExporterHelperDefaults(),
		ExporterHelperTuned(100*BatchSize, 4),
		Floor(),
	}
	destinations := map[string]func() destination.Destination{
		"instant":  destination.NewInstant,
		"slow":     func() destination.Destination { return destination.NewSlow(5 * time.Millisecond) },
		"encoding": destination.NewEncoding,
	}
	for _, s := range subjects {
		for name, dest := range destinations {
			t.Run(s.Name+"/"+name, func(t *testing.T) {
				t.Parallel()
				deliverAll(t, s, dest(), 600, 3)
				deliverAll(t, s, dest(), 20, 20*60)
			})
		}
	}
}

// deliverAll pushes more requests of the given size than one batch takes, but few enough for a queue of ten.
func deliverAll(t *testing.T, s Subject, dest destination.Destination, spans, requests int) {
	t.Helper()
	const producers = 3
	source, err := load.NewSource(spans)
	require.NoError(t, err)
	if s.Name == "exporterhelper-defaults" {
		requests = min(requests, 24) // it takes 10 requests per interval
	}
	all, err := source.Requests(requests, 1)
	require.NoError(t, err)

	p, err := s.Start(t.Context(), dest)
	require.NoError(t, err)
	var wg sync.WaitGroup
	for i := range producers {
		consume := p.Producer()
		wg.Go(func() {
			for _, td := range all[requests*i/producers : requests*(i+1)/producers] {
				assert.NoError(t, consume(t.Context(), td))
			}
		})
	}
	wg.Wait()
	require.NoError(t, p.Shutdown(t.Context()))
	assert.Equal(t, int64(requests*spans), dest.Counts().Spans)
}
