// SPDX-License-Identifier: Apache-2.0

package key

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDigest(t *testing.T) {
	seen := map[Digest]string{}
	for _, text := range []string{"", "a", "b", "ab", "\x00", "\x00\x00"} {
		d := Sum([]byte(text))
		assert.Equal(t, d, Sum([]byte(text)))
		assert.NotContains(t, seen, d, text)
		assert.NotEqual(t, d[0], d[1], "the halves have seeds of their own")
		assert.NotEqual(t, Hash([]byte(text)), d[0], "what chooses a partition says nothing of the digest")
		seen[d] = text
	}
}

func TestDigestAppend(t *testing.T) {
	d := Digest{0x0706050403020100, 0x0f0e0d0c0b0a0908}
	want := []byte{'x', 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	assert.Equal(t, want, d.Append([]byte("x")))
}

func TestSumDoesNotAllocate(t *testing.T) {
	canonical, buf := make([]byte, 300), make([]byte, 0, 16)
	assert.Zero(t, testing.AllocsPerRun(100, func() { buf = Sum(canonical).Append(buf[:0]) }))
}
