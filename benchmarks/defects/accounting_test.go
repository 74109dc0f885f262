// SPDX-License-Identifier: Apache-2.0

package defects

import (
	"context"
	"strings"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// assertIdentity asserts that partbuffer knows where everything is that it took in. Nothing may be on its way.
func (r *rig) assertIdentity() {
	r.t.Helper()
	if r.subject.name != partbuffer.name {
		return
	}
	terms := map[string]int64{}
	sum := int64(0)
	for _, term := range []string{"delivered", "superseded", "dropped", "buffered", "in_flight"} {
		terms[term] = r.partbufferItems(term)
		sum += terms[term]
	}
	assert.Equal(r.t, r.partbufferItems("accepted"), sum, "accepted = delivered + superseded + dropped + buffered + in_flight: %v", terms)
	assert.EqualValues(r.t, r.delivered(), terms["delivered"], "what the destination took")
}

func (r *rig) partbufferItems(term string) int64 {
	r.t.Helper()
	return r.gauge("otelcol_processor_partbuffer_" + term + "_items")
}

// gauge returns the sum of a metric's points, and 0 where it has none.
func (r *rig) gauge(name string) (sum int64) {
	r.t.Helper()
	for _, p := range r.points() {
		if p.metric == name {
			sum += p.value
		}
	}
	return sum
}

// counters returns the metrics that only grow, with their sums.
func (r *rig) counters() map[string]int64 {
	r.t.Helper()
	sums := map[string]int64{}
	for _, p := range r.points() {
		if p.counter {
			sums[p.metric] += p.value
		}
	}
	return sums
}

// dropped returns what partbuffer counted as dropped for a reason.
func (r *rig) dropped(reason string) (sum int64) {
	r.t.Helper()
	for _, p := range r.points() {
		if v, ok := p.attributes.Value("reason"); ok && v.AsString() == reason && strings.HasSuffix(p.metric, "_dropped_items") {
			sum += p.value
		}
	}
	return sum
}

type point struct {
	metric     string
	counter    bool
	attributes attribute.Set
	value      int64
}

// points returns the integer points of everything that the subject exports about itself.
func (r *rig) points() (all []point) {
	r.t.Helper()
	var collected metricdata.ResourceMetrics
	require.NoError(r.t, r.telemetry.Reader.Collect(context.Background(), &collected))
	for _, scope := range collected.ScopeMetrics {
		for _, m := range scope.Metrics {
			var points []metricdata.DataPoint[int64]
			counter := false
			switch data := m.Data.(type) {
			case metricdata.Sum[int64]:
				points, counter = data.DataPoints, data.IsMonotonic
			case metricdata.Gauge[int64]:
				points = data.DataPoints
			}
			for _, p := range points {
				all = append(all, point{m.Name, counter, p.Attributes, p.Value})
			}
		}
	}
	return all
}
