// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partbuffer/partbufferprocessor/e2e/otlp"
)

func TestSharedConfigsDifferInOneWord(t *testing.T) {
	stock, err := os.ReadFile("../testdata/batch.yaml")
	require.NoError(t, err)
	ours, err := os.ReadFile("../testdata/partbuffer.yaml")
	require.NoError(t, err)

	word := regexp.MustCompile(`\bbatch\b`)
	assert.Len(t, word.FindAll(stock, -1), 4, "the section and three pipelines")
	assert.Equal(t, string(ours), string(word.ReplaceAll(stock, []byte(partbuffer))))
}

// run is what one processor made of an input.
type run struct {
	contents map[otlp.Signal]map[int64]uint64
	batches  map[otlp.Signal]int
	took     time.Duration
}

var stockSignals = []otlp.Signal{otlp.Traces, otlp.Logs, otlp.Metrics}

func deliver(t *testing.T, processor string) run {
	t.Helper()
	r := start(t, setup{processor: processor})
	client := r.dial(t, otlp.GRPC)
	result := run{contents: make(map[otlp.Signal]map[int64]uint64), batches: make(map[otlp.Signal]int)}
	for _, signal := range stockSignals {
		specs, want := protocolSpecs(signal, 0)
		begin := time.Now()
		r.sendAll(t, client, 4, specs)
		result.took = max(result.took, time.Since(begin))
		r.awaitDelivery(t, signal)
		r.requireExact(t, signal, want)
		result.contents[signal] = r.ledger(signal).Contents()
		result.batches[signal] = len(r.sink.Batches(signal))
	}
	r.stop(t)
	return result
}

func TestOneWordReplacesStock(t *testing.T) {
	const timeout = 200 * time.Millisecond
	stock, ours := deliver(t, batch), deliver(t, partbuffer)
	for _, signal := range stockSignals {
		assert.NotEmpty(t, ours.contents[signal])
		assert.Equal(t, stock.contents[signal], ours.contents[signal], "%s: the same items", signal)
		intervals := int(max(stock.took, ours.took)/timeout) + 1
		assert.LessOrEqual(t, ours.batches[signal], stock.batches[signal]+intervals*partitions(), "%s", signal)
		t.Logf("%s: %d batches, stock %d", signal, ours.batches[signal], stock.batches[signal])
	}
}
