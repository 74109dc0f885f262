// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/xpdata/pref"
)

// Profiles is the Signal of pprofile.Profiles; its items are samples. It is
// safe for concurrent use on different data, and its zero value is ready.
type Profiles struct{}

var _ Signal[pprofile.Profiles] = Profiles{}

// Items counts the samples of pd. It visits every profile.
func (Profiles) Items(pd pprofile.Profiles) int { return pd.SampleCount() }

// Bytes is the OTLP protobuf size of pd, dictionary included.
func (Profiles) Bytes(pd pprofile.Profiles) int {
	var sizer pprofile.ProtoMarshaler
	return sizer.ProfilesSize(pd)
}

// Clone returns a copy of pd.
func (Profiles) Clone(pd pprofile.Profiles) pprofile.Profiles {
	c := pprofile.NewProfiles()
	pd.CopyTo(c)
	return c
}

// Contains is false: nobody can tell.
func (Profiles) Contains(_, _ pprofile.Profiles) bool { return false }

// Claim takes pd over, unless it has another owner.
func (Profiles) Claim(pd pprofile.Profiles) bool { return pref.MarkPipelineOwnedProfiles(pd) }

// Ref adds a reference to pd.
func (Profiles) Ref(pd pprofile.Profiles) { pref.RefProfiles(pd) }

// Unref releases one reference to pd.
func (Profiles) Unref(pd pprofile.Profiles) { pref.UnrefProfiles(pd) }

// NewMerger returns a Merger of profiles; see Signal. Dictionaries become one,
// so that entries that occur in several are kept once, but since every index
// may grow by that, the batch can be larger than the sum of its parts.
func (Profiles) NewMerger(equal bool) Merger[pprofile.Profiles] {
	return &profilesMerger{equal: equal}
}
