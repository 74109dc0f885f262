// SPDX-License-Identifier: Apache-2.0

package key

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
	"unsafe"
)

// Digest is a 128-bit hash seeded anew in every process, wide enough to stand
// for the canonical bytes it was made of. The zero value is the digest of
// nothing in particular. Safe for concurrent use.
//
// Its two halves are hashes of their own, each of which folds the product of
// two words, one of the text and one of what came before, as wyhash does. Who
// does not know the secrets can not choose texts whose halves meet, and both
// halves together cost less than one call of the runtime's hash, which has only
// 64 bits and would have to be asked twice.
type Digest [2]uint64

// Secrets of this process. They are odd, so that multiplying by them loses
// nothing, and each has one use: where two meet, a product could be zero.
var (
	wordSecrets  = [2]uint64{secret(), secret()}
	lengthSecret = secret()

	start      = halves{secret(), secret()} // of canonical bytes
	textStart  = halves{secret(), secret()} // of an entry whose value is a string
	otherStart = halves{secret(), secret()} // of another entry
	entryEnd   = halves{secret(), secret()} // of either
)

func secret() uint64 { return rand.Uint64() | 1 }

// Sum returns the digest of a key's canonical bytes. Equal bytes have equal
// digests within one process only. Safe for concurrent use; it does not
// allocate.
func Sum(canonical []byte) Digest {
	return start.text(asText(canonical)).digest()
}

// Append appends the digest's 16 bytes to dst, to stand for the bytes of an
// outer level in the key of what that level holds. It allocates only to grow
// dst.
func (d Digest) Append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, d[0])
	return binary.LittleEndian.AppendUint64(dst, d[1])
}

// add adds the digest of one more element of a set.
func (d *Digest) add(element Digest) {
	d[0] += element[0]
	d[1] += element[1]
}

// halves are a Digest while it is made: the compiler keeps a struct in
// registers, and an array in memory.
type halves struct{ a, b uint64 }

func (h halves) digest() Digest { return Digest{h.a, h.b} }

// entry is digest for what will be added to others: each half is made of both, or differences between entries could
// cancel in a sum.
func (h halves) entry() Digest {
	return Digest{fold(h.a^entryEnd.a, h.b^entryEnd.b), fold(h.b^entryEnd.a, h.a^entryEnd.b)}
}

// words folds two words in.
func (h halves) words(v, w uint64) halves {
	return halves{fold(v^wordSecrets[0], w^h.a), fold(w^wordSecrets[1], v^h.b)}
}

func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// text folds a text and its length in, so that the end of one text and the begin
// of the next can not be confused.
func (h halves) text(s string) halves {
	n := uint64(len(s)) * lengthSecret
	for len(s) > 16 {
		h = h.words(word(s), word(s[8:]))
		s = s[16:]
	}
	var v, w uint64
	switch rest := len(s); {
	case rest >= 8: // the words may overlap; the length says by how much
		v, w = word(s), word(s[rest-8:])
	case rest >= 4:
		v, w = half(s), half(s[rest-4:])
	case rest > 0:
		v = uint64(s[0])<<16 | uint64(s[rest/2])<<8 | uint64(s[rest-1])
	}
	return h.words(v, w+n)
}

// asText is bytes as a text, which lives no longer than they are left alone.
func asText(b []byte) string {
	return unsafe.String(unsafe.SliceData(b), len(b)) //nolint:gosec // a copy would cost more than the hash
}

// word is the first eight bytes of a text, which the compiler loads at once.
func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// half is the first four bytes of a text.
func half(s string) uint64 {
	_ = s[3]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
}
