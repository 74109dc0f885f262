// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"fmt"

	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/pprofile/pprofileotlp"
)

// buildProfiles makes one profile of samples that share one stack. A sample's
// first value is its id.
func buildProfiles(spec Spec) Request {
	pd := pprofile.NewProfiles()
	stack := fillDictionary(pd.Dictionary(), spec.Resource)

	rp := pd.ResourceProfiles().AppendEmpty()
	rp.SetSchemaUrl(fillResource(rp.Resource(), spec.Resource))
	sp := rp.ScopeProfiles().AppendEmpty()
	sp.SetSchemaUrl(fillScope(sp.Scope(), spec.Resource))
	profile := sp.Profiles().AppendEmpty()
	profile.SetTime(epoch)
	profile.SetDurationNano(1000)
	profile.SetPeriod(7)
	profile.SetProfileID(pprofile.ProfileID(traceID(int64(spec.Resource))))
	for i := range spec.Count {
		sample := profile.Samples().AppendEmpty()
		sample.SetStackIndex(stack)
		sample.Values().Append(spec.First + int64(i))
		sample.TimestampsUnixNano().Append(uint64(timestamp(spec.First + int64(i))))
	}
	return pprofileotlp.NewExportRequestFromProfiles(pd)
}

// fillDictionary enters a stack of one function that is named after the
// resource. Entry 0 of every table is its zero value, as the protocol wants.
func fillDictionary(d pprofile.ProfilesDictionary, n int) (stack int32) {
	d.StringTable().Append("", fmt.Sprintf("function-%d", n))
	d.MappingTable().AppendEmpty()
	d.LinkTable().AppendEmpty()
	d.AttributeTable().AppendEmpty()
	d.FunctionTable().AppendEmpty()
	d.FunctionTable().AppendEmpty().SetNameStrindex(1)
	d.LocationTable().AppendEmpty()
	d.LocationTable().AppendEmpty().Lines().AppendEmpty().SetFunctionIndex(1)
	d.StackTable().AppendEmpty()
	d.StackTable().AppendEmpty().LocationIndices().Append(1)
	return 1
}
