// SPDX-License-Identifier: Apache-2.0

package otlp_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/partbuffer/partbufferprocessor/e2e/ledger"
	"github.com/partbuffer/partbufferprocessor/e2e/otlp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var signals = []otlp.Signal{otlp.Traces, otlp.Logs, otlp.Metrics, otlp.Profiles}

func TestItemsCoverEveryID(t *testing.T) {
	for _, signal := range signals {
		t.Run(string(signal), func(t *testing.T) {
			items, err := otlp.Items(otlp.Build(otlp.Spec{Signal: signal, First: 100, Count: 12, Resource: 1}))
			require.NoError(t, err)
			ids := make(map[int64]bool)
			for _, item := range items {
				ids[item.ID] = true
			}
			assert.Len(t, items, 12)
			assert.Len(t, ids, 12)
			for id := int64(100); id < 112; id++ {
				assert.Contains(t, ids, id)
			}
		})
	}
}

func TestContentTellsWhatAnItemIsAndInherits(t *testing.T) {
	contentOf := func(t *testing.T, spec otlp.Spec) uint64 {
		t.Helper()
		items, err := otlp.Items(otlp.Build(spec))
		require.NoError(t, err)
		return items[0].Content
	}
	for _, signal := range signals {
		t.Run(string(signal), func(t *testing.T) {
			spec := otlp.Spec{Signal: signal, First: 7, Count: 1, Resource: 1}
			same := contentOf(t, spec)
			assert.Equal(t, same, contentOf(t, spec), "equal specs")
			other := spec
			other.First = 8
			assert.NotEqual(t, same, contentOf(t, other), "another item")
			other = spec
			other.Resource = 2
			assert.NotEqual(t, same, contentOf(t, other), "another resource")
		})
	}
}

// The sink stands in for a collector here: what a client sends must arrive as it was.
func TestClientsReachTheSink(t *testing.T) {
	for _, transport := range []otlp.Transport{otlp.GRPC, otlp.HTTPProtobuf} {
		t.Run(string(transport), func(t *testing.T) {
			var mu sync.Mutex
			var books ledger.Ledger
			arrived := 0
			sink, err := otlp.StartSink(func(b otlp.Batch) {
				mu.Lock()
				defer mu.Unlock()
				arrived++
				books.Deliver(b.Items)
			})
			require.NoError(t, err)
			client, err := otlp.Dial(transport, sink.GRPCEndpoint, sink.HTTPEndpoint)
			require.NoError(t, err)

			for i, signal := range signals {
				request := otlp.Build(otlp.Spec{Signal: signal, First: int64(i) * 100, Count: 10, Resource: i})
				items, err := otlp.Items(request)
				require.NoError(t, err)
				encoded, err := request.MarshalProto()
				require.NoError(t, err)
				books.Issue(items)
				require.NoError(t, client.Send(t.Context(), request))
				books.Acknowledge(items)
				batches := sink.Batches(signal)
				require.Len(t, batches, 1)
				assert.Equal(t, len(encoded), batches[0].Bytes)
			}
			require.NoError(t, client.Close())
			require.NoError(t, sink.Close())
			assert.Equal(t, len(signals), arrived)
			assert.Equal(t, ledger.Report{Issued: 40, Acknowledged: 40, Delivered: 40}, books.Report())
		})
	}
}
