// SPDX-License-Identifier: Apache-2.0

package key

import (
	"encoding/binary"
	"hash/maphash"
)

// The seeds differ in every process: whoever chooses attribute values cannot
// choose the partition they fall into, nor make two digests meet.
var (
	seed        = maphash.MakeSeed()
	digestSeeds = [...]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}
)

// Hash returns the hash of a key's canonical bytes. Equal bytes have equal
// hashes within one process only. Safe for concurrent use.
func Hash(canonical []byte) uint64 {
	return maphash.Bytes(seed, canonical)
}

// Digest is a 128-bit hash seeded anew in every process, wide enough to stand
// for the canonical bytes it was made of. The zero value is the digest of
// nothing in particular. Safe for concurrent use.
type Digest [2]uint64

// Sum returns the digest of a key's canonical bytes. Equal bytes have equal
// digests within one process only. Safe for concurrent use; it does not
// allocate.
func Sum(canonical []byte) Digest {
	return Digest{
		maphash.Bytes(digestSeeds[0], canonical),
		maphash.Bytes(digestSeeds[1], canonical),
	}
}

// add adds the digest of one more element of a set.
func (d *Digest) add(element Digest) {
	d[0] += element[0]
	d[1] += element[1]
}

// Append appends the digest's 16 bytes to dst, to stand for the bytes of an
// outer level in the key of what that level holds. It allocates only to grow
// dst.
func (d Digest) Append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, d[0])
	return binary.LittleEndian.AppendUint64(dst, d[1])
}
