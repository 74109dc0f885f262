// SPDX-License-Identifier: Apache-2.0

package signal

import "go.opentelemetry.io/collector/pdata/pprofile"

// Split moves the leading samples of pd into head; see Signal. A profile is
// split between samples and everything else of it is then copied; so is the
// whole dictionary, whose size counts for both sides.
func (Profiles) Split(pd pprofile.Profiles, maxItems, maxBytes int) (head pprofile.Profiles, ok bool) {
	sizer := newProfilesSizer(maxBytes > 0)
	b := newBudget(maxItems, maxBytes, sizer.dictionary(pd))
	whole := sizer.walkSamples(pd.ResourceProfiles(), &b)
	if !whole && b.items < 1 {
		return head, false
	}
	head = pprofile.NewProfiles()
	if whole {
		pd.MoveTo(head)
		return head, true
	}
	pd.Dictionary().CopyTo(head.Dictionary())
	moveSamples(pd.ResourceProfiles(), head.ResourceProfiles(), b.last)
	return head, true
}

// walkSamples takes samples until one does not fit, and reports whether all do.
func (z *profilesSizer) walkSamples(resources pprofile.ResourceProfilesSlice, b *budget) (whole bool) {
	for r := range resources.Len() {
		resource := resources.At(r)
		b.enter(z.resource(resource))
		scopes := resource.ScopeProfiles()
		for s := range scopes.Len() {
			scope := scopes.At(s)
			b.enter(z.scope(scope))
			profiles := scope.Profiles()
			for g := range profiles.Len() {
				profile := profiles.At(g)
				b.enter(z.profile(profile))
				if !z.takeSamples(b, profile.Samples(), position{resource: r, scope: s, group: g}) {
					return false
				}
				b.leave()
			}
			b.leave()
		}
		b.leave()
	}
	return b.finish()
}

func (z *profilesSizer) takeSamples(b *budget, samples pprofile.SampleSlice, at position) bool {
	if !z.on {
		return b.takeFirst(at, samples.Len())
	}
	for i := range samples.Len() {
		at.item = i
		if !b.take(at, z.sample(samples.At(i))) {
			return false
		}
	}
	return true
}

// moveSamples moves everything up to and including the sample at a position.
func moveSamples(src, dst pprofile.ResourceProfilesSlice, last position) {
	scopes := src.At(last.resource).ScopeProfiles()
	profiles := scopes.At(last.scope).Profiles()

	wholeProfiles := last.group
	partProfile := last.item+1 < profiles.At(last.group).Samples().Len()
	if !partProfile {
		wholeProfiles++
	}
	wholeScopes := last.scope
	partScope := wholeProfiles < profiles.Len()
	if !partScope {
		wholeScopes++
	}
	wholeResources := last.resource
	partResource := wholeScopes < scopes.Len()
	if !partResource {
		wholeResources++
	}

	moveFirst(src, dst, wholeResources)
	if !partResource {
		return
	}
	from, to := src.At(0), dst.AppendEmpty()
	from.Resource().CopyTo(to.Resource())
	to.SetSchemaUrl(from.SchemaUrl())

	moveFirst(from.ScopeProfiles(), to.ScopeProfiles(), wholeScopes)
	if !partScope {
		return
	}
	fromScope, toScope := from.ScopeProfiles().At(0), to.ScopeProfiles().AppendEmpty()
	fromScope.Scope().CopyTo(toScope.Scope())
	toScope.SetSchemaUrl(fromScope.SchemaUrl())

	moveFirst(fromScope.Profiles(), toScope.Profiles(), wholeProfiles)
	if !partProfile {
		return
	}
	fromProfile, toProfile := fromScope.Profiles().At(0), toScope.Profiles().AppendEmpty()
	rest := pprofile.NewSampleSlice()
	fromProfile.Samples().MoveAndAppendTo(rest)
	fromProfile.CopyTo(toProfile)
	moveFirst(rest, toProfile.Samples(), last.item+1)
	rest.MoveAndAppendTo(fromProfile.Samples())
}
