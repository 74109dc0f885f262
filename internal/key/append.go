// SPDX-License-Identifier: Apache-2.0

package key

import (
	"cmp"
	"encoding/binary"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// AppendResource appends the resource's share of the key to dst and tells
// whether any of its paths has a value. It allocates only to grow dst.
func (k *Key) AppendResource(dst []byte, resource pcommon.Resource) (key []byte, hasValue bool) {
	for i := range k.steps[Resource] {
		s := &k.steps[Resource][i]
		dst = binary.AppendUvarint(dst, s.position)
		var present bool
		dst, present = s.appendAttributes(dst, resource.Attributes())
		hasValue = hasValue || present
	}
	return dst, hasValue
}

// AppendScope appends the scope's share of the key to dst and tells whether
// any of its paths has a value. It allocates only to grow dst.
func (k *Key) AppendScope(dst []byte, scope pcommon.InstrumentationScope) (key []byte, hasValue bool) {
	for i := range k.steps[Scope] {
		s := &k.steps[Scope][i]
		dst = binary.AppendUvarint(dst, s.position)
		present := true
		switch s.field {
		case scopeName:
			dst, present = appendText(dst, scope.Name())
		case scopeVersion:
			dst, present = appendText(dst, scope.Version())
		case scopeAttributes:
			dst, present = s.appendAttributes(dst, scope.Attributes())
		default:
			dst = append(dst, tagRecord)
			dst = appendString(dst, scope.Name())
			dst = appendString(dst, scope.Version())
			dst = appendMap(dst, scope.Attributes())
		}
		hasValue = hasValue || present
	}
	return dst, hasValue
}

// AppendMetric appends the metric's share of the key to dst and tells whether
// any of its paths has a value. It allocates only to grow dst.
func (k *Key) AppendMetric(dst []byte, metric pmetric.Metric) (key []byte, hasValue bool) {
	for i := range k.steps[Metric] {
		s := &k.steps[Metric][i]
		dst = binary.AppendUvarint(dst, s.position)
		present := true
		switch s.field {
		case metricName:
			dst, present = appendText(dst, metric.Name())
		case metricUnit:
			dst, present = appendText(dst, metric.Unit())
		case metricType:
			dst, present = appendEnum(dst, int32(metric.Type()))
		default:
			dst = appendMetricIdentity(dst, metric)
		}
		hasValue = hasValue || present
	}
	return dst, hasValue
}

// AppendSpan appends the span's share of the key to dst and tells whether any
// of its paths has a value. Native paths allocate only to grow dst, and only
// they may do without the resource and scope of s.
//
// An expression that fails is written as absent; the first error is returned.
// It names the expression and may quote the value on which that failed.
func (k *Key) AppendSpan(dst []byte, s *Span) (key []byte, hasValue bool, err error) {
	span := s.Span
	for i := range k.steps[Item] {
		step := &k.steps[Item][i]
		dst = binary.AppendUvarint(dst, step.position)
		var present bool
		switch step.field {
		case itemTraceID:
			dst, present = appendTraceID(dst, span.TraceID())
		case itemSpanID:
			dst, present = appendSpanID(dst, span.SpanID())
		case spanParentSpanID:
			dst, present = appendSpanID(dst, span.ParentSpanID())
		case spanName:
			dst, present = appendText(dst, span.Name())
		case spanKind:
			dst, present = appendEnum(dst, int32(span.Kind()))
		case itemExpression:
			var failed error
			dst, present, failed = step.expression.appendSpan(dst, s)
			err = cmp.Or(err, failed)
		default:
			dst, present = step.appendAttributes(dst, span.Attributes())
		}
		hasValue = hasValue || present
	}
	return dst, hasValue, err
}

// AppendLogRecord appends the log record's share of the key to dst; see
// [Key.AppendSpan].
func (k *Key) AppendLogRecord(dst []byte, r *LogRecord) (key []byte, hasValue bool, err error) {
	record := r.Record
	for i := range k.steps[Item] {
		step := &k.steps[Item][i]
		dst = binary.AppendUvarint(dst, step.position)
		var present bool
		switch step.field {
		case itemTraceID:
			dst, present = appendTraceID(dst, record.TraceID())
		case itemSpanID:
			dst, present = appendSpanID(dst, record.SpanID())
		case logBody:
			dst, present = appendBody(dst, record.Body())
		case logSeverityNumber:
			dst, present = appendEnum(dst, int32(record.SeverityNumber()))
		case logSeverityText:
			dst, present = appendText(dst, record.SeverityText())
		case logEventName:
			dst, present = appendText(dst, record.EventName())
		case itemExpression:
			var failed error
			dst, present, failed = step.expression.appendLogRecord(dst, r)
			err = cmp.Or(err, failed)
		default:
			dst, present = step.appendAttributes(dst, record.Attributes())
		}
		hasValue = hasValue || present
	}
	return dst, hasValue, err
}

// AppendDataPoint appends the data point's share of the key to dst; see
// [Key.AppendSpan].
func (k *Key) AppendDataPoint(dst []byte, p *DataPoint) (key []byte, hasValue bool, err error) {
	for i := range k.steps[Item] {
		step := &k.steps[Item][i]
		dst = binary.AppendUvarint(dst, step.position)
		var present bool
		if step.field == itemExpression {
			var failed error
			dst, present, failed = step.expression.appendDataPoint(dst, p)
			err = cmp.Or(err, failed)
		} else {
			dst, present = step.appendAttributes(dst, p.Attributes())
		}
		hasValue = hasValue || present
	}
	return dst, hasValue, err
}
