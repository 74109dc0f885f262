// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partbuffer/partbufferprocessor/e2e/otlp"
)

var transports = []otlp.Transport{otlp.GRPC, otlp.HTTPProtobuf, otlp.HTTPJSON}

const (
	protocolRequests = 100
	maxItems         = 128
)

// requestSizes are mostly small, with some around each limit of a batch of at most 128 items.
var requestSizes = []int{1, 1, 99, 2, 1, 128, 5, 129, 7, 300}

// protocolSpecs numbers the items of a transport's requests after those of the transports before it.
func protocolSpecs(signal otlp.Signal, transport int) (specs []otlp.Spec, items int) {
	first := int64(transport) * 1_000_000
	for i := range protocolRequests {
		count := requestSizes[i%len(requestSizes)]
		specs = append(specs, otlp.Spec{Signal: signal, First: first, Count: count, Resource: i % 5})
		first += int64(count)
		items += count
	}
	return specs, items
}

func TestEveryProtocolDeliversExactlyOnce(t *testing.T) {
	for _, exporter := range []string{"otlp_grpc", "otlp_http"} {
		for _, pooling := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/pooling=%t", exporter, pooling), func(t *testing.T) {
				r := start(t, setup{
					exporter: exporter,
					pooling:  pooling,
					options:  []string{"send_batch_size: 100", fmt.Sprintf("send_batch_max_size: %d", maxItems)},
				})
				sent := make(map[otlp.Signal]int)
				for i, transport := range transports {
					client := r.dial(t, transport)
					for _, signal := range signals(r.processor) {
						specs, items := protocolSpecs(signal, i)
						r.sendAll(t, client, 4, specs)
						sent[signal] += items
					}
				}
				for signal, want := range sent {
					r.awaitDelivery(t, signal)
					r.requireExact(t, signal, want)
					r.requireIdentity(t, signal, want)
					requireBatched(t, r.sink.Batches(signal))
				}
				r.stop(t)
				for signal, want := range sent {
					r.requireExact(t, signal, want)
				}
			})
		}
	}
}

func requireBatched(t *testing.T, batches []otlp.Batch) {
	t.Helper()
	require.NotEmpty(t, batches)
	largest, smallest := 0, len(batches[0].Items)
	for _, b := range batches {
		largest, smallest = max(largest, len(b.Items)), min(smallest, len(b.Items))
	}
	assert.LessOrEqual(t, largest, maxItems, "%s: the largest batch", batches[0].Signal)
	assert.Positive(t, smallest, "%s: the smallest batch", batches[0].Signal)
	// Without batching every request is a batch, and some are several.
	assert.Less(t, len(batches), len(transports)*protocolRequests, "%s is batched", batches[0].Signal)
}

func TestNoBatchExceedsTheByteCap(t *testing.T) {
	const maxBytes = 4096
	r := start(t, setup{processor: partbuffer, options: []string{fmt.Sprintf("send_batch_max_bytes: %d", maxBytes)}})
	client := r.dial(t, otlp.GRPC)
	for _, signal := range signals(r.processor) {
		specs, want := protocolSpecs(signal, 0)
		r.sendAll(t, client, 4, specs)
		r.awaitDelivery(t, signal)
		r.requireExact(t, signal, want)
		r.requireIdentity(t, signal, want)
		largest := 0
		for _, b := range r.sink.Batches(signal) {
			largest = max(largest, b.Bytes)
		}
		assert.LessOrEqual(t, largest, maxBytes, "%s", signal)
		assert.Greater(t, largest, maxBytes/2, "%s: the cap is used", signal)
	}
	r.stop(t)
}
