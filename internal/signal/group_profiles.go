// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"go.opentelemetry.io/collector/pdata/pprofile"

	"github.com/partbuffer/partbufferprocessor/internal/key"
)

var _ Grouper[pprofile.Profiles] = Profiles{}

// Group splits pd by key; see Grouper. Keys of profiles reach down to scopes,
// and each Part has a copy of the whole dictionary.
func (Profiles) Group(dst []Part[pprofile.Profiles], pd pprofile.Profiles, k *key.Key, n int) []Part[pprofile.Profiles] {
	if n <= 1 {
		return append(dst, Part[pprofile.Profiles]{Data: pd})
	}
	p := newGroupPlan(k, n)
	defer p.release()
	p.planProfiles(pd)
	if partition, ok := p.whole(); ok {
		return append(dst, Part[pprofile.Profiles]{Data: pd, Partition: partition})
	}
	g := profilesGroup{
		plan:       p,
		parts:      dst,
		targets:    newGroupTargets[pprofile.ResourceProfiles, struct{}, struct{}](n),
		dictionary: pd.Dictionary(),
	}
	g.move(pd)
	groupDone(pd.ResourceProfiles())
	return g.parts
}

// planProfiles lists where the content of pd goes.
func (p *groupPlan) planProfiles(pd pprofile.Profiles) {
	request := p.open()
	for _, resource := range pd.ResourceProfiles().All() {
		r := p.open()
		if !hasSamples(resource) || p.resource(r, resource.Resource()) {
			continue
		}
		for _, scope := range resource.ScopeProfiles().All() {
			if s := p.open(); scopeHasSamples(scope) {
				p.scope(s, scope.Scope())
			}
		}
		p.close(r)
	}
	p.close(request)
}

func hasSamples(resource pprofile.ResourceProfiles) bool {
	for _, scope := range resource.ScopeProfiles().All() {
		if scopeHasSamples(scope) {
			return true
		}
	}
	return false
}

func scopeHasSamples(scope pprofile.ScopeProfiles) bool {
	for _, profile := range scope.Profiles().All() {
		if profile.Samples().Len() > 0 {
			return true
		}
	}
	return false
}

// profilesGroup moves a request into parts, as planned.
type profilesGroup struct {
	plan       *groupPlan
	parts      []Part[pprofile.Profiles]
	targets    []groupTarget[pprofile.ResourceProfiles, struct{}, struct{}]
	dictionary pprofile.ProfilesDictionary
}

func (g *profilesGroup) move(pd pprofile.Profiles) {
	for r, resource := range pd.ResourceProfiles().All() {
		if partition, ok := g.plan.take(); ok {
			resource.MoveTo(g.data(partition).ResourceProfiles().AppendEmpty())
			continue
		}
		for _, scope := range resource.ScopeProfiles().All() {
			partition, _ := g.plan.take()
			scope.MoveTo(g.resource(partition, r, resource).ScopeProfiles().AppendEmpty())
		}
	}
}

func (g *profilesGroup) data(partition int) pprofile.Profiles {
	t := &g.targets[partition]
	if t.part == none {
		t.part = len(g.parts)
		data := pprofile.NewProfiles()
		g.dictionary.CopyTo(data.Dictionary())
		g.parts = append(g.parts, Part[pprofile.Profiles]{Data: data, Partition: partition})
	}
	return g.parts[t.part].Data
}

// resource is the copy of a resource in a partition; r is its number.
func (g *profilesGroup) resource(partition, r int, src pprofile.ResourceProfiles) pprofile.ResourceProfiles {
	t := &g.targets[partition]
	if t.resourceOf != r {
		t.resource = g.data(partition).ResourceProfiles().AppendEmpty()
		src.Resource().CopyTo(t.resource.Resource())
		t.resource.SetSchemaUrl(src.SchemaUrl())
		t.resourceOf = r
	}
	return t.resource
}
