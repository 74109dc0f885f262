// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"strings"
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

func TestByteCapHoldsForEveryBatch(t *testing.T) {
	forEachKind(t, byteCapHolds[ptrace.Traces], byteCapHolds[plog.Logs], byteCapHolds[pmetric.Metrics], byteCapHolds[pprofile.Profiles])
}

func byteCapHolds[D comparable](t *testing.T, k kind[D]) {
	rapid.Check(t, func(rt *rapid.T) {
		maxBytes := rapid.IntRange(90, 2000).Draw(rt, "send_batch_max_bytes")
		maxItems := rapid.SampledFrom([]int{0, 7, 100}).Draw(rt, "send_batch_max_size")
		merge := rapid.Bool().Draw(rt, "merge_resources")
		partitions := rapid.IntRange(1, 3).Draw(rt, "partitions")
		requests := rapid.SliceOfN(rapid.IntRange(1, 60), 1, 12).Draw(rt, "requests")
		synctest.Test(t, func(*testing.T) {
			r := newRig(rt, k, testConfig(func(c *Config) {
				c.SendBatchMaxBytes, c.SendBatchMaxSize, c.MergeResources, c.Partitions = maxBytes, maxItems, merge, partitions
				c.SendBatchSize = 7
			}))
			sent := 0
			for i, n := range requests {
				require.NoError(rt, r.send(strings.Repeat("r", 1+i%3), numbers(sent, n)...))
				sent += n
			}
			r.end()
			for _, b := range r.got() {
				if size := r.buffer.signal.Bytes(b.data); size > maxBytes {
					assert.Len(rt, b.ids, 1, "%d bytes, more than %d, in one batch", size, maxBytes)
				}
				if maxItems > 0 {
					assert.LessOrEqual(rt, len(b.ids), maxItems)
				}
			}
			assert.ElementsMatch(rt, numbers(0, sent), r.gotIDs())
		})
	})
}

func TestOversizeItemIsSentAloneCountedAndLoggedOncePerMinute(t *testing.T) {
	for _, merge := range []bool{true, false} {
		inBubble(t, func(t *testing.T) {
			r := newRig(t, tracesKind(), testConfig(func(c *Config) {
				c.SendBatchMaxBytes, c.Partitions, c.MergeResources = 100, 1, merge
			}))
			huge := r.kind.build("a", 1, 2, 3)
			huge.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(1).Attributes().PutStr("big", strings.Repeat("x", 500))
			for range 3 {
				require.NoError(t, r.consume(t.Context(), r.kind.clone(huge)))
			}
			<-time.After(time.Second)
			synctest.Wait()
			assert.EqualValues(t, 3, r.metric("oversize_items"))
			assert.Equal(t, 1, r.logs.Len())
			alone := 0
			for _, b := range r.got() {
				if r.buffer.signal.Bytes(b.data) > 100 {
					alone++
					assert.Equal(t, []int{2}, b.ids)
				}
			}
			assert.Equal(t, 3, alone)
			assert.Len(t, r.gotIDs(), 9)
			<-time.After(time.Minute)
			require.NoError(t, r.consume(t.Context(), r.kind.clone(huge)))
			synctest.Wait()
			require.Equal(t, 2, r.logs.Len())
			assert.EqualValues(t, 3, r.logs.All()[1].ContextMap()["items_since_last_log"])
			r.end()
		})
	}
}

func TestBufferedBytesAreBounded(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		k := logsKind()
		size := k.build("a", 1)
		r := newRig(t, k, testConfig(func(c *Config) { c.OnOverflow, c.Partitions = "reject", 1 }))
		bytes := r.buffer.signal.Bytes(size)
		r.end()

		r = newRig(t, k, testConfig(func(c *Config) {
			c.OnOverflow, c.Partitions, c.MaxBufferedBytes, c.Timeout = "reject", 1, 5*bytes, time.Hour
		}))
		for i := range 5 {
			require.NoError(t, r.send("a", i))
		}
		require.Error(t, r.send("a", 5))
		synctest.Wait()
		assert.Equal(t, []int{5}, r.sizes(), "full never means stuck: what is there goes at once")
		assert.EqualValues(t, 1, r.labeled("flushes", "trigger", "overflow"))
		require.NoError(t, r.send("a", 6))
		r.end()
	})
}

func TestCapacityDefaultsToTwoBatchesPerPartition(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*Config)
		want   int64
	}{
		"default":           {func(c *Config) { c.Partitions = 3 }, 2 * 8192 * 3},
		"send_batch_size":   {func(c *Config) { c.Partitions, c.SendBatchSize = 3, 10 }, 60},
		"send_batch_size 0": {func(c *Config) { c.Partitions, c.SendBatchSize = 3, 0 }, 2 * 8192 * 3},
		"configured":        {func(c *Config) { c.MaxBufferedItems = 77 }, 77},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				r := newRig(t, tracesKind(), testConfig(tc.change))
				assert.Equal(t, tc.want, r.metric("capacity_items"))
				assert.EqualValues(t, r.buffer.partitions, r.metric("partitions"))
				assert.EqualValues(t, 1, r.metric("lanes"))
				r.end()
			})
		})
	}
}
