// SPDX-License-Identifier: Apache-2.0

package key

import (
	"encoding/binary"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// A value is a tag and, after it, a payload whose end the tag or a length
// prefix tells. So no value is a prefix of another one, and concatenated
// values can be read back in one way only.
const (
	tagAbsent byte = iota
	tagEmpty
	tagString
	tagInt
	tagDouble
	tagFalse
	tagTrue
	tagBytes
	tagMap
	tagSlice
	tagTraceID
	tagSpanID
	tagEnum
	tagRecord
	tagTime
	tagDuration
)

func (s *step) appendAttributes(dst []byte, attributes pcommon.Map) ([]byte, bool) {
	if !s.indexed {
		return appendMap(dst, attributes), true
	}
	value, ok := attributes.Get(s.attribute)
	if !ok {
		return append(dst, tagAbsent), false
	}
	return appendValue(dst, value), true
}

// appendText writes a string field, which has no value when it is empty.
func appendText(dst []byte, text string) ([]byte, bool) {
	if text == "" {
		return append(dst, tagAbsent), false
	}
	return appendString(append(dst, tagString), text), true
}

// appendEnum writes an enumeration, whose zero means unspecified.
func appendEnum(dst []byte, number int32) ([]byte, bool) {
	if number == 0 {
		return append(dst, tagAbsent), false
	}
	return binary.LittleEndian.AppendUint32(append(dst, tagEnum), uint32(number)), true
}

func appendTraceID(dst []byte, id pcommon.TraceID) ([]byte, bool) {
	if id.IsEmpty() {
		return append(dst, tagAbsent), false
	}
	return append(append(dst, tagTraceID), id[:]...), true
}

func appendSpanID(dst []byte, id pcommon.SpanID) ([]byte, bool) {
	if id.IsEmpty() {
		return append(dst, tagAbsent), false
	}
	return append(append(dst, tagSpanID), id[:]...), true
}

func appendBody(dst []byte, body pcommon.Value) ([]byte, bool) {
	if body.Type() == pcommon.ValueTypeEmpty {
		return append(dst, tagAbsent), false
	}
	return appendValue(dst, body), true
}

func appendMetricIdentity(dst []byte, metric pmetric.Metric) []byte {
	var temporality pmetric.AggregationTemporality
	monotonic := false
	switch metric.Type() {
	case pmetric.MetricTypeSum:
		temporality = metric.Sum().AggregationTemporality()
		monotonic = metric.Sum().IsMonotonic()
	case pmetric.MetricTypeHistogram:
		temporality = metric.Histogram().AggregationTemporality()
	case pmetric.MetricTypeExponentialHistogram:
		temporality = metric.ExponentialHistogram().AggregationTemporality()
	default:
		// Gauges, summaries and metrics without data have neither.
	}
	dst = append(dst, tagRecord)
	dst = appendString(dst, metric.Name())
	dst = appendString(dst, metric.Unit())
	dst = binary.LittleEndian.AppendUint32(dst, uint32(metric.Type()))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(temporality))
	return appendBool(dst, monotonic)
}

func appendBool(dst []byte, b bool) []byte {
	if b {
		return append(dst, tagTrue)
	}
	return append(dst, tagFalse)
}

func appendString(dst []byte, text string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(text)))
	return append(dst, text...)
}
