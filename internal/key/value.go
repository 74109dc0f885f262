// SPDX-License-Identifier: Apache-2.0

package key

import (
	"encoding/binary"
	"math"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

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

// appendMap writes a digest that does not depend on the order of the entries:
// the sum of theirs. Sorting them costs several times as much, and a sum of
// seeded hashes is as hard to meet as the hash is. A key that occurs twice,
// which OTLP forbids, counts twice.
func appendMap(dst []byte, m pcommon.Map) []byte {
	var sum Digest
	from := len(dst)
	for key, value := range m.All() {
		if value.Type() == pcommon.ValueTypeStr { // most are, and need not be copied
			sum.add(textEntry(key, value.Str()))
			continue
		}
		dst = appendValue(dst[:from], value)
		sum.add(otherEntry(key, dst[from:]))
	}
	dst = binary.AppendUvarint(append(dst[:from], tagMap), uint64(m.Len()))
	return sum.Append(dst)
}

// textEntry is the digest of an entry of a map whose value is a string, and
// otherEntry that of one with another value, given as its canonical bytes.
func textEntry(key, text string) Digest {
	return textStart.text(key).text(text).entry()
}

func otherEntry(key string, canonical []byte) Digest {
	return otherStart.text(key).text(asText(canonical)).entry()
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
