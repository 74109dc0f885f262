// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/xpdata/pref"
)

// Metrics is the Signal of pmetric.Metrics; its items are data points. It is
// safe for concurrent use on different data, and its zero value is ready.
type Metrics struct{}

var _ Signal[pmetric.Metrics] = Metrics{}

// Items counts the data points of md. It visits every metric.
func (Metrics) Items(md pmetric.Metrics) int { return md.DataPointCount() }

// Bytes is the OTLP protobuf size of md.
func (Metrics) Bytes(md pmetric.Metrics) int {
	var sizer pmetric.ProtoMarshaler
	return sizer.MetricsSize(md)
}

// Clone returns a copy of md.
func (Metrics) Clone(md pmetric.Metrics) pmetric.Metrics {
	c := pmetric.NewMetrics()
	md.CopyTo(c)
	return c
}

// Contains reports whether every item of part is in all.
func (Metrics) Contains(all, part pmetric.Metrics) bool {
	var encoder pmetric.ProtoMarshaler
	a, errA := encoder.MarshalMetrics(all)
	p, errP := encoder.MarshalMetrics(part)
	return errA == nil && errP == nil && containsItems(a, p, metricPoint)
}

// Claim takes md over, unless it has another owner.
func (Metrics) Claim(md pmetric.Metrics) bool { return pref.MarkPipelineOwnedMetrics(md) }

// Ref adds a reference to md.
func (Metrics) Ref(md pmetric.Metrics) { pref.RefMetrics(md) }

// Unref releases one reference to md.
func (Metrics) Unref(md pmetric.Metrics) { pref.UnrefMetrics(md) }

// NewMerger returns a Merger of metrics; see Signal.
func (Metrics) NewMerger(equal bool) Merger[pmetric.Metrics] {
	return &metricsMerger{equal: equal}
}
