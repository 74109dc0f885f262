// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"pgregory.net/rapid"
)

func TestEveryItemArrivesOnceUnderAnyConfiguration(t *testing.T) {
	forEachKind(t, everyItemArrivesOnce[ptrace.Traces], everyItemArrivesOnce[plog.Logs],
		everyItemArrivesOnce[pmetric.Metrics], everyItemArrivesOnce[pprofile.Profiles])
}

// everyItemArrivesOnce sends random requests under random configurations, with failures, and keeps a ledger.
func everyItemArrivesOnce[D comparable](t *testing.T, k kind[D]) {
	rapid.Check(t, func(rt *rapid.T) {
		cfg := testConfig(func(c *Config) {
			c.ShutdownTimeout = 0 // some draws take longer
			c.Timeout = rapid.SampledFrom([]time.Duration{0, time.Millisecond, 200 * time.Millisecond}).Draw(rt, "timeout")
			c.SendBatchSize = rapid.IntRange(0, 30).Draw(rt, "send_batch_size")
			if rapid.Bool().Draw(rt, "capped") {
				c.SendBatchMaxSize = c.SendBatchSize + rapid.IntRange(1, 10).Draw(rt, "above")
			}
			c.SendBatchMaxBytes = rapid.SampledFrom([]int{0, 150, 1000}).Draw(rt, "send_batch_max_bytes")
			c.Partitions = rapid.IntRange(1, 5).Draw(rt, "partitions")
			c.MergeResources = rapid.Bool().Draw(rt, "merge_resources")
			c.MaxBufferedItems = rapid.SampledFrom([]int{0, 10, 50}).Draw(rt, "max_buffered_items")
			c.OnOverflow = rapid.SampledFrom([]string{"block", "reject", "drop_oldest"}).Draw(rt, "on_overflow")
			if rapid.Bool().Draw(rt, "routed") {
				c.PartitionBy = []string{"resource"}
			}
			if rapid.Bool().Draw(rt, "lanes") {
				c.MetadataKeys, c.MetadataCardinalityLimit = []string{"tenant"}, 2
			}
		})
		delay := rapid.SampledFrom([]time.Duration{0, time.Millisecond, time.Second}).Draw(rt, "delay")
		failEvery := rapid.IntRange(0, 4).Draw(rt, "fail every")
		producers := rapid.IntRange(1, 4).Draw(rt, "producers")
		requests := rapid.SliceOfN(rapid.IntRange(1, 40), 1, 30).Draw(rt, "requests")

		synctest.Test(t, func(*testing.T) {
			r := newRig(rt, k, cfg)
			calls := 0
			failed := map[int]bool{}
			r.react = func(_ context.Context, b batch[D]) error {
				<-time.After(delay)
				r.mu.Lock()
				defer r.mu.Unlock()
				if calls++; failEvery > 0 && calls%failEvery == 0 {
					for _, id := range b.ids {
						failed[id] = true
					}
					return assert.AnError
				}
				return nil
			}
			accepted := make([][]int, producers)
			refused := make([][]int, producers)
			done := make(chan struct{})
			for p := range producers {
				go func() {
					defer func() { done <- struct{}{} }()
					for i := p; i < len(requests); i += producers {
						ids := numbers(1000*i, requests[i])
						if r.consume(tenant(strconv.Itoa(i%3)), k.build("r"+strconv.Itoa(i%4), ids...)) == nil {
							accepted[p] = append(accepted[p], ids...)
						} else {
							refused[p] = append(refused[p], ids...)
						}
					}
				}()
			}
			for range producers {
				<-done
			}
			r.end()
			ids := r.gotIDs()
			slices.Sort(ids)
			assert.Equal(rt, slices.Compact(slices.Clone(ids)), ids, "nothing arrives twice")
			b := r.buffer.balance()
			all := slices.Concat(accepted...)
			assert.EqualValues(rt, len(all), b.accepted, "what Consume returned nil for is what was accepted")
			assert.EqualValues(rt, len(slices.Concat(refused...)), b.refused)
			assert.EqualValues(rt, len(ids)-len(failed), b.delivered)
			assert.EqualValues(rt, len(failed), b.dropped[reasonError])
			assert.Subset(rt, all, ids)
			if cfg.OnOverflow != "drop_oldest" {
				assert.Len(rt, ids, len(all))
			}
		})
	})
}

func TestPartitionByKeepsTheOrderOfAKey(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		k := logsKind()
		r := newRig(t, k, testConfig(func(c *Config) {
			c.PartitionBy, c.SendBatchSize, c.SendBatchMaxSize, c.Partitions = []string{`resource.attributes["service.name"]`}, 3, 3, 4
		}))
		r.react = func(_ context.Context, b batch[plog.Logs]) error {
			<-time.After(time.Duration(b.ids[0]%7) * time.Millisecond)
			return nil
		}
		want := map[int][]int{}
		for i := range 200 {
			service := i % 5
			require.NoError(t, r.send(strconv.Itoa(service), 1000*service+i))
			want[service] = append(want[service], 1000*service+i)
		}
		r.end()
		got := map[int][]int{}
		for _, id := range r.gotIDs() {
			got[id/1000] = append(got[id/1000], id)
		}
		assert.Equal(t, want, got)
	})
}

func TestMetricsAreRoutedByResourceUnlessToldOtherwise(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, metricsKind(), testConfig(nil))
		assert.NotNil(t, r.buffer.route)
		r.end()
		r = newRig(t, metricsKind(), testConfig(func(c *Config) { c.Partitions = 1 }))
		assert.Nil(t, r.buffer.route, "one partition keeps everything in order")
		r.end()
		l := newRig(t, logsKind(), testConfig(nil))
		assert.Nil(t, l.buffer.route)
		l.end()
	})
}

func TestASlowDestinationGetsAsManyBatchesAsThereArePartitions(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, tracesKind(), testConfig(func(c *Config) { c.Partitions, c.SendBatchSize, c.MaxBufferedItems = 6, 2, 100 }))
		hang := make(chan struct{})
		r.react = func(context.Context, batch[ptrace.Traces]) error { <-hang; return nil }
		for i := range 40 {
			require.NoError(t, r.send("a", i))
		}
		synctest.Wait()
		assert.Len(t, r.got(), 6)
		assert.EqualValues(t, 12, r.metric("in_flight_items"))
		assert.EqualValues(t, 28, r.metric("buffered_items"))
		close(hang)
		r.end()
	})
}

func TestMergeMakesEqualResourcesOne(t *testing.T) {
	for _, merge := range []bool{true, false} {
		inBubble(t, func(t *testing.T) {
			r := newRig(t, tracesKind(), testConfig(func(c *Config) { c.MergeResources = merge }))
			for i := range 10 {
				require.NoError(t, r.send(strconv.Itoa(i%2), i))
			}
			r.end()
			require.Len(t, r.got(), 1)
			want := 10
			if merge {
				want = 2
			}
			assert.Equal(t, want, r.got()[0].data.ResourceSpans().Len())
		})
	}
}
