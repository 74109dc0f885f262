// SPDX-License-Identifier: Apache-2.0

package defects

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

const waits = "wait_for_result: true"

var swallowedErrors = defect{
	test: "TestSwallowedErrors", what: "a delivery fails: what the sender hears", upstream: "RFC, #12443, #11308",
	want: want{
		stock:      cell{{is: swallowed}},
		adapter:    cell{{is: swallowed}, {settings: waits, is: returned}},
		partbuffer: cell{{is: swallowed}, {settings: waits, is: returned}},
	},
}

func TestSwallowedErrors(t *testing.T) {
	swallowedErrors.observe(t, func(t *testing.T, s subject) outcome {
		r := begin(t, s)
		r.fails()
		err := r.send(t.Context(), spans(7))
		r.settle()
		require.Equal(t, 1, r.called())
		if err == nil {
			return swallowed
		}
		require.ErrorIs(t, err, errDestination)
		return returned
	})
}

var returnBeforeDelivery = defect{
	test: "TestReturnBeforeDelivery", what: "when `Consume` returns", upstream: "RFC, #11308",
	want: want{
		stock:      cell{{is: beforeDelivery}},
		adapter:    cell{{is: beforeDelivery}, {settings: waits, is: afterDelivery}},
		partbuffer: cell{{is: beforeDelivery}, {settings: waits, is: afterDelivery}},
	},
}

func TestReturnBeforeDelivery(t *testing.T) {
	returnBeforeDelivery.observe(t, func(t *testing.T, s subject) outcome {
		r := begin(t, s)
		r.reacts(func(context.Context) error {
			<-time.After(time.Second)
			return nil
		})
		require.NoError(t, r.send(t.Context(), spans(7)))
		synctest.Wait()
		if r.delivered() == 7 {
			return afterDelivery
		}
		return beforeDelivery
	})
}

var singleThreadedExport = defect{
	test: "TestSingleThreadedExport", what: "8 batches to a destination of 10 ms a batch", upstream: "RFC, #2248, #11308, #13582",
	want: want{
		stock:      cell{{is: oneAtATime}},
		adapter:    cell{{is: oneAtATime}, {settings: "num_consumers: 8", is: eightAtATime}},
		partbuffer: cell{{settings: "partitions: 8", is: eightAtATime}},
	},
}

func TestSingleThreadedExport(t *testing.T) {
	singleThreadedExport.observe(t, func(t *testing.T, s subject) outcome {
		const batches, each = 8, 10 * time.Millisecond
		r := begin(t, s, s.batchesOf100)
		began := time.Now()
		r.reacts(func(context.Context) error {
			<-time.After(each)
			return nil
		})
		requests := make([]ptrace.Traces, batches)
		for i := range requests {
			requests[i] = spans(100)
		}
		r.sendAll(requests...)
		r.settle()
		require.Len(t, r.deliveries(), batches)
		last := r.deliveries()[batches-1].at.Sub(began)
		require.Contains(t, []time.Duration{each, batches * each}, last)
		if last == each {
			return eightAtATime
		}
		return oneAtATime
	})
}

var uncountedLoss = defect{
	test: "TestUncountedLoss", what: "where a failed batch is counted", upstream: "#12443, #15003",
	want: want{
		stock:      cell{{is: uncounted}},
		adapter:    cell{{is: countedSendFailed}},
		partbuffer: cell{{is: countedDropped}},
	},
}

func TestUncountedLoss(t *testing.T) {
	uncountedLoss.observe(t, func(t *testing.T, s subject) outcome {
		lost, control := begin(t, s), begin(t, s)
		lost.fails()
		for _, r := range []*rig{lost, control} {
			require.NoError(t, r.send(t.Context(), spans(7)))
			r.settle()
			require.Equal(t, 1, r.called())
		}
		usual := control.counters()
		var tell []string
		for name, n := range lost.counters() {
			if n == 7 && usual[name] != n {
				tell = append(tell, "`"+name+"`")
			}
		}
		if len(tell) == 0 {
			return uncounted
		}
		slices.Sort(tell)
		require.Len(t, tell, 1)
		return outcome(tell[0])
	})
}

var downstreamPanic = defect{
	test: "TestDownstreamPanic", what: "the destination panics", upstream: "#3955, #7366", alone: true,
	want: want{
		stock:      cell{{is: processEnds, frame: "batchprocessor.(*shard"}},
		adapter:    cell{{is: processEnds, frame: "queuebatch.(*workerPool).execute"}},
		partbuffer: cell{{is: survives}},
	},
}

func TestDownstreamPanic(t *testing.T) {
	downstreamPanic.observe(t, func(t *testing.T, s subject) outcome {
		r := begin(t, s)
		r.reacts(func(context.Context) error { panic("the destination panics") })
		require.NoError(t, r.send(t.Context(), spans(7)))
		r.settle()
		r.reacts(nil)
		require.NoError(t, r.send(t.Context(), spans(5)))
		r.settle()
		require.Equal(t, 5, r.delivered())
		assert.EqualValues(t, 7, r.dropped("panic"))
		return survives
	})
}
