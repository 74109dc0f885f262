// SPDX-License-Identifier: Apache-2.0

package defects

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

var errDestination = errors.New("the destination is down")

// delivery is a batch that the destination took.
type delivery struct {
	ctx     context.Context
	at      time.Time
	items   int
	bytes   int
	metrics pmetric.Metrics // of a metrics pipeline
}

// destination is the next component. It remembers what it took, and does what a scenario says.
type destination struct {
	mu       sync.Mutex
	calls    int
	took     []delivery
	react    func(context.Context) error // nil = take it
	released chan struct{}               // what hangs goes on when this is closed
}

func newDestination() *destination { return &destination{released: make(chan struct{})} }

func (d *destination) consumeTraces(ctx context.Context, td ptrace.Traces) error {
	return d.consume(delivery{ctx: ctx, items: td.SpanCount(), bytes: new(ptrace.ProtoMarshaler).TracesSize(td)})
}

func (d *destination) consumeMetrics(ctx context.Context, md pmetric.Metrics) error {
	kept := pmetric.NewMetrics()
	md.CopyTo(kept)
	return d.consume(delivery{ctx: ctx, items: md.DataPointCount(), metrics: kept})
}

func (d *destination) consume(batch delivery) error {
	d.mu.Lock()
	d.calls++
	react := d.react
	d.mu.Unlock()
	if react != nil {
		if err := react(batch.ctx); err != nil {
			return err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	batch.at = time.Now()
	d.took = append(d.took, batch)
	return nil
}

// reacts sets what the destination does before it takes a batch.
func (d *destination) reacts(react func(context.Context) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.react = react
}

// fails lets the destination refuse everything.
func (d *destination) fails() {
	d.reacts(func(context.Context) error { return errDestination })
}

// hangs lets the destination stop answering, whatever its context says.
func (d *destination) hangs() {
	d.reacts(func(context.Context) error {
		<-d.released
		return nil
	})
}

// hangsFor lets the destination stop answering one tenant.
func (d *destination) hangsFor(name string) {
	d.reacts(func(ctx context.Context) error {
		if slices.Equal(client.FromContext(ctx).Metadata.Get("tenant"), []string{name}) {
			<-d.released
		}
		return nil
	})
}

// unblock ends what hangs; from then on everything is taken.
func (d *destination) unblock() {
	d.reacts(nil)
	d.mu.Lock()
	defer d.mu.Unlock()
	select {
	case <-d.released:
	default:
		close(d.released)
	}
}

func (d *destination) deliveries() []delivery {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.took)
}

func (d *destination) delivered() (items int) {
	for _, batch := range d.deliveries() {
		items += batch.items
	}
	return items
}

func (d *destination) called() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.calls
}
