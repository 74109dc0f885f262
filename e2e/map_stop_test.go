// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partbuffer/partbufferprocessor/e2e/otlp"
)

// updates makes requests with a number of versions of each of some keys, and
// says how many items there are and how many of them are the newest. Spans have
// no versions: they are the same again.
func updates(signal otlp.Signal) (requests []otlp.Request, items, newest int) {
	const keys, versions = 5 * otlp.Series, 4
	for version := range int64(versions) {
		switch signal {
		case otlp.Logs:
			var ids []int64
			for key := range int64(keys) {
				ids = append(ids, otlp.ItemOf(1+key, 1+version))
			}
			requests = append(requests, otlp.BuildStatuses(ids...))
		case otlp.Metrics:
			for target := range int64(keys / otlp.Series) {
				requests = append(requests, otlp.BuildScrape(otlp.Scrape{Replica: "a", Target: target, Step: 1 + version}))
			}
		default:
			requests = append(requests, otlp.Build(otlp.Spec{Signal: signal, Count: keys}))
		}
	}
	return requests, keys * versions, keys
}

// What a window holds leaves when the collector is asked to stop, and the account is right at every point.
func TestMapGracefulStopDeliversTheWindow(t *testing.T) {
	for _, signal := range stockSignals {
		t.Run(string(signal), func(t *testing.T) {
			r := startExample(t, signal, "timeout: 10m")
			client := r.dial(t, otlp.GRPC)
			requests, items, newest := updates(signal)
			for _, request := range requests {
				require.NoError(t, r.sendRequest(t.Context(), client, signal, request))
			}
			r.requireAccount(t, signal, account{
				terms: terms{accepted: float64(items), superseded: float64(items - newest), buffered: float64(newest)},
				live:  float64(newest),
			})
			assert.Empty(t, r.sink.Batches(signal), "nothing leaves before the stop")

			// The destination is slow, so that the account can be read on the way.
			release := r.sink.Hold()
			t.Cleanup(release)
			require.NoError(t, r.Terminate())
			require.Eventually(t, func() bool { return itemsOf(r.sink.Held()) == newest }, patience, interval,
				"everything held is on its way")
			r.requireAccount(t, signal, account{
				terms:      terms{accepted: float64(items), superseded: float64(items - newest), inFlight: float64(newest)},
				remembered: float64(newest),
			})
			release()

			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			require.NoError(t, r.Wait(ctx))
			require.Equal(t, newest, itemsOf(r.sink.Batches(signal)))
			if signal == otlp.Traces {
				r.requireExact(t, signal, newest)
				return
			}
			r.requireNewest(t, signal, items)
		})
	}
}

// A stop while the destination refuses ends, and what nobody would take is counted and logged as lost.
func TestMapStopWhileRefused(t *testing.T) {
	r := startExample(t, otlp.Logs, "timeout: 10m")
	client := r.dial(t, otlp.GRPC)
	requests, _, newest := updates(otlp.Logs)
	for _, request := range requests {
		require.NoError(t, r.sendRequest(t.Context(), client, otlp.Logs, request))
	}
	r.sink.Refuse(true)
	r.stop(t)
	assert.Len(t, refused(r.sink), newest, "every order was refused")
	assert.Empty(t, r.sink.Batches(otlp.Logs))
	assert.Contains(t, r.Logs(), "Items were lost.")
	assert.Contains(t, r.Logs(), fmt.Sprintf(`"dropped_items": %d,`, newest))
}

// A stop in the middle of work: what was acknowledged is delivered, or something newer of its key is.
func TestMapStopAmongSenders(t *testing.T) {
	const senders, ordersOfEach = 4, 25
	r := startExample(t, otlp.Logs, "timeout: 50ms")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var working sync.WaitGroup
	for sender := range int64(senders) {
		client := r.dial(t, transports[int(sender)%len(transports)])
		working.Go(func() {
			for step := int64(1); ; step++ {
				var ids []int64
				for order := range int64(ordersOfEach) {
					ids = append(ids, otlp.ItemOf(1+sender*ordersOfEach+order, step))
				}
				if r.sendRequest(ctx, client, otlp.Logs, otlp.BuildStatuses(ids...)) != nil {
					return
				}
			}
		})
	}
	const windows = 3
	require.Eventually(t, func() bool { return itemsOf(r.sink.Batches(otlp.Logs)) >= windows*senders*ordersOfEach },
		patience, interval, "senders are at work when the stop comes")
	require.NoError(t, r.Stop(ctx))
	working.Wait()

	report := r.ledger(otlp.Logs).Report()
	assert.Greater(t, report.Acknowledged, report.Delivered, "some are superseded")
	assert.Empty(t, report.Missing)
	assert.Empty(t, report.Backwards)
	assert.Empty(t, report.Duplicated)
	assert.Empty(t, report.Spurious)
	assert.Empty(t, report.Corrupted)
	t.Logf("%s", report)
}

func itemsOf(batches []otlp.Batch) (n int) {
	for _, b := range batches {
		n += len(b.Items)
	}
	return n
}
