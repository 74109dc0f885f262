// SPDX-License-Identifier: Apache-2.0

package key

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Span is a span and what it belongs to. Not safe for concurrent use. Only
// expressions and conditions read more of it than the span, so the other
// handles of a zero value may stay unset for keys of native paths.
type Span struct {
	Resource ptrace.ResourceSpans
	Scope    ptrace.ScopeSpans
	Span     ptrace.Span
}

// LogRecord is a log record and what it belongs to. Not safe for concurrent
// use. Only expressions and conditions read more of it than the record, so the
// other handles of a zero value may stay unset for keys of native paths.
type LogRecord struct {
	Resource plog.ResourceLogs
	Scope    plog.ScopeLogs
	Record   plog.LogRecord
}

// DataPoint is a data point and what it belongs to. Not safe for concurrent
// use. The type of Metric, which must be set, says which one of the points is
// set: Number for gauges and sums. Only expressions and conditions read
// Resource and Scope, so those of a zero value may stay unset for keys of
// native paths.
type DataPoint struct {
	Resource pmetric.ResourceMetrics
	Scope    pmetric.ScopeMetrics
	Metric   pmetric.Metric

	Number      pmetric.NumberDataPoint
	Histogram   pmetric.HistogramDataPoint
	Exponential pmetric.ExponentialHistogramDataPoint
	Summary     pmetric.SummaryDataPoint
}

// Attributes returns the attributes of the point that is set. It panics if
// none is. It does not allocate.
func (p *DataPoint) Attributes() pcommon.Map {
	switch p.Metric.Type() {
	case pmetric.MetricTypeHistogram:
		return p.Histogram.Attributes()
	case pmetric.MetricTypeExponentialHistogram:
		return p.Exponential.Attributes()
	case pmetric.MetricTypeSummary:
		return p.Summary.Attributes()
	default:
		return p.Number.Attributes()
	}
}
