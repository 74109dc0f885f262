// SPDX-License-Identifier: Apache-2.0

package signal

import "github.com/partbuffer/partbufferprocessor/internal/identity"

// keptNodes is the size up to which an index keeps its memory for the next
// batch. Larger ones start anew, so that one batch of very many resources does
// not make every later one pay for clearing its table.
const keptNodes = 1024

// none stands for no node.
const none = -1

// maxChain is how many nodes of one hash are told apart. Equal hashes that are
// not of equal things take a collision or a resource that has one attribute
// twice in varying order; comparing with all of them could be made to take
// forever, so beyond this many they stay unmerged.
const maxChain = 16

// node is a resource, scope or metric of the batch being merged.
type node[H any] struct {
	// handle is its place in the batch.
	handle H
	// parent is the node it is part of, in the index of the level above.
	parent int32
	// next is another node whose hash is the same, and chained how many such
	// there are from here on.
	next, chained int32
	// recent is the part of it that was used last, in the index of the level
	// below.
	recent int32
	// after is the node of the same level that was used next, the last time.
	after int32
	// capacity is the one last asked for by grow.
	capacity int
}

// grow returns the capacity that a slice of n elements is to have when more
// come. Append alone would grow a large slice in many small steps.
func (n *node[H]) grow(have, more int) int {
	if have+more > n.capacity {
		n.capacity = max(have+more, 2*have)
	}
	return n.capacity
}

// index finds the resources, scopes or metrics of a batch by their hash. Nodes
// of equal hash are chained; telling them apart is up to the caller.
type index[H any] struct {
	nodes []node[H]
	heads map[uint64]int32

	// last is the node that was used last, if there are any. Sources tend to
	// take turns, so the one used after it the last time is likely to be next;
	// trust tells how often that has been right.
	last  int32
	trust int8
}

// maxTrust bounds how long a guess that was right must be wrong before it is
// given up, and the other way round.
const maxTrust = 4

// guess returns the node that is likely to be used next, or none if a guess is
// not worth a comparison.
func (x *index[H]) guess() int32 {
	if len(x.nodes) == 0 || x.trust < 0 {
		return none
	}
	return x.nodes[x.last].after
}

// use notes that a node is used now.
func (x *index[H]) use(at int32) {
	last := &x.nodes[x.last]
	if last.after == at {
		x.trust = min(x.trust+1, maxTrust)
	} else {
		x.trust = max(x.trust-1, -maxTrust)
		last.after = at
	}
	x.last = at
}

// first returns the first node of the chain for a hash, or none.
func (x *index[H]) first(hash uint64) int32 {
	if i, ok := x.heads[hash]; ok {
		return i
	}
	return none
}

// add appends a node and, as long as that is not too long, puts it at the head
// of the chain for its hash.
func (x *index[H]) add(handle H, parent int32, hash uint64) int32 {
	at := x.append(handle, parent)
	chained := int32(1)
	if next := x.first(hash); next != none {
		chained += x.nodes[next].chained
		x.nodes[at].next = next
	}
	if chained > maxChain {
		return at
	}
	x.nodes[at].chained = chained
	if x.heads == nil {
		x.heads = make(map[uint64]int32)
	}
	x.heads[hash] = at
	return at
}

// append appends a node that no hash leads to.
func (x *index[H]) append(handle H, parent int32) int32 {
	at := int32(len(x.nodes))
	x.nodes = append(x.nodes, node[H]{handle: handle, parent: parent, next: none, recent: none, after: at})
	return at
}

// reset forgets all nodes and what they refer to.
func (x *index[H]) reset() {
	if len(x.nodes) > keptNodes {
		*x = index[H]{}
		return
	}
	clear(x.nodes)
	x.nodes = x.nodes[:0]
	clear(x.heads)
	x.last = 0
}

// hashOf adds a schema URL to the hash of a resource or scope.
func hashOf(hash uint64, schemaURL string) uint64 {
	if schemaURL == "" {
		return hash
	}
	return identity.Mix(hash, identity.HashString(schemaURL))
}
