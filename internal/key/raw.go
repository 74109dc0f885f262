// SPDX-License-Identifier: Apache-2.0

package key

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// isAbsent tells whether the result of an expression is no value. OTTL has one
// nil for what is missing and what is empty. As in native paths, an id of
// zeros is none.
func isAbsent(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case pcommon.Value:
		return v.Type() == pcommon.ValueTypeEmpty
	case pcommon.TraceID:
		return v.IsEmpty()
	case pcommon.SpanID:
		return v.IsEmpty()
	default:
		return false
	}
}

// appendRaw writes a result of OTTL with its type. What means the same has the
// same bytes, in whichever Go type it comes: a list of strings may be []string,
// []any or pcommon.Slice.
func appendRaw(dst []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case nil:
		return append(dst, tagEmpty), nil
	case string:
		return appendString(append(dst, tagString), v), nil
	case int64:
		return appendInt(dst, v), nil
	case float64:
		return binary.LittleEndian.AppendUint64(append(dst, tagDouble), math.Float64bits(v)), nil
	case bool:
		return appendBool(dst, v), nil
	case []byte:
		dst = binary.AppendUvarint(append(dst, tagBytes), uint64(len(v)))
		return append(dst, v...), nil
	case time.Time:
		dst = binary.LittleEndian.AppendUint64(append(dst, tagTime), uint64(v.Unix()))
		return binary.LittleEndian.AppendUint32(dst, uint32(v.Nanosecond())), nil
	case time.Duration:
		return binary.LittleEndian.AppendUint64(append(dst, tagDuration), uint64(v)), nil
	default:
		return appendRawData(dst, value)
	}
}

// appendRawData writes what pdata has types of its own for.
func appendRawData(dst []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case pcommon.Value:
		return appendValue(dst, v), nil
	case pcommon.Map:
		return appendMap(dst, v), nil
	case pcommon.Slice:
		return appendSlice(dst, v), nil
	case pcommon.ByteSlice:
		return appendBytes(dst, v), nil
	case pcommon.TraceID:
		return append(append(dst, tagTraceID), v[:]...), nil
	case pcommon.SpanID:
		return append(append(dst, tagSpanID), v[:]...), nil
	case [16]byte:
		return append(append(dst, tagTraceID), v[:]...), nil
	case [8]byte:
		return append(append(dst, tagSpanID), v[:]...), nil
	default:
		return appendRawCollection(dst, value)
	}
}

func appendRawCollection(dst []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case map[string]any:
		return appendRawMap(dst, v)
	case []any:
		return appendList(dst, v)
	case []string:
		return appendList(dst, v)
	case []int64:
		return appendList(dst, v)
	case []uint64:
		return appendList(dst, v)
	case []float64:
		return appendList(dst, v)
	case []bool:
		return appendList(dst, v)
	case [][]byte:
		return appendList(dst, v)
	default:
		return appendRawNumber(dst, value)
	}
}

// appendRawNumber writes the number types that OTTL itself takes for integers
// and doubles.
func appendRawNumber(dst []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case int:
		return appendInt(dst, int64(v)), nil
	case int32:
		return appendInt(dst, int64(v)), nil
	case uint32:
		return appendInt(dst, int64(v)), nil
	case uint64:
		return appendInt(dst, int64(v)), nil
	case float32:
		return appendRaw(dst, float64(v))
	default:
		return nil, fmt.Errorf("a value of type %T cannot be part of a key", value)
	}
}

func appendInt(dst []byte, i int64) []byte {
	return binary.LittleEndian.AppendUint64(append(dst, tagInt), uint64(i))
}

func appendList[E any](dst []byte, list []E) (_ []byte, err error) {
	dst = binary.AppendUvarint(append(dst, tagSlice), uint64(len(list)))
	for _, element := range list {
		if dst, err = appendRaw(dst, element); err != nil {
			return nil, err
		}
	}
	return dst, nil
}

// appendRawMap takes in a map what OTTL takes in one that an expression returns.
// appendRawMap writes what appendMap does.
func appendRawMap(dst []byte, m map[string]any) (_ []byte, err error) {
	var sum Digest
	from := len(dst)
	for name, value := range m {
		if text, ok := value.(string); ok {
			sum.add(textEntry(name, text))
			continue
		}
		if dst, err = appendRaw(dst[:from], value); err != nil {
			return nil, err
		}
		if dst[from] == tagString { // a string of another type
			_, n := binary.Uvarint(dst[from+1:])
			sum.add(textEntry(name, string(dst[from+1+n:])))
			continue
		}
		sum.add(otherEntry(name, dst[from:]))
	}
	dst = binary.AppendUvarint(append(dst[:from], tagMap), uint64(len(m)))
	return sum.Append(dst), nil
}
