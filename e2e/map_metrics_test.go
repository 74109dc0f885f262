// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partbuffer/partbufferprocessor/e2e/otlp"
)

const (
	targets = 5
	deltas  = 3
	// lag is how many steps the second replica is behind the first.
	lag = 12
)

// replica is one of two scrapers of the same targets. The clocks of the two
// differ: the first sees even steps, the second odd ones.
type replica struct {
	name   string
	number int64
	sent   int
}

// scrape makes the nth scrape of a replica.
func (p *replica) scrape(n int64) otlp.Scrape {
	p.sent++
	return otlp.Scrape{
		Replica:    p.name,
		Target:     n % targets,
		Step:       2*(n/targets) + p.number,
		FirstDelta: (2*n + p.number) * deltas,
		Deltas:     deltas,
	}
}

// run sends a scrape at every tick until it is told to stop. Each time two
// scrapes change places, so that the older one comes last.
func (p *replica) run(ctx context.Context, r *rig, client otlp.Client, first int64, stop <-chan struct{}) error {
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for n := first; ; n += 2 * targets {
		for _, swapped := range []int64{targets, 0} {
			for target := range int64(targets) {
				select {
				case <-stop:
					return nil
				case <-ticker.C:
				}
				request := otlp.BuildScrape(p.scrape(n + swapped + target))
				if err := r.sendRequest(ctx, client, otlp.Metrics, request); err != nil {
					return err
				}
			}
		}
	}
}

// Of two scrapers' points one leaves per series and window, the newest so far. Sums of changes all arrive.
func TestMapMetricsOfAPairOfScrapers(t *testing.T) {
	const (
		window  = 500 * time.Millisecond
		windows = 4
		series  = targets * otlp.Series
	)
	r := startExample(t, otlp.Metrics, "timeout: 500ms")
	client := r.dial(t, otlp.GRPC)
	begin := time.Now()

	// Both at work, the second one behind.
	replicas := []*replica{{name: "a"}, {name: "b", number: 1}}
	stop, errs := make(chan struct{}), make(chan error, len(replicas))
	for i, p := range replicas {
		first := lag * targets * int64(1-i)
		go func() { errs <- p.run(t.Context(), r, client, first, stop) }()
	}
	arrivals := func(key int64) (n int) {
		for _, b := range r.sink.Batches(otlp.Metrics) {
			for _, item := range b.Items {
				if k, _ := otlp.KeyOf(item.ID); k == key {
					n++
				}
			}
		}
		return n
	}
	assert.Eventually(t, func() bool { return arrivals(1) >= windows }, patience, interval, "windows pass")
	close(stop)
	require.NoError(t, errors.Join(<-errs, <-errs))
	r.awaitDelivery(t, otlp.Metrics)

	// What the first window knew comes too late now.
	late := replica{name: "b", number: 1}
	for n := range int64(targets) {
		scrape := late.scrape(n)
		scrape.Step, scrape.Deltas = 0, 0
		require.NoError(t, r.sendRequest(t.Context(), client, otlp.Metrics, otlp.BuildScrape(scrape)))
	}

	scrapes := replicas[0].sent + replicas[1].sent
	points := scrapes*(otlp.Series+deltas) + late.sent*otlp.Series
	report := r.ledger(otlp.Metrics).Report()
	r.requireAccount(t, otlp.Metrics, account{
		terms: terms{
			accepted:   float64(points),
			delivered:  float64(report.Delivered),
			superseded: float64(report.Superseded),
		},
		remembered: series,
	})
	r.requireOncePerWindow(t, otlp.Metrics, begin, window)
	r.stop(t)
	r.requireNewest(t, otlp.Metrics, points)
	assert.GreaterOrEqual(t, report.Delivered, scrapes*deltas+windows*series-series, "every change, and each series per window")
	assert.Greater(t, report.Superseded, report.Delivered/2, "most points of the series are superseded")
	t.Logf("%d scrapes: %s", scrapes, report)
}
