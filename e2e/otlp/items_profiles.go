// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"encoding/binary"
	"fmt"

	"go.opentelemetry.io/collector/pdata/pprofile"

	"github.com/partbuffer/partbufferprocessor/e2e/ledger"
)

func samples(pd pprofile.Profiles) ([]ledger.Item, error) {
	items := make([]ledger.Item, 0, pd.SampleCount())
	for _, rp := range pd.ResourceProfiles().All() {
		for _, sp := range rp.ScopeProfiles().All() {
			head, err := header(rp.Resource(), rp.SchemaUrl(), sp.Scope(), sp.SchemaUrl())
			if err != nil {
				return nil, err
			}
			for _, profile := range sp.Profiles().All() {
				id := profile.ProfileID()
				fields := binary.BigEndian.AppendUint64(id[:], uint64(profile.Time()))
				fields = binary.BigEndian.AppendUint64(fields, profile.DurationNano())
				fields = binary.BigEndian.AppendUint64(fields, uint64(profile.Period()))
				for _, sample := range profile.Samples().All() {
					item, err := sampleItem(pd.Dictionary(), head, fields, sample)
					if err != nil {
						return nil, err
					}
					items = append(items, item)
				}
			}
		}
	}
	return items, nil
}

// sampleItem resolves the sample's stack, because a merge renumbers the dictionary.
func sampleItem(d pprofile.ProfilesDictionary, head, profile []byte, sample pprofile.Sample) (ledger.Item, error) {
	if sample.Values().Len() != 1 || sample.TimestampsUnixNano().Len() != 1 {
		return ledger.Item{}, fmt.Errorf("sample with %d values and %d timestamps, want one of each",
			sample.Values().Len(), sample.TimestampsUnixNano().Len())
	}
	function, err := leafFunction(d, sample.StackIndex())
	if err != nil {
		return ledger.Item{}, err
	}
	id := sample.Values().At(0)
	values := binary.BigEndian.AppendUint64(nil, uint64(id))
	values = binary.BigEndian.AppendUint64(values, sample.TimestampsUnixNano().At(0))
	return ledger.Item{ID: id, Content: content(head, profile, []byte(function), values), Updates: -1}, nil
}

// leafFunction checks every index on its way: a wrong one must fail a test, not panic it.
func leafFunction(d pprofile.ProfilesDictionary, stack int32) (string, error) {
	if int(stack) >= d.StackTable().Len() {
		return "", fmt.Errorf("stack %d of %d", stack, d.StackTable().Len())
	}
	locations := d.StackTable().At(int(stack)).LocationIndices()
	if locations.Len() != 1 || int(locations.At(0)) >= d.LocationTable().Len() {
		return "", fmt.Errorf("stack %d: locations %v of %d", stack, locations.AsRaw(), d.LocationTable().Len())
	}
	lines := d.LocationTable().At(int(locations.At(0))).Lines()
	if lines.Len() != 1 || int(lines.At(0).FunctionIndex()) >= d.FunctionTable().Len() {
		return "", fmt.Errorf("stack %d: %d lines, %d functions", stack, lines.Len(), d.FunctionTable().Len())
	}
	name := d.FunctionTable().At(int(lines.At(0).FunctionIndex())).NameStrindex()
	if int(name) >= d.StringTable().Len() {
		return "", fmt.Errorf("stack %d: string %d of %d", stack, name, d.StringTable().Len())
	}
	return d.StringTable().At(int(name)), nil
}
