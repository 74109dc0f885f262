// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"google.golang.org/grpc/codes"

	"github.com/partbuffer/partbufferprocessor/e2e/otlp"
)

var exporters = []string{"otlp_grpc", "otlp_http"}

// verdicts are what a destination makes of a request. The ids of its items say which: n*perVerdict and up.
var verdicts = []error{
	nil,
	otlp.Refusal(codes.InvalidArgument, "the sink can not read that", 0),
	otlp.Refusal(codes.Unavailable, "the sink is busy", 0),
	otlp.Refusal(codes.Unavailable, "the sink is busy for a while", 2*time.Second),
	otlp.Refusal(codes.ResourceExhausted, "the sink is full for a while", 3*time.Second),
	otlp.Refusal(codes.ResourceExhausted, "the sink is full", 0),
	nil,
}

const perVerdict = 1_000_000

func judge(b otlp.Batch) error { return verdicts[b.Items[0].ID/perVerdict] }

// A sender that waits for the result is told what it would be told if there were
// nothing between receiver and exporter, and always the pause that the destination asks for.
func TestSendersSeeWhatTheDestinationSays(t *testing.T) {
	for _, exporter := range exporters {
		t.Run(exporter, func(t *testing.T) {
			const items = 10
			direct := start(t, setup{processor: none, exporter: exporter})
			buffered := start(t, setup{processor: partbuffer, exporter: exporter, options: []string{
				"wait_for_result: true", "timeout: 10ms",
			}})
			for _, r := range []*rig{direct, buffered} {
				r.sink.Answer(judge)
			}
			for i, transport := range transports {
				signal := stockSignals[i]
				clients := []otlp.Client{direct.dial(t, transport), buffered.dial(t, transport)}
				sent, refused := 0, 0
				for verdict, says := range verdicts {
					spec := otlp.Spec{Signal: signal, First: int64(verdict * perVerdict), Count: items}
					want := otlp.AnswerOf(direct.send(t.Context(), clients[0], spec))
					got := otlp.AnswerOf(buffered.send(t.Context(), clients[1], spec))
					t.Logf("%s: the sink says %v, the sender is told %s", transport, says, got)
					if says := otlp.AnswerOf(says); says.Hint { // the HTTP exporter alone keeps the pause to itself
						want.Hint, want.RetryAfter = says.Hint, says.RetryAfter
					}
					assert.Equal(t, want, got, "%s: the sink says %v", transport, says)
					assert.Equal(t, says == nil, want == otlp.Answer{}, "%s: the sink says %v", transport, says)
					sent += items
					if says != nil {
						refused += items
					}
				}
				for _, r := range []*rig{direct, buffered} {
					assert.Equal(t, refused, itemsOf(r.sink.Refused())/(i+1))
					report := r.ledger(signal).Report()
					assert.Equal(t, sent-refused, report.Acknowledged)
					assert.Equal(t, sent-refused, report.Delivered)
					assert.Empty(t, report.Missing)
					assert.Empty(t, report.Duplicated)
				}
				assert.Equal(t, terms{
					accepted: float64(sent), delivered: float64(sent - refused), dropped: float64(refused),
				}, buffered.requireSettled(t, signal))
			}
			direct.stop(t)
			buffered.stop(t)
		})
	}
}

// Senders whose requests leave in one batch are all told what became of it.
func TestSendersOfOneBatchAreToldTheSame(t *testing.T) {
	const senders, items = 8, 5
	r := start(t, setup{processor: partbuffer, options: []string{
		"wait_for_result: true", "timeout: 10m", fmt.Sprintf("send_batch_size: %d", senders*items), "partitions: 1",
	}})
	client := r.dial(t, otlp.GRPC)
	send := func(first int64) *answers {
		told := &answers{count: make(map[otlp.Answer]int)}
		var sending sync.WaitGroup
		for n := range int64(senders) {
			sending.Go(func() {
				told.add(items, r.send(t.Context(), client, otlp.Spec{Signal: otlp.Traces, First: first + n*items, Count: items}))
			})
		}
		sending.Wait()
		return told
	}
	r.sink.Refuse(true)
	assert.Equal(t, map[otlp.Answer]int{{Code: codes.Unavailable}: senders * items}, send(0).count)
	assert.Len(t, r.sink.Refused(), 1)
	r.sink.Refuse(false)
	assert.Equal(t, map[otlp.Answer]int{{}: senders * items}, send(1000).count)
	assert.Len(t, r.sink.Batches(otlp.Traces), 1)
	assert.Equal(t, terms{accepted: 2 * senders * items, delivered: senders * items, dropped: senders * items},
		r.requireSettled(t, otlp.Traces))
	assert.Empty(t, r.ledger(otlp.Traces).Report().Missing)
	r.stop(t)
}
