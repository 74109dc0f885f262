// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/processor/processortest"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/partbuffer/partbufferprocessor/internal/metadata"
)

// ofTenants makes a trace processor with a lane for each of the tenants 0 to n - 1, and no room for another.
func ofTenants(b *testing.B, n int) (tracesProcessor, *sdkmetric.ManualReader) {
	b.Helper()
	reader := sdkmetric.NewManualReader()
	set := processortest.NewNopSettings(metadata.Type)
	set.MeterProvider = sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))
	cfg := testConfig(func(c *Config) {
		c.MetadataKeys, c.MetadataCardinalityLimit, c.MetadataIdleTimeout = []string{"tenant"}, n, time.Hour
	})
	p, err := NewFactory().CreateTraces(context.Background(), set, cfg, consumertest.NewNop())
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, p.Shutdown(context.Background())) })
	made := p.(tracesProcessor)
	for i := range n {
		useLane(b, made, i)
	}
	return made, reader
}

func useLane(b *testing.B, p tracesProcessor, i int) {
	b.Helper()
	l, err := p.buffer.lanes.acquire(tenant(strconv.Itoa(i)))
	if err != nil {
		b.Fatal(err)
	}
	l.release()
}

// BenchmarkNewTenant is what a request of an unknown tenant pays where the limit is reached: the least recently
// used lane makes way.
func BenchmarkNewTenant(b *testing.B) {
	for _, n := range []int{1000, 100_000} {
		b.Run(fmt.Sprintf("lanes=%d", n), func(b *testing.B) {
			p, _ := ofTenants(b, n)
			b.ReportAllocs()
			for next := n; b.Loop(); next++ {
				useLane(b, p, next)
			}
		})
	}
}

// BenchmarkNewTenantAmongBusyOnes is the same where all others send all the time.
func BenchmarkNewTenantAmongBusyOnes(b *testing.B) {
	for _, n := range []int{1000, 100_000} {
		b.Run(fmt.Sprintf("lanes=%d", n), func(b *testing.B) {
			p, _ := ofTenants(b, n)
			next, busy := n, 0
			for b.Loop() {
				useLane(b, p, next)
				next++
				for range 9 {
					useLane(b, p, next-n/2+busy%(n/2))
					busy++
				}
			}
		})
	}
}

// BenchmarkCollection is what reading the metrics of many lanes costs.
func BenchmarkCollection(b *testing.B) {
	for _, n := range []int{1, 1000, 10_000} {
		b.Run(fmt.Sprintf("lanes=%d", n), func(b *testing.B) {
			_, reader := ofTenants(b, n)
			var read metricdata.ResourceMetrics
			for b.Loop() {
				require.NoError(b, reader.Collect(context.Background(), &read))
			}
		})
	}
}
