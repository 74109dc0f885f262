// SPDX-License-Identifier: Apache-2.0

package key

import "hash/maphash"

// The seed differs in every process: whoever chooses attribute values cannot
// choose the partition they fall into.
var seed = maphash.MakeSeed()

// Hash returns the hash of a key's canonical bytes. Equal bytes have equal
// hashes within one process only. Safe for concurrent use.
func Hash(canonical []byte) uint64 {
	return maphash.Bytes(seed, canonical)
}
