// SPDX-License-Identifier: Apache-2.0

package identity

import (
	"hash/maphash"
	"math"
	"math/bits"
	"math/rand/v2"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

var (
	seed = maphash.MakeSeed()

	// left and right are odd so that multiplying by them loses nothing.
	left  = rand.Uint64() | 1
	right = rand.Uint64() | 1

	tags = func() (t [pcommon.ValueTypeBytes + 1]uint64) {
		for i := range t {
			t[i] = rand.Uint64()
		}
		return t
	}()
)

// Mix folds two hashes into one. It is safe for concurrent use; the order of
// its arguments matters.
func Mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^left, b^right)
	return hi ^ lo
}

// HashString hashes a string. It is safe for concurrent use.
func HashString(s string) uint64 {
	return maphash.String(seed, s)
}

// HashMap hashes attributes whatever their order. It is safe for concurrent
// use.
func HashMap(m pcommon.Map) uint64 {
	var sum uint64
	for k, v := range m.All() {
		// Addition commutes, so the order of the pairs does not matter, and
		// unlike exclusive or it does not cancel a pair that occurs twice.
		sum += Mix(maphash.String(seed, k), HashValue(v))
	}
	return Mix(sum+uint64(m.Len()), tags[pcommon.ValueTypeMap])
}

// HashValue hashes a value together with its type. It is safe for concurrent
// use.
func HashValue(v pcommon.Value) uint64 {
	switch t := v.Type(); t {
	case pcommon.ValueTypeStr:
		return Mix(maphash.String(seed, v.Str()), tags[t])
	case pcommon.ValueTypeInt:
		return Mix(uint64(v.Int()), tags[t])
	case pcommon.ValueTypeDouble:
		return Mix(math.Float64bits(v.Double()), tags[t])
	case pcommon.ValueTypeBool:
		if v.Bool() {
			return Mix(1, tags[t])
		}
		return Mix(0, tags[t])
	case pcommon.ValueTypeMap:
		return HashMap(v.Map())
	case pcommon.ValueTypeSlice:
		return hashSlice(v.Slice())
	case pcommon.ValueTypeBytes:
		return hashBytes(v.Bytes())
	default:
		return tags[pcommon.ValueTypeEmpty]
	}
}

func hashSlice(s pcommon.Slice) uint64 {
	h := uint64(s.Len())
	for i := range s.Len() {
		h = Mix(h, HashValue(s.At(i)))
	}
	return Mix(h, tags[pcommon.ValueTypeSlice])
}

func hashBytes(b pcommon.ByteSlice) uint64 {
	// The bytes are read one by one because AsRaw would copy them.
	h := uint64(b.Len())
	var word uint64
	for i := range b.Len() {
		word = word<<8 | uint64(b.At(i))
		if i%8 == 7 {
			h, word = Mix(h, word), 0
		}
	}
	return Mix(Mix(h, word), tags[pcommon.ValueTypeBytes])
}
