// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"pgregory.net/rapid"
)

func drawProfiles(t *rapid.T) pprofile.Profiles {
	d, pd := &draw{T: t}, pprofile.NewProfiles()
	dictionary := pd.Dictionary()
	if filled := d.chance(); filled {
		d.dictionary(dictionary)
	}
	for range d.count(2) {
		rp := pd.ResourceProfiles().AppendEmpty()
		rp.SetSchemaUrl(d.resource(rp.Resource()))
		for range d.count(2) {
			sp := rp.ScopeProfiles().AppendEmpty()
			sp.SetSchemaUrl(d.scope(sp.Scope()))
			for range d.count(3) {
				d.profile(dictionary, sp.Profiles().AppendEmpty())
			}
		}
	}
	return pd
}

// index draws an index into a table of some size, or zero for "not set".
func (d *draw) index(size int) int32 {
	return int32(rapid.IntRange(0, max(0, size-1)).Draw(d.T, "index"))
}

func (d *draw) indexes(to pcommon.Int32Slice, size int) {
	for range d.count(2) {
		if size > 0 {
			to.Append(d.index(size))
		}
	}
}

// dictionary fills all tables. No entry but the first is like the first, because
// merging rightly makes those one.
func (d *draw) dictionary(to pprofile.ProfilesDictionary) {
	fillFirstEntries(to)
	for _, s := range rapid.Permutation([]string{"s", "t", "u"}).Draw(d.T, "strings") {
		to.StringTable().Append(s)
	}
	texts := to.StringTable().Len()
	for range d.count(3) {
		a := to.AttributeTable().AppendEmpty()
		a.SetKeyStrindex(d.index(texts))
		a.SetUnitStrindex(d.index(texts))
		a.Value().SetInt(int64(d.count(1)))
	}
	for range d.count(2) {
		f := to.FunctionTable().AppendEmpty()
		f.SetStartLine(1)
		f.SetNameStrindex(d.index(texts))
		f.SetSystemNameStrindex(d.index(texts))
		f.SetFilenameStrindex(d.index(texts))
	}
	for range d.count(2) {
		m := to.MappingTable().AppendEmpty()
		m.SetMemoryStart(1)
		m.SetFilenameStrindex(d.index(texts))
		d.indexes(m.AttributeIndices(), to.AttributeTable().Len())
	}
	for range d.count(2) {
		l := to.LocationTable().AppendEmpty()
		l.SetAddress(uint64(d.count(1)))
		l.SetMappingIndex(d.index(to.MappingTable().Len()))
		d.indexes(l.AttributeIndices(), to.AttributeTable().Len())
		l.Lines().AppendEmpty().SetFunctionIndex(d.index(to.FunctionTable().Len()))
	}
	for range d.count(2) {
		d.indexes(to.StackTable().AppendEmpty().LocationIndices(), to.LocationTable().Len())
	}
	for range d.count(2) {
		to.LinkTable().AppendEmpty().SetSpanID(pcommon.SpanID{byte(1 + d.count(1))})
	}
}

func (d *draw) profile(from pprofile.ProfilesDictionary, p pprofile.Profile) {
	texts := from.StringTable().Len()
	d.serial++
	p.SetTime(pcommon.Timestamp(d.serial))
	p.SetProfileID(pprofile.ProfileID{byte(d.serial)})
	p.OriginalPayload().Append(byte(d.serial))
	p.SetOriginalPayloadFormat(d.text())
	p.SampleType().SetTypeStrindex(d.index(texts))
	p.PeriodType().SetUnitStrindex(d.index(texts))
	d.indexes(p.AttributeIndices(), from.AttributeTable().Len())
	for range d.count(4) {
		s := p.Samples().AppendEmpty()
		s.SetStackIndex(d.index(from.StackTable().Len()))
		s.SetLinkIndex(d.index(from.LinkTable().Len()))
		d.indexes(s.AttributeIndices(), from.AttributeTable().Len())
		d.serial++
		for range rapid.SampledFrom([]int{1, 20, 130}).Draw(d.T, "values") {
			s.Values().Append(int64(d.serial))
		}
	}
}
