// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partbuffer/partbufferprocessor/e2e/otlp"
)

// A window that the destination refuses is not lost: it leaves with the next
// one, where newer items have taken the place of older ones. The exporter
// neither queues nor retries.
func TestMapRefusedWindowLeavesWithTheNext(t *testing.T) {
	for _, exporter := range []string{"otlp_grpc", "otlp_http"} {
		pooling := exporter == "otlp_http"
		t.Run(fmt.Sprintf("%s/pooling=%t", exporter, pooling), func(t *testing.T) {
			const count = 40
			r := startMap(t, setup{
				example: otlp.Logs, exporter: exporter, pooling: pooling, options: []string{"timeout: 300ms"},
			})
			client := r.dial(t, otlp.GRPC)
			send := func(ids []int64) {
				t.Helper()
				require.NoError(t, r.sendRequest(t.Context(), client, otlp.Logs, otlp.BuildStatuses(ids...)))
			}
			var first, second, outdated []int64
			for order := int64(1); order <= count; order++ {
				first = append(first, otlp.ItemOf(order, 10))
				switch {
				case order%4 == 0:
					outdated = append(outdated, otlp.ItemOf(order, 5))
				case order%2 == 0:
					second = append(second, otlp.ItemOf(order, 20))
				}
			}

			r.sink.Refuse(true)
			send(first)
			require.Eventually(t, func() bool { return len(refused(r.sink)) == count }, patience, interval,
				"every order is refused once")
			send(second)
			send(outdated)
			r.requireAccount(t, otlp.Logs, account{
				terms: terms{
					accepted:   float64(count + len(second) + len(outdated)),
					superseded: float64(len(second) + len(outdated)),
					buffered:   count,
				},
				live: count,
			})
			assert.Empty(t, r.sink.Batches(otlp.Logs))
			r.sink.Refuse(false)
			r.awaitDelivery(t, otlp.Logs)

			r.requireAccount(t, otlp.Logs, account{
				terms: terms{
					accepted:   float64(count + len(second) + len(outdated)),
					delivered:  count,
					superseded: float64(len(second) + len(outdated)),
				},
				remembered: count,
			})
			r.stop(t)
			r.requireNewest(t, otlp.Logs, count+len(second)+len(outdated))
			got, _ := r.arrived(0)
			for order := int64(1); order <= count; order++ {
				want := []orderState{{newest: otlp.ItemOf(order, 10)}}
				if order%4 == 2 {
					want = []orderState{{newest: otlp.ItemOf(order, 20), updates: 1}}
				}
				assert.Equal(t, want, got[order], "order %d", order)
			}
			assert.Contains(t, r.Logs(), "A delivery failed. Its items go with the next window")
			t.Logf("%d batches refused, %d taken", len(r.sink.Refused()), len(r.sink.Batches(otlp.Logs)))
		})
	}
}

// refused are the ids of the items in refused batches.
func refused(sink *otlp.Sink) map[int64]bool {
	ids := make(map[int64]bool)
	for _, b := range sink.Refused() {
		for _, item := range b.Items {
			ids[item.ID] = true
		}
	}
	return ids
}
