// SPDX-License-Identifier: Apache-2.0

package identity

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// window is how many attributes are compared side by side at a time. It keeps
// the comparison's memory on the stack.
const window = 16

// EqualMap reports whether two maps hold the same pairs, whatever their order.
// It is safe for concurrent use.
//
// Maps in the same order are compared in one pass; from the first pair on that
// is out of order the cost grows with the square of the length. A map that
// holds one key twice is equal only to a map in the same order.
func EqualMap(a, b pcommon.Map) bool {
	n := a.Len()
	if n != b.Len() {
		return false
	}
	if n == 0 {
		return true
	}
	agreed, differ := commonStart(a, b, n)
	return !differ && (agreed == n || equalRest(a, b, agreed))
}

// EqualValue reports whether two values have the same type and content. It is
// safe for concurrent use.
func EqualValue(a, b pcommon.Value) bool {
	t := a.Type()
	if t != b.Type() {
		return false
	}
	switch t {
	case pcommon.ValueTypeStr:
		return a.Str() == b.Str()
	case pcommon.ValueTypeInt:
		return a.Int() == b.Int()
	case pcommon.ValueTypeDouble:
		return math.Float64bits(a.Double()) == math.Float64bits(b.Double())
	case pcommon.ValueTypeBool:
		return a.Bool() == b.Bool()
	case pcommon.ValueTypeMap:
		return EqualMap(a.Map(), b.Map())
	case pcommon.ValueTypeSlice:
		return equalSlice(a.Slice(), b.Slice())
	case pcommon.ValueTypeBytes:
		return a.Bytes().Equal(b.Bytes())
	default:
		return true
	}
}

func equalSlice(a, b pcommon.Slice) bool {
	if a.Len() != b.Len() {
		return false
	}
	for i := range a.Len() {
		if !EqualValue(a.At(i), b.At(i)) {
			return false
		}
	}
	return true
}

type pair struct {
	key   string
	value pcommon.Value
}

// commonStart counts the leading pairs that two maps of n pairs share, and
// reports whether it met one key with two values. A Map can only be read from
// its start, so b is read one window at a time into memory that can be indexed.
func commonStart(a, b pcommon.Map, n int) (agreed int, differ bool) {
	var seen [window]pair
	for from := 0; from < n; from += window {
		i := 0
		for k, v := range b.All() {
			if i >= from+window {
				break
			}
			if i >= from {
				seen[i-from] = pair{key: k, value: v}
			}
			i++
		}
		i = 0
		for k, v := range a.All() {
			if i >= from+window {
				break
			}
			if i >= from {
				other := &seen[i-from]
				if k != other.key {
					return i, false
				}
				if !EqualValue(v, other.value) {
					return i, true
				}
			}
			i++
		}
	}
	return n, false
}

// equalRest finds every pair of a from position start on in b. Since none of
// them shares its key with another pair of a, and both maps have the same
// number of pairs left, that makes the maps equal. No value is compared that
// commonStart compared, or nested maps would cost twice as much at every level.
func equalRest(a, b pcommon.Map, start int) bool {
	if a.Len()-start > window && HashMap(a) != HashMap(b) {
		return false
	}
	i := 0
	for k, v := range a.All() {
		if i++; i <= start {
			continue
		}
		other, found := b.Get(k)
		if !found {
			return false
		}
		if first, _ := a.Get(k); first != v {
			return false
		}
		if !EqualValue(v, other) {
			return false
		}
	}
	return true
}
