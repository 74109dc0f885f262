// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/xpdata/pref"

	"github.com/partbuffer/partbufferprocessor/internal/identity"
)

// profilesGrouper brings profiles of equal resources and scopes together. It
// does not look into profiles, so their dictionary does not matter.
type profilesGrouper struct {
	out pprofile.Profiles

	resources index[pprofile.ResourceProfiles]
	scopes    index[pprofile.ScopeProfiles]
}

// groupProfiles moves the content of pd, which it releases, to profiles with
// one resource and scope of each kind.
func groupProfiles(pd pprofile.Profiles) pprofile.Profiles {
	g := profilesGrouper{out: pprofile.NewProfiles()}
	pd.Dictionary().MoveTo(g.out.Dictionary())
	for _, rp := range pd.ResourceProfiles().All() {
		at, hash := g.findResource(rp)
		if at == none {
			at = g.addResource(rp, hash)
		}
		g.resources.use(at)
		g.addScopes(at, rp.ScopeProfiles())
	}
	pref.UnrefProfiles(pd)
	return g.out
}

// findResource looks for the resource of rp in the batch. It returns the hash
// if there is none.
func (g *profilesGrouper) findResource(rp pprofile.ResourceProfiles) (at int32, hash uint64) {
	guess := g.resources.guess()
	if guess != none && equalResourceProfiles(g.resources.nodes[guess].handle, rp) {
		return guess, 0
	}
	hash = hashOf(identity.HashResource(rp.Resource()), rp.SchemaUrl())
	for at = g.resources.first(hash); at != none; at = g.resources.nodes[at].next {
		if at != guess && equalResourceProfiles(g.resources.nodes[at].handle, rp) {
			return at, 0
		}
	}
	return none, hash
}

// addResource appends the resource of rp, without its scopes, to the batch.
func (g *profilesGrouper) addResource(rp pprofile.ResourceProfiles, hash uint64) int32 {
	to := g.out.ResourceProfiles().AppendEmpty()
	rp.Resource().MoveTo(to.Resource())
	to.SetSchemaUrl(rp.SchemaUrl())
	return g.resources.add(to, none, hash)
}

// addScopes moves scopes to a resource of the batch.
func (g *profilesGrouper) addScopes(resource int32, added pprofile.ScopeProfilesSlice) {
	for i := range added.Len() {
		sp := added.At(i)
		at, hash := g.findScope(resource, sp)
		if at == none {
			to := g.resources.nodes[resource].handle.ScopeProfiles().AppendEmpty()
			sp.MoveTo(to)
			at = g.scopes.add(to, resource, hash)
		} else {
			sp.Profiles().MoveAndAppendTo(g.scopes.nodes[at].handle.Profiles())
		}
		g.resources.nodes[resource].recent = at
	}
}

// findScope looks for the scope of sp in a resource of the batch. It returns
// the hash if there is none.
func (g *profilesGrouper) findScope(resource int32, sp pprofile.ScopeProfiles) (at int32, hash uint64) {
	recent := g.resources.nodes[resource].recent
	if recent != none && equalScopeProfiles(g.scopes.nodes[recent].handle, sp) {
		return recent, 0
	}
	hash = hashOf(identity.HashScope(sp.Scope()), sp.SchemaUrl())
	hash = identity.Mix(hash, uint64(resource))
	for at = g.scopes.first(hash); at != none; at = g.scopes.nodes[at].next {
		n := &g.scopes.nodes[at]
		if n.parent == resource && at != recent && equalScopeProfiles(n.handle, sp) {
			return at, 0
		}
	}
	return none, hash
}

func equalResourceProfiles(a, b pprofile.ResourceProfiles) bool {
	return a.SchemaUrl() == b.SchemaUrl() && identity.EqualResource(a.Resource(), b.Resource())
}

func equalScopeProfiles(a, b pprofile.ScopeProfiles) bool {
	return a.SchemaUrl() == b.SchemaUrl() && identity.EqualScope(a.Scope(), b.Scope())
}
