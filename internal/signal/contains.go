// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"hash/maphash"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// level says which fields of a message hold messages of the next level. The
// other fields are what these belong to.
type level []protowire.Number

var (
	resourceScopeItem = []level{{1}, {2}, {2}}
	// of metrics, down to the data points of a gauge, sum, histogram,
	// exponential histogram or summary.
	metricPoint = append(append([]level{}, resourceScopeItem...), level{5, 7, 9, 10, 11}, level{1})
)

var itemSeed = maphash.MakeSeed()

// containsItems reports whether every item of part is in all, with equal
// attributes, resource and scope. Both are in the OTLP protobuf encoding, in
// which equal items made by pdata have equal bytes. It costs a hash and a map
// entry for each item.
func containsItems(all, part []byte, levels []level) bool {
	have := map[uint64]int{}
	if !eachItem(all, levels, 0, func(item uint64) bool { have[item]++; return true }) {
		return false
	}
	return eachItem(part, levels, 0, func(item uint64) bool {
		have[item]--
		return have[item] >= 0
	})
}

// eachItem calls yield with a hash of each message of the last level and of what
// it belongs to. It returns false where yield does, or message can not be read.
func eachItem(message []byte, levels []level, context uint64, yield func(uint64) bool) bool {
	if len(levels) == 0 {
		return yield(hashed(context, message))
	}
	type child struct {
		field   protowire.Number // which of the fields it is in tells a sum from a gauge
		message []byte
	}
	var children []child
	for rest := message; len(rest) > 0; {
		number, kind, length := protowire.ConsumeField(rest)
		if length < 0 {
			return false
		}
		field := rest[:length]
		rest = rest[length:]
		if kind != protowire.BytesType || !slices.Contains(levels[0], number) {
			context = hashed(context, field)
			continue
		}
		_, _, tag := protowire.ConsumeTag(field)
		value, _ := protowire.ConsumeBytes(field[tag:])
		children = append(children, child{number, value})
	}
	for _, c := range children {
		if !eachItem(c.message, levels[1:], hashed(context, []byte{byte(c.field)}), yield) {
			return false
		}
	}
	return true
}

func hashed(context uint64, data []byte) uint64 {
	var h maphash.Hash
	h.SetSeed(itemSeed)
	maphash.WriteComparable(&h, context)
	_, _ = h.Write(data)
	return h.Sum64()
}
