// SPDX-License-Identifier: Apache-2.0

package key

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDigestsDoNotMeet looks at each half alone, where a collision would have to be by chance (one in ten million runs)
// or by a weakness. The texts differ as little as telemetry does.
func TestDigestsDoNotMeet(t *testing.T) {
	var halves [2]map[uint64]struct{}
	for i := range halves {
		halves[i] = make(map[uint64]struct{})
	}
	n := 0
	see := func(d Digest) {
		n++
		halves[0][d[0]] = struct{}{}
		halves[1][d[1]] = struct{}{}
	}
	for i := range 200_000 {
		see(Sum(binary.AppendUvarint(nil, uint64(i))))
		see(Sum(binary.LittleEndian.AppendUint64(make([]byte, 16), uint64(i))))
		see(Sum(fmt.Appendf(nil, "order-%09d is a text of some length", i)))
		see(textEntry("order.id", fmt.Sprint("o", i)))
		see(textEntry(fmt.Sprint("o", i), "order.id"))
	}
	for length := range 300 { // runs of one byte, which differ in nothing but their length
		see(textEntry("a", strings.Repeat("x", length)))
		see(textEntry(strings.Repeat("x", length), "a"))
		see(Sum(make([]byte, length+40)))
	}
	assert.Equal(t, n, len(halves[0])) //nolint:testifylint // Len would print a million of them
	assert.Equal(t, n, len(halves[1])) //nolint:testifylint // the same
}

func TestEveryBitOfATextCounts(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for length := 1; length < 80; length++ {
		text := make([]byte, length)
		for i := range text {
			text[i] = byte(random.Uint32())
		}
		want := Sum(text)
		for bit := range 8 * length {
			text[bit/8] ^= 1 << (bit % 8)
			got := Sum(text)
			text[bit/8] ^= 1 << (bit % 8)
			for half := range got {
				changed := bits.OnesCount64(got[half] ^ want[half])
				require.Greater(t, changed, 6, "bit %d of %d bytes changes too little of half %d", bit, length, half)
			}
		}
	}
}

// TestSumsOfEntriesTellMapsApart relies on sums that do not cancel.
func TestSumsOfEntriesTellMapsApart(t *testing.T) {
	sum := func(pairs ...string) (d Digest) {
		for pair := range slices.Chunk(pairs, 2) {
			d.add(textEntry(pair[0], pair[1]))
		}
		return d
	}
	assert.Equal(t, sum("a", "1", "b", "2"), sum("b", "2", "a", "1"))
	for _, other := range []Digest{
		sum("a", "2", "b", "1"), sum("a", "1", "b", "1"), sum("a", "1"), sum("a", "1", "a", "1"), sum("ab", "12"), sum("a", "1b2"),
		otherEntry("a", []byte("1")), sum(),
	} {
		assert.NotEqual(t, sum("a", "1", "b", "2"), other)
		assert.NotEqual(t, sum("b", "1"), other)
	}
	assert.NotEqual(t, sum("a", "1"), otherEntry("a", []byte("1")))
}

// TestDifferencesBetweenEntriesDoNotCancel looks at what two maps differ in that have a key twice, with values that
// differ in single bits. Where the halves of an entry do not depend on each other, one in 2^28 pairs of keys has the
// same difference, and dozens of the pairs here would meet in the first half.
func TestDifferencesBetweenEntriesDoNotCancel(t *testing.T) {
	const keys = 200_000
	values := [...]string{"`aaaaaaa`aaaaaaa", "aaaaaaaaaaaaaaaa", "aaaaaaaa`aaaaaaa", "`aaaaaaaaaaaaaaa"}
	var seen [2]map[uint64]struct{}
	for half := range seen {
		seen[half] = make(map[uint64]struct{}, keys)
	}
	for i := range keys {
		k := fmt.Sprint("k", i)
		a, b, c, d := textEntry(k, values[0]), textEntry(k, values[1]), textEntry(k, values[2]), textEntry(k, values[3])
		for half := range seen {
			seen[half][a[half]+b[half]-c[half]-d[half]] = struct{}{}
		}
	}
	for half := range seen {
		assert.Equal(t, keys, len(seen[half])) //nolint:testifylint // Len would print all of them
	}
}
