// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"

	"github.com/partbuffer/partbufferprocessor/e2e/otlp"
)

// A destination that refuses twice and then takes it costs time and nothing
// else. With wait_for_result the sender learns of it when it is done.
func TestRetryDeliversOnce(t *testing.T) {
	for _, exporter := range exporters {
		for _, wait := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/wait_for_result=%t", exporter, wait), func(t *testing.T) {
				const (
					refusals, items = 2, 30
					pause           = 100 * time.Millisecond
				)
				r := start(t, setup{processor: partbuffer, exporter: exporter, pooling: wait, options: []string{
					fmt.Sprintf("wait_for_result: %t", wait), "timeout: 10ms",
					"retry_on_failure: {enabled: true, initial_interval: 100ms, randomization_factor: 0}",
				}})
				var attempts atomic.Int64
				busy := otlp.Refusal(codes.Unavailable, "the sink is busy", 0)
				r.sink.Answer(func(otlp.Batch) error {
					if attempts.Add(1) <= refusals {
						return busy
					}
					return nil
				})
				begin := time.Now()
				require.NoError(t, r.send(t.Context(), r.dial(t, otlp.GRPC), otlp.Spec{Signal: otlp.Traces, Count: items}))
				if wait {
					assert.GreaterOrEqual(t, time.Since(begin), refusals*pause, "it waited for the result")
					assert.Equal(t, items, r.ledger(otlp.Traces).Report().Delivered)
				}
				r.awaitDelivery(t, otlp.Traces)
				r.requireExact(t, otlp.Traces, items)
				r.requireIdentity(t, otlp.Traces, items)
				assert.Equal(t, refusals*items, itemsOf(r.sink.Refused()), "the same batch again")
				assert.EqualValues(t, refusals+1, attempts.Load())
				r.stop(t)
			})
		}
	}
}

// A destination may take a request and say that it rejected a part of it. The
// exporters log that and call it a success, so that nobody before them, this
// processor included, hears of it: OTLP has such a part not sent again.
func TestPartialSuccessIsSuccess(t *testing.T) {
	for _, exporter := range exporters {
		for _, processor := range []string{none, partbuffer} {
			t.Run(exporter+"/"+processor, func(t *testing.T) {
				const items, rejected = 10, 3
				s := setup{processor: processor, exporter: exporter}
				if processor == partbuffer {
					s.options = []string{"wait_for_result: true", "timeout: 10ms"}
				}
				r := start(t, s)
				r.sink.RejectPart(rejected)
				require.NoError(t, r.send(t.Context(), r.dial(t, otlp.HTTPJSON), otlp.Spec{Signal: otlp.Traces, Count: items}))
				r.awaitDelivery(t, otlp.Traces)
				r.requireIdentity(t, otlp.Traces, items)
				require.EventuallyWithT(t, func(c *assert.CollectT) {
					lines := r.Logged("Partial success response")
					require.Len(c, lines, 1)
					assert.InDelta(c, rejected, lines[0]["dropped_spans"], 0)
				}, patience, interval)
				r.stop(t)
			})
		}
	}
}
