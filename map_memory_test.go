// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/partbuffer/partbufferprocessor/internal/metadata"
	"github.com/partbuffer/partbufferprocessor/internal/signal"
)

func heapBytes() int64 {
	runtime.GC()
	runtime.GC() // what pools kept after the first one
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// mapOfLogs makes a log processor in Map mode that holds what it gets.
func mapOfLogs(t *testing.T, change func(*Config)) logsProcessor {
	t.Helper()
	cfg := mapConfig(func(c *Config) {
		c.Timeout = time.Hour
		change(c)
	})
	p, err := NewFactory().CreateLogs(context.Background(), processortest.NewNopSettings(metadata.Type), cfg, consumertest.NewNop())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Shutdown(context.Background())) })
	return p.(logsProcessor)
}

// TestAWinnerDoesNotKeepItsRequest sends requests of a megabyte of which one small item survives.
func TestAWinnerDoesNotKeepItsRequest(t *testing.T) {
	p := mapOfLogs(t, func(*Config) {})
	const requests, items = 50, 100
	large := strings.Repeat("x", 10_000)
	before := heapBytes()
	for i := range requests {
		ld := plog.NewLogs()
		records := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
		for j := range items {
			record := records.AppendEmpty()
			record.SetTimestamp(pcommon.Timestamp(i*items + j + 1))
			record.Attributes().PutStr("key", "one of many")
			record.Body().SetStr(large + fmt.Sprint(i, j)) // a copy of its own
		}
		records.At(items-1).Attributes().PutStr("key", fmt.Sprint("survivor ", i))
		records.At(items - 1).Body().SetStr("small")
		require.NoError(t, p.ConsumeLogs(context.Background(), ld))
	}
	grown := heapBytes() - before
	assert.EqualValues(t, requests+1, p.buffer.balance().buffered)
	assert.Less(t, grown, int64(items*20_000), "one request would be half of this, all of them 50 times as much")
	runtime.KeepAlive(p)
}

// What the README says that a key costs beyond its item, and a remembered key.
const (
	keyBytes        = 300
	rememberedBytes = 150
)

// TestAKeyCostsWhatTheREADMESays floods the map with unique keys.
func TestAKeyCostsWhatTheREADMESays(t *testing.T) {
	const keys = 100_000
	items := make([]plog.Logs, 0, keys/100)
	build := func() {
		items = items[:0]
		for i := range keys / 100 {
			ld := plog.NewLogs()
			records := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
			for j := range 100 {
				record := records.AppendEmpty()
				record.SetTimestamp(1)
				record.Attributes().PutInt("key", int64(100*i+j))
			}
			items = append(items, ld)
		}
	}
	empty := heapBytes()
	build()
	bare := (heapBytes() - empty) / keys // a log record with one attribute, in a request
	p := mapOfLogs(t, func(c *Config) { c.Map.Remember = time.Hour })
	for _, ld := range items {
		require.NoError(t, p.ConsumeLogs(context.Background(), ld))
	}
	clear(items)
	held := (heapBytes() - empty) / keys
	t.Logf("an item alone takes %d bytes, held under a key %d", bare, held)
	assert.Less(t, held-bare, int64(keyBytes))
	now := p.buffer.reading()
	assert.Equal(t, keys, now.live)
	assert.Zero(t, now.remembered)

	lane := p.buffer.lanes.only.newest.(*mapLane[plog.Logs, signal.KeptRecord])
	require.NoError(t, lane.entries.Flush(context.Background()))
	now = p.buffer.reading()
	assert.Zero(t, now.live)
	assert.Equal(t, keys, now.remembered)
	left := (heapBytes() - empty) / keys
	t.Logf("a remembered key takes %d bytes", left)
	assert.Less(t, left, int64(rememberedBytes))
	runtime.KeepAlive(items)
	runtime.KeepAlive(p)
}
