// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partbuffer/partbufferprocessor/e2e/otlp"
)

// partitions is the processor's default.
func partitions() int { return max(4, runtime.GOMAXPROCS(0)) }

// Full batches: when only the size triggers, each partition may leave one short batch.
func TestNoMoreFullBatchesThanStock(t *testing.T) {
	const (
		requests, items = 1000, 100
		size            = 8192
	)
	count := func(processor string) int {
		r := start(t, setup{processor: processor, options: []string{
			"timeout: 10m", "send_batch_size: 8192", "send_batch_max_size: 8192",
		}})
		specs := make([]otlp.Spec, requests)
		for i := range specs {
			specs[i] = otlp.Spec{Signal: otlp.Traces, First: int64(i) * items, Count: items, Resource: i % 20}
		}
		r.sendAll(t, r.dial(t, otlp.GRPC), 8, specs)
		r.stop(t)
		r.requireExact(t, otlp.Traces, requests*items)
		batches := r.sink.Batches(otlp.Traces)
		for _, b := range batches {
			assert.LessOrEqual(t, len(b.Items), size)
		}
		return len(batches)
	}
	stock, ours := count(batch), count(partbuffer)
	assert.Equal(t, (requests*items+size-1)/size, stock)
	assert.LessOrEqual(t, ours, stock+partitions())
	t.Logf("%d batches, stock %d", ours, stock)
}

// At 20 requests a second there is one batch per interval, as stock makes them.
func TestOneBatchPerIntervalAtLowLoad(t *testing.T) {
	const (
		pace     = 50 * time.Millisecond
		timeout  = 200 * time.Millisecond
		requests = 100
	)
	rigs := map[string]*rig{
		batch:      start(t, setup{processor: batch}),
		partbuffer: start(t, setup{processor: partbuffer}),
	}
	clients := make(map[string]otlp.Client)
	for name, r := range rigs {
		clients[name] = r.dial(t, otlp.GRPC)
	}
	begin := time.Now()
	ticker := time.NewTicker(pace)
	defer ticker.Stop()
	for i := range requests {
		<-ticker.C
		for name, r := range rigs {
			for _, signal := range stockSignals {
				require.NoError(t, r.send(t.Context(), clients[name], otlp.Spec{Signal: signal, First: int64(i), Count: 1}))
			}
		}
	}
	elapsed := time.Since(begin)
	for _, r := range rigs {
		r.stop(t)
	}
	for _, signal := range stockSignals {
		rigs[partbuffer].requireExact(t, signal, requests)
		stock, ours := len(rigs[batch].sink.Batches(signal)), len(rigs[partbuffer].sink.Batches(signal))
		assert.LessOrEqual(t, ours, int(elapsed/timeout)+1, "%s: at most one batch per interval", signal)
		assert.LessOrEqual(t, ours, stock+1, "%s: no more than stock", signal)
		t.Logf("%s: %d batches in %s, stock %d", signal, ours, elapsed, stock)
	}
}

// Nobody waits for a full batch: a lone item leaves when its interval is over.
func TestALoneItemLeavesAfterTheTimeout(t *testing.T) {
	const timeout = 300 * time.Millisecond
	r := start(t, setup{options: []string{"timeout: 300ms"}})
	client := r.dial(t, otlp.HTTPJSON)
	for _, signal := range signals(r.processor) {
		begin := time.Now()
		require.NoError(t, r.send(t.Context(), client, otlp.Spec{Signal: signal, First: 1, Count: 1}))
		r.awaitDelivery(t, signal)
		waited := r.sink.Batches(signal)[0].At.Sub(begin)
		assert.GreaterOrEqual(t, waited, timeout/2, "%s waits for company", signal)
		assert.Less(t, waited, timeout+patience/2, "%s", signal)
		r.requireExact(t, signal, 1)
	}
	r.stop(t)
}

// Everything acknowledged before or during a graceful stop is delivered.
func TestGracefulStopDeliversWhatWasAcknowledged(t *testing.T) {
	r := start(t, setup{options: []string{"timeout: 10m", "send_batch_size: 100000"}})
	before := make(map[otlp.Signal]int)
	for i, transport := range transports {
		client := r.dial(t, transport)
		for _, signal := range signals(r.processor) {
			specs, items := protocolSpecs(signal, i)
			r.sendAll(t, client, 4, specs)
			before[signal] += items
			assert.Empty(t, r.sink.Batches(signal), "%s: nothing leaves before the stop", signal)
		}
	}

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var senders sync.WaitGroup
	for i, signal := range signals(r.processor) {
		client := r.dial(t, transports[i%len(transports)])
		senders.Go(func() {
			for first := int64(10_000_000); ; first += 10 {
				if r.send(ctx, client, otlp.Spec{Signal: signal, First: first, Count: 10}) != nil {
					return
				}
			}
		})
	}
	for signal, want := range before {
		require.Eventually(t, func() bool { return r.ledger(signal).Report().Acknowledged > want },
			patience, interval, "%s: senders are at work when the stop comes", signal)
	}
	require.NoError(t, r.Stop(ctx))
	senders.Wait()

	for signal, want := range before {
		report := r.ledger(signal).Report()
		assert.Greater(t, report.Acknowledged, want, "%s", signal)
		assert.Empty(t, report.Missing, "%s", signal)
		assert.Empty(t, report.Duplicated, "%s", signal)
		assert.Empty(t, report.Spurious, "%s", signal)
		assert.Empty(t, report.Corrupted, "%s", signal)
	}
}
