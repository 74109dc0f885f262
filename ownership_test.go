// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

func TestEveryReferenceIsReleasedOnce(t *testing.T) {
	forEachKind(t, everyReferenceIsReleased[ptrace.Traces], everyReferenceIsReleased[plog.Logs],
		everyReferenceIsReleased[pmetric.Metrics], everyReferenceIsReleased[pprofile.Profiles])
}

// everyReferenceIsReleased sends requests down every path, and then releases each once more. That panics where
// none was left; where the buffer released too often, it panicked itself.
func everyReferenceIsReleased[D comparable](t *testing.T, k kind[D]) {
	for name, tc := range map[string]struct {
		change   func(*Config)
		requests []int // sizes
		hang     bool
	}{
		"merged":         {func(*Config) {}, []int{2, 3}, false},
		"appended":       {func(c *Config) { c.MergeResources = false }, []int{2, 3}, false},
		"alone":          {func(c *Config) { c.MergeResources = false }, []int{2}, false},
		"passed through": {func(c *Config) { c.SendBatchSize = 4 }, []int{5}, false},
		"sent at once":   {func(c *Config) { c.Timeout = 0 }, []int{1, 2}, false},
		"split":          {func(c *Config) { c.SendBatchSize, c.SendBatchMaxSize = 4, 4 }, []int{3, 11}, false},
		"split by bytes": {func(c *Config) { c.SendBatchMaxBytes = 120 }, []int{9, 9}, false},
		"routed":         {func(c *Config) { c.PartitionBy = []string{"resource"} }, []int{2, 3}, false},
		"refused":        {func(c *Config) { c.MaxBufferedItems, c.OnOverflow = 2, "reject" }, []int{2, 2}, true},
		"dropped":        {func(c *Config) { c.MaxBufferedItems, c.OnOverflow, c.Timeout, c.Partitions = 4, "drop_oldest", 0, 1 }, []int{2, 2, 2}, true},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				r := newRig(t, k, testConfig(tc.change))
				open := make(chan struct{})
				if tc.hang {
					r.react = func(context.Context, batch[D]) error { <-open; return nil }
				}
				var sent []D
				for i, n := range tc.requests {
					data := k.build("r", numbers(100*i, n)...)
					_ = r.consume(t.Context(), data)
					sent = append(sent, data)
					synctest.Wait()
				}
				close(open)
				<-time.After(time.Second)
				r.end()
				for i, data := range sent {
					assert.PanicsWithValue(t, "Cannot unref freed data", func() { k.unref(data) }, "request %d is still referenced", i)
				}
			})
		})
	}
}

func TestAFreshRequestHasAReference(t *testing.T) {
	require.NotPanics(t, func() { tracesKind().unref(ptrace.NewTraces()) }, "else the test above shows nothing")
}
