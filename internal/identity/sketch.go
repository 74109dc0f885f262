// SPDX-License-Identifier: Apache-2.0

package identity

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// SketchMap is a weaker HashMap at a third of its cost: of keys it reads the
// length and of strings both ends. Equal maps have equal sketches, whatever
// their order. That the sketches of different maps differ is likely among
// telemetry, but not where somebody writes it to prevent that. It is safe for
// concurrent use.
func SketchMap(m pcommon.Map) uint64 {
	sum := uint64(m.Len())
	for k, v := range m.All() {
		sum += Mix(sketchValue(v), uint64(len(k)))
	}
	return sum
}

func sketchValue(v pcommon.Value) uint64 {
	switch t := v.Type(); t {
	case pcommon.ValueTypeStr:
		return sketchString(v.Str())
	case pcommon.ValueTypeInt:
		return uint64(v.Int()) ^ tags[t]
	case pcommon.ValueTypeDouble:
		return math.Float64bits(v.Double()) ^ tags[t]
	case pcommon.ValueTypeBool:
		if v.Bool() {
			return tags[t] + 1
		}
		return tags[t]
	default:
		return tags[t]
	}
}

// sketchString reads the first and the last eight bytes. Names that differ tend
// to differ at the end (instances, pods), versions and regions at the start.
func sketchString(s string) uint64 {
	n := len(s)
	if n < 8 {
		w := uint64(n) << 56
		for i := range n {
			w |= uint64(s[i]) << (8 * i)
		}
		return w
	}
	return (word(s) ^ uint64(n)*left) + word(s[n-8:])*right
}

// word is the first eight bytes of s, which the compiler loads at once.
func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
