// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/partbuffer/partbufferprocessor/internal/identity"
)

// maxTwins is how many resources of one sketch are told apart by comparing with
// each. From there on a full hash is made as well.
const maxTwins = 4

// resources finds the resources of the batch being merged. Its handles are what
// a signal calls a resource together with its scopes.
type resources[H any] struct {
	index[H]
	known []known // parallel to nodes
}

// known is a resource of the batch as others are compared with it.
type known struct {
	resource   pcommon.Resource
	schemaURL  string
	attributes identity.Template // set when something is compared for the first time
}

// find looks for a resource in the batch. It returns the hash under which to
// add it if it is not there.
func (x *resources[H]) find(r pcommon.Resource, schemaURL string) (at int32, hash uint64) {
	guess := x.guess()
	if guess != none && x.known[guess].equal(r, schemaURL) {
		return guess, 0
	}
	hash = hashOf(identity.SketchMap(r.Attributes()), schemaURL)
	head := x.first(hash)
	if at = x.among(head, guess, r, schemaURL); at != none {
		return at, 0
	}
	if head != none && x.nodes[head].chained >= maxTwins {
		hash = hashOf(identity.HashResource(r), schemaURL)
		at = x.among(x.first(hash), guess, r, schemaURL)
	}
	return at, hash
}

// among looks for a resource in the chain that begins at a node.
func (x *resources[H]) among(at, except int32, r pcommon.Resource, schemaURL string) int32 {
	for ; at != none; at = x.nodes[at].next {
		if at != except && x.known[at].equal(r, schemaURL) {
			return at
		}
	}
	return none
}

// add appends a resource of the batch.
func (x *resources[H]) add(handle H, r pcommon.Resource, schemaURL string, hash uint64) int32 {
	if n := len(x.known); n < cap(x.known) { // with the memory of an earlier template
		x.known = x.known[:n+1]
	} else {
		x.known = append(x.known, known{})
	}
	k := &x.known[len(x.known)-1]
	k.resource, k.schemaURL = r, schemaURL
	return x.index.add(handle, none, hash)
}

// reset forgets all resources and what they refer to.
func (x *resources[H]) reset() {
	x.index.reset()
	if len(x.known) > keptNodes {
		x.known = nil
		return
	}
	for i := range x.known {
		k := &x.known[i]
		k.attributes.Clear()
		k.resource, k.schemaURL = pcommon.Resource{}, ""
	}
	x.known = x.known[:0]
}

func (k *known) equal(r pcommon.Resource, schemaURL string) bool {
	if k.schemaURL != schemaURL {
		return false
	}
	if !k.attributes.IsSet() {
		k.attributes.Set(k.resource.Attributes())
	}
	return k.attributes.Equal(r.Attributes()) && identity.EqualDetails(k.resource, r)
}
