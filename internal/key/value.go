// SPDX-License-Identifier: Apache-2.0

package key

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"sync"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// stackEntries is how many entries of a map are sorted on the stack; larger
// maps borrow room from a pool.
const stackEntries = 16

type entry struct {
	key   string
	value pcommon.Value
}

var entryPool = sync.Pool{New: func() any { return new([]entry) }}

// appendValue writes a value with its type. Doubles are compared by their
// bits: NaN equals itself, and 0 is not -0.
func appendValue(dst []byte, value pcommon.Value) []byte {
	switch value.Type() {
	case pcommon.ValueTypeStr:
		return appendString(append(dst, tagString), value.Str())
	case pcommon.ValueTypeInt:
		return appendInt(dst, value.Int())
	case pcommon.ValueTypeDouble:
		return binary.LittleEndian.AppendUint64(append(dst, tagDouble), math.Float64bits(value.Double()))
	case pcommon.ValueTypeBool:
		return appendBool(dst, value.Bool())
	case pcommon.ValueTypeBytes:
		return appendBytes(dst, value.Bytes())
	case pcommon.ValueTypeMap:
		return appendMap(dst, value.Map())
	case pcommon.ValueTypeSlice:
		return appendSlice(dst, value.Slice())
	default:
		return append(dst, tagEmpty)
	}
}

// appendMap writes the entries in the order of their keys. A key that occurs
// twice, which OTLP forbids, keeps its values in their order of arrival.
func appendMap(dst []byte, m pcommon.Map) []byte {
	dst = binary.AppendUvarint(append(dst, tagMap), uint64(m.Len()))
	if m.Len() <= stackEntries {
		var stack [stackEntries]entry
		return appendEntries(dst, sortedEntries(stack[:0], m))
	}

	pooled := entryPool.Get().(*[]entry)
	entries := sortedEntries(*pooled, m)
	dst = appendEntries(dst, entries)
	clear(entries)
	*pooled = entries[:0]
	entryPool.Put(pooled)
	return dst
}

func sortedEntries(entries []entry, m pcommon.Map) []entry {
	sorted := true
	for key, value := range m.All() {
		sorted = sorted && (len(entries) == 0 || entries[len(entries)-1].key <= key)
		entries = append(entries, entry{key: key, value: value})
	}
	if !sorted {
		slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(a.key, b.key) })
	}
	return entries
}

func appendEntries(dst []byte, entries []entry) []byte {
	for i := range entries {
		dst = appendString(dst, entries[i].key)
		dst = appendValue(dst, entries[i].value)
	}
	return dst
}

func appendSlice(dst []byte, s pcommon.Slice) []byte {
	dst = binary.AppendUvarint(append(dst, tagSlice), uint64(s.Len()))
	for _, value := range s.All() {
		dst = appendValue(dst, value)
	}
	return dst
}

// appendBytes copies byte by byte, because the slice's only bulk accessor
// allocates.
func appendBytes(dst []byte, b pcommon.ByteSlice) []byte {
	dst = binary.AppendUvarint(append(dst, tagBytes), uint64(b.Len()))
	dst = slices.Grow(dst, b.Len())
	for i := range b.Len() {
		dst = append(dst, b.At(i))
	}
	return dst
}
