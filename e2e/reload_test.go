// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partbuffer/partbufferprocessor/e2e/otlp"
)

// A SIGHUP while a slow destination still drains: the old instance delivers what
// it holds before the new one, which has another configuration, begins. Whoever
// comes meanwhile is refused. The metrics begin again with the new instance; what
// the old one came to is in its last line.
func TestReloadLosesNothing(t *testing.T) {
	const (
		slow                = 500 // items per second
		oldBatch, nextBatch = 100, 10
	)
	options := func(batch string) setup {
		return setup{processor: partbuffer, options: []string{
			"max_buffered_items: 2000", "send_batch_size: " + batch, "send_batch_max_size: " + batch,
		}}
	}
	r := start(t, options("100"))
	r.sink.Pace(slow, 4)
	l := load{
		clients: []otlp.Client{r.dial(t, otlp.GRPC), r.dial(t, otlp.HTTPProtobuf)},
		signal:  otlp.Traces, items: 10, perSecond: 2 * slow, deadline: 2 * time.Second,
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	var told *answers
	var senders sync.WaitGroup
	senders.Go(func() { told = r.offer(ctx, l) })
	backlog := func() int {
		report := r.ledger(otlp.Traces).Report()
		return report.Acknowledged - report.Delivered
	}
	require.Eventually(t, func() bool { return backlog() > slow }, patience, interval, "the destination does not keep up")

	r.configure(t, options("10"))
	hangup := time.Now()
	held := backlog()
	require.NoError(t, r.Reload())
	require.Eventually(t, func() bool { return r.Starts() == 2 }, patience, interval)
	restart := time.Now()
	before := r.ledger(otlp.Traces).Report().Acknowledged
	assert.Greater(t, held, slow, "the old instance had work left")
	require.Eventually(t, func() bool { return r.ledger(otlp.Traces).Report().Acknowledged > before+slow },
		patience, interval, "the new instance takes requests")
	cancel()
	senders.Wait()
	r.sink.Pace(0, 0)

	end := r.requireSettled(t, otlp.Traces)
	report := r.ledger(otlp.Traces).Report()
	t.Logf("%s; reloaded in %s with %d items left; told: %s", report, restart.Sub(hangup), held, told)
	assert.Empty(t, report.Missing)
	assert.Empty(t, report.Duplicated)
	assert.Empty(t, report.Spurious)
	assert.Empty(t, report.Corrupted)
	ends := stops(t, r, otlp.Traces)
	require.Len(t, ends, 1)
	old := ends[0]
	assert.Equal(t, stopped{accepted: old.accepted, delivered: old.accepted}, old)
	assert.Equal(t, terms{accepted: end.accepted, delivered: end.accepted}, end)
	assert.InDelta(t, report.Delivered, old.delivered+end.delivered, 0, "both instances account for all of it")

	largest := make(map[bool]int) // after the restart or before
	for _, b := range r.sink.Batches(otlp.Traces) {
		after := b.At.After(restart)
		largest[after] = max(largest[after], len(b.Items))
	}
	assert.Equal(t, map[bool]int{false: oldBatch, true: nextBatch}, largest, "each instance has its own configuration")
	r.stop(t)
}
