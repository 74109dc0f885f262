// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"math"
	"math/bits"
)

// depths is how many protobuf messages are nested at most, from the request
// down to the one that holds the items: request, resource, scope, metric, data.
const depths = 5

// position is where an item is: the indexes that lead to it, of which group (a
// metric or a profile) is zero where items are directly in a scope.
type position struct {
	resource, scope, group, item int
}

// budget tells how many items fit in a request while a walk over its content
// opens and closes the messages that contain them. The protobuf size of the
// request is kept exact: a message's length prefix grows with its content, so
// every check adds up the prefixes of all open messages.
type budget struct {
	maxItems int
	maxBytes int

	// items have been taken, of which last is the last one and before the one
	// before it.
	items        int
	last, before position

	depth int
	// open holds the length of each open message, without the one open inside.
	open [depths]int
}

// newBudget treats limits that are not positive as none. The request itself is
// open and holds size bytes.
func newBudget(maxItems, maxBytes, size int) budget {
	b := budget{maxItems: maxItems, maxBytes: maxBytes}
	b.open[0] = size
	return b
}

// sized reports whether bytes matter. If not, all sizes may be given as zero.
func (b *budget) sized() bool {
	return b.maxBytes > 0
}

// enter opens a message of the given size inside the innermost one.
func (b *budget) enter(size int) {
	b.depth++
	b.open[b.depth] = size
}

// leave closes the innermost message.
func (b *budget) leave() {
	size := b.open[b.depth]
	b.depth--
	b.open[b.depth] += field(size)
}

// take counts the item at a position, whose field is size bytes long, or
// reports false if it does not fit.
func (b *budget) take(at position, size int) bool {
	if b.room() < 1 || b.sized() && b.total(size) > b.maxBytes {
		return false
	}
	b.items++
	b.before, b.last = b.last, at
	b.open[b.depth] += size
	return true
}

// takeFirst counts as many as fit of the n items from a position on, and
// reports whether all of them do. It is for when bytes do not matter.
func (b *budget) takeFirst(at position, n int) bool {
	taken := min(n, b.room())
	if taken > 0 {
		b.items += taken
		at.item += taken - 1
		b.last = at
	}
	return taken == n
}

// finish ends a walk that met nothing it had to leave, and reports whether
// really everything fits. If what follows the last item makes the request too
// large, that item is left for the remainder, so that no remainder is without
// items.
func (b *budget) finish() bool {
	if !b.sized() || b.total(0) <= b.maxBytes {
		return true
	}
	b.items--
	b.last = b.before
	return false
}

// room is how many more items fit by their number.
func (b *budget) room() int {
	if b.maxItems <= 0 {
		return math.MaxInt
	}
	return b.maxItems - b.items
}

// total is the size of the request with size more bytes in its innermost
// message.
func (b *budget) total(size int) int {
	size += b.open[b.depth]
	for d := b.depth - 1; d >= 0; d-- {
		size = b.open[d] + field(size)
	}
	return size
}

// field is the length of a protobuf field that holds size bytes: its tag, which
// is a single byte everywhere on the path to an item, its length, its content.
func field(size int) int {
	return 1 + varint(uint64(size)) + size
}

// varint is the length of a protobuf integer.
func varint(v uint64) int {
	return (bits.Len64(v|1) + 6) / 7
}
