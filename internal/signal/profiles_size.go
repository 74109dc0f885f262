// SPDX-License-Identifier: Apache-2.0

package signal

import "go.opentelemetry.io/collector/pdata/pprofile"

// profilesSizer sizes containers without what they contain, which it sets aside
// meanwhile. When off, it finds every size to be zero.
type profilesSizer struct {
	on        bool
	proto     pprofile.ProtoMarshaler
	resources pprofile.ResourceProfilesSlice
	scopes    pprofile.ScopeProfilesSlice
	profiles  pprofile.ProfilesSlice
	samples   pprofile.SampleSlice

	// stand holds one sample at a time, because samples cannot be sized but as
	// part of a profile; bare is its size without.
	stand pprofile.Profile
	bare  int
}

func newProfilesSizer(on bool) profilesSizer {
	if !on {
		return profilesSizer{}
	}
	z := profilesSizer{
		on:        true,
		resources: pprofile.NewResourceProfilesSlice(),
		scopes:    pprofile.NewScopeProfilesSlice(),
		profiles:  pprofile.NewProfilesSlice(),
		samples:   pprofile.NewSampleSlice(),
		stand:     pprofile.NewProfile(),
	}
	z.bare = z.proto.ProfileSize(z.stand)
	z.stand.Samples().AppendEmpty()
	return z
}

// dictionary is the size of a request with nothing but its dictionary.
func (z *profilesSizer) dictionary(pd pprofile.Profiles) int {
	if !z.on {
		return 0
	}
	pd.ResourceProfiles().MoveAndAppendTo(z.resources)
	n := z.proto.ProfilesSize(pd)
	z.resources.MoveAndAppendTo(pd.ResourceProfiles())
	return n
}

func (z *profilesSizer) resource(rp pprofile.ResourceProfiles) int {
	if !z.on {
		return 0
	}
	rp.ScopeProfiles().MoveAndAppendTo(z.scopes)
	n := z.proto.ResourceProfilesSize(rp)
	z.scopes.MoveAndAppendTo(rp.ScopeProfiles())
	return n
}

func (z *profilesSizer) scope(sp pprofile.ScopeProfiles) int {
	if !z.on {
		return 0
	}
	sp.Profiles().MoveAndAppendTo(z.profiles)
	n := z.proto.ScopeProfilesSize(sp)
	z.profiles.MoveAndAppendTo(sp.Profiles())
	return n
}

func (z *profilesSizer) profile(p pprofile.Profile) int {
	if !z.on {
		return 0
	}
	p.Samples().MoveAndAppendTo(z.samples)
	n := z.proto.ProfileSize(p)
	z.samples.MoveAndAppendTo(p.Samples())
	return n
}

// sample is the length of a sample's field.
func (z *profilesSizer) sample(s pprofile.Sample) int {
	place := z.stand.Samples().At(0)
	s.MoveTo(place)
	n := z.proto.ProfileSize(z.stand) - z.bare
	place.MoveTo(s)
	return n
}
