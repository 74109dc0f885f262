// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"fmt"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pprofile"
)

// profileLines resolves all indices, so that lines do not depend on how the
// dictionary is laid out.
func profileLines(pd pprofile.Profiles) (lines []line) {
	d := dictionaryText{pd.Dictionary()}
	for r, rp := range pd.ResourceProfiles().All() {
		l := line{resource: resourceText(rp.Resource(), rp.SchemaUrl()), at: position{resource: r}}
		if rp.ScopeProfiles().Len() == 0 {
			lines = append(lines, l)
		}
		for s, sp := range rp.ScopeProfiles().All() {
			l.scope, l.group, l.item, l.alone = scopeText(sp.Scope(), sp.SchemaUrl()), "", "", false
			l.at = position{resource: r, scope: s}
			if sp.Profiles().Len() == 0 {
				lines = append(lines, l)
			}
			for g, p := range sp.Profiles().All() {
				l.group, l.item, l.at.group, l.alone = d.profile(p), "", g, true
				if p.Samples().Len() == 0 {
					lines = append(lines, l)
				}
				for _, sample := range p.Samples().All() {
					l.item = d.sample(sample)
					lines = append(lines, l)
				}
			}
		}
	}
	return lines
}

// dictionaryText writes out what indices of a dictionary stand for.
type dictionaryText struct {
	pprofile.ProfilesDictionary
}

func (d dictionaryText) text(at int32) string {
	if at == 0 {
		return ""
	}
	return d.StringTable().At(int(at))
}

func (d dictionaryText) attributes(at pcommon.Int32Slice) (texts []string) {
	for _, i := range at.All() {
		a := d.AttributeTable().At(int(i))
		texts = append(texts, fmt.Sprintf("%q=%s %q", d.text(a.KeyStrindex()), valueText(a.Value()), d.text(a.UnitStrindex())))
	}
	return texts
}

// profile is all of a profile but its samples.
func (d dictionaryText) profile(p pprofile.Profile) string {
	return fmt.Sprint(p.ProfileID(), p.Time(), p.DurationNano(), p.Period(), p.DroppedAttributesCount(),
		p.OriginalPayloadFormat(), string(p.OriginalPayload().AsRaw()), d.attributes(p.AttributeIndices()),
		d.text(p.SampleType().TypeStrindex()), d.text(p.SampleType().UnitStrindex()),
		d.text(p.PeriodType().TypeStrindex()), d.text(p.PeriodType().UnitStrindex()))
}

func (d dictionaryText) sample(s pprofile.Sample) string {
	parts := []any{s.Values().AsRaw(), s.TimestampsUnixNano().AsRaw(), d.attributes(s.AttributeIndices())}
	if s.LinkIndex() != 0 {
		link := d.LinkTable().At(int(s.LinkIndex()))
		parts = append(parts, "link", link.TraceID(), link.SpanID())
	}
	if s.StackIndex() != 0 {
		for _, i := range d.StackTable().At(int(s.StackIndex())).LocationIndices().All() {
			parts = append(parts, "at", d.location(d.LocationTable().At(int(i))))
		}
	}
	return fmt.Sprint(parts...)
}

func (d dictionaryText) location(l pprofile.Location) string {
	parts := []any{l.Address(), d.attributes(l.AttributeIndices())}
	if l.MappingIndex() != 0 {
		m := d.MappingTable().At(int(l.MappingIndex()))
		parts = append(parts, "in", d.text(m.FilenameStrindex()), m.MemoryStart(), m.MemoryLimit(), m.FileOffset(),
			d.attributes(m.AttributeIndices()))
	}
	for _, line := range l.Lines().All() {
		parts = append(parts, "line", line.Line(), line.Column())
		if line.FunctionIndex() != 0 {
			f := d.FunctionTable().At(int(line.FunctionIndex()))
			parts = append(parts, d.text(f.NameStrindex()), d.text(f.SystemNameStrindex()),
				d.text(f.FilenameStrindex()), f.StartLine())
		}
	}
	return fmt.Sprint(parts...)
}
