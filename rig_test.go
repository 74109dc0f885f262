// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/partbuffer/partbufferprocessor/internal/metadatatest"
)

// tester is what *testing.T and *rapid.T have in common.
type tester interface {
	require.TestingT
	Helper()
}

// batch is what the next component got in one call.
type batch[D any] struct {
	ctx  context.Context
	data D
	ids  []int
}

// rig runs one processor between a sender and a recording next component, as a pipeline does: pdata is
// released by whoever is called with it when the call returns.
type rig[D comparable] struct {
	t         tester
	kind      kind[D]
	processor component.Component
	buffer    *buffer[D]
	telemetry *componenttest.Telemetry
	logs      *observer.ObservedLogs

	mu      sync.Mutex
	batches []batch[D]
	react   func(context.Context, batch[D]) error // what the next component does; nil = takes it
	mangle  func(D)                               // what it does to the data before
}

func newRig[D comparable](t tester, k kind[D], cfg *Config) *rig[D] {
	t.Helper()
	return newRigWith(t, k, cfg, componenttest.NewTelemetry())
}

func settingsOf(tel *componenttest.Telemetry) processor.Settings {
	return metadatatest.NewSettings(tel)
}

// newRigWith is newRig for several processors that tell about themselves in one place.
func newRigWith[D comparable](t tester, k kind[D], cfg *Config, tel *componenttest.Telemetry) *rig[D] {
	t.Helper()
	require.NoError(t, cfg.Validate())
	r := &rig[D]{t: t, kind: k, telemetry: tel}
	set := settingsOf(tel)
	core, logs := observer.New(zap.InfoLevel)
	r.logs = logs
	set.Logger = zap.New(core)
	var err error
	r.processor, r.buffer, err = k.create(set, cfg, k.mutates, r.next)
	require.NoError(t, err)
	require.NoError(t, r.processor.Start(context.Background(), componenttest.NewNopHost()))
	return r
}

func (r *rig[D]) next(ctx context.Context, data D) error {
	if r.kind.mark(data) {
		defer r.kind.unref(data)
	}
	b := batch[D]{ctx: ctx, data: r.kind.clone(data), ids: r.kind.ids(data)}
	r.mu.Lock()
	r.batches = append(r.batches, b)
	react := r.react
	r.mu.Unlock()
	if r.mangle != nil {
		r.mangle(data)
	}
	if react != nil {
		return react(ctx, b)
	}
	return nil
}

func (r *rig[D]) consume(ctx context.Context, data D) error {
	if r.kind.mark(data) {
		defer r.kind.unref(data)
	}
	return r.buffer.consume(ctx, data)
}

func (r *rig[D]) send(resource string, ids ...int) error {
	return r.consume(context.Background(), r.kind.build(resource, ids...))
}

func (r *rig[D]) got() []batch[D] {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.batches)
}

func (r *rig[D]) gotIDs() (ids []int) {
	for _, b := range r.got() {
		ids = append(ids, b.ids...)
	}
	return ids
}

func (r *rig[D]) sizes() (sizes []int) {
	for _, b := range r.got() {
		sizes = append(sizes, len(b.ids))
	}
	return sizes
}

// end shuts down and asserts the accounting identity before, from the exported metrics, and after.
func (r *rig[D]) end() {
	r.t.Helper()
	synctest.Wait()
	r.assertIdentity()
	require.NoError(r.t, r.processor.Shutdown(context.Background()))
	r.assertEnded()
	require.NoError(r.t, r.telemetry.Shutdown(context.Background()))
}

// assertEnded asserts the identity after a Shutdown: nothing is held any more.
func (r *rig[D]) assertEnded() {
	r.t.Helper()
	b := r.buffer.balance()
	assert.Zero(r.t, b.buffered, "buffered")
	assert.Zero(r.t, b.inFlight, "in flight")
	assert.Equal(r.t, b.accepted, b.delivered+b.superseded+b.lost(), "accepted = delivered + superseded + dropped: %+v", b)
}

// assertIdentity asserts accepted = delivered + superseded + dropped + buffered + in_flight on the exported
// metrics. Nothing may be on its way between two of the terms, as is so after synctest.Wait.
func (r *rig[D]) assertIdentity() {
	r.t.Helper()
	sum := int64(0)
	for _, term := range []string{"delivered", "superseded", "dropped", "buffered", "in_flight"} {
		sum += r.metric(term + "_items")
	}
	assert.Equal(r.t, r.metric("accepted_items"), sum, "accepted = delivered + superseded + dropped + buffered + in_flight: %+v", r.buffer.balance())
	held, _ := r.buffer.lanes.stats()
	assert.EqualValues(r.t, held.InFlight.Items, r.metric("in_flight_items"), "what is in no other place is in flight, and nothing else is")
}

// metric returns the sum of a metric's data points.
func (r *rig[D]) metric(name string) (sum int64) {
	r.t.Helper()
	m, err := r.telemetry.GetMetric("otelcol_processor_partbuffer_" + name)
	if err != nil {
		return 0 // nothing was recorded yet
	}
	switch data := m.Data.(type) {
	case metricdata.Sum[int64]:
		for _, dp := range data.DataPoints {
			sum += dp.Value
		}
	case metricdata.Gauge[int64]:
		for _, dp := range data.DataPoints {
			sum += dp.Value
		}
	case metricdata.Histogram[int64]:
		for _, dp := range data.DataPoints {
			sum += int64(dp.Count)
		}
	default:
		require.Failf(r.t, "unexpected metric", "%s is a %T", name, data)
	}
	return sum
}

// labeled returns the value of a counter for one value of an attribute.
func (r *rig[D]) labeled(name, label, value string) int64 {
	r.t.Helper()
	m, err := r.telemetry.GetMetric("otelcol_processor_partbuffer_" + name)
	require.NoError(r.t, err)
	for _, dp := range m.Data.(metricdata.Sum[int64]).DataPoints {
		if v, ok := dp.Attributes.Value(attribute.Key(label)); ok && v.AsString() == value {
			return dp.Value
		}
	}
	return 0
}

// inBubble runs a test body in virtual time.
func inBubble(t *testing.T, body func(*testing.T)) {
	t.Helper()
	synctest.Test(t, body)
}

func testConfig(change func(*Config)) *Config {
	cfg := createDefaultConfig().(*Config)
	if change != nil {
		change(cfg)
	}
	return cfg
}

// numbers returns n ids from first on.
func numbers(first, n int) []int {
	ids := make([]int, n)
	for i := range ids {
		ids[i] = first + i
	}
	return ids
}
