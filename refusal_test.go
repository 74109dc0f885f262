// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"runtime"
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

func TestARefusedRequestIsWhole(t *testing.T) {
	forEachKind(t, refusedRequestIsWhole[ptrace.Traces], refusedRequestIsWhole[plog.Logs],
		refusedRequestIsWhole[pmetric.Metrics], refusedRequestIsWhole[pprofile.Profiles])
}

// refusedRequestIsWhole sends a request of several partitions that finds no room: who sends it again must have
// something to send.
func refusedRequestIsWhole[D comparable](t *testing.T, k kind[D]) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, k, testConfig(func(c *Config) {
			c.PartitionBy, c.MaxBufferedItems, c.OnOverflow, c.Timeout = []string{`resource.attributes["service.name"]`}, 4, "reject", time.Hour
		}))
		require.NoError(t, r.send("a", 1, 2))
		data := k.build("b", numbers(10, 3)...)
		require.Error(t, r.buffer.consume(t.Context(), data))
		assert.Equal(t, numbers(10, 3), k.ids(data))
		synctest.Wait() // the full buffer has gone
		require.NoError(t, r.consume(t.Context(), data))
		r.end()
		assert.ElementsMatch(t, []int{1, 2, 10, 11, 12}, r.gotIDs())
	})
}

func TestWhatEndsADeliveryEarlyIsCountedAndStaysOutOfOtherBatches(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		k := tracesKind()
		r := newRig(t, k, testConfig(func(c *Config) { c.MetadataKeys = []string{"tenant"} }))
		r.react = func(context.Context, batch[ptrace.Traces]) error { runtime.Goexit(); return nil }
		require.NoError(t, r.consume(tenant("a"), k.build("a", 1, 2)))
		require.NoError(t, r.consume(tenant("a"), k.build("b", 3)))
		<-time.After(time.Second)
		synctest.Wait()
		assert.EqualValues(t, 3, r.labeled("dropped_items", "reason", "panic"))
		assert.Equal(t, 1, r.logs.FilterMessage("Items were lost.").Len())
		r.react = nil
		require.NoError(t, r.consume(tenant("b"), k.build("a", 4)))
		r.end()
		last := r.got()[len(r.got())-1]
		assert.Equal(t, []int{4}, last.ids)
	})
}
