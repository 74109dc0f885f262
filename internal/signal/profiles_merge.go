// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"fmt"
	"math"

	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/xpdata/pref"
)

// profilesMerger merges profiles and their dictionaries. A merge reads the whole
// of both dictionaries, so parts are merged only with parts of their size, as
// in a merge sort: adding n requests merges every entry log n times, not n.
type profilesMerger struct {
	equal bool
	parts []profilesPart
	// entries bounds the size of the dictionary that all parts make.
	entries int
}

// profilesPart is the content of 2 to the power of rank requests.
type profilesPart struct {
	data pprofile.Profiles
	rank int
}

// Add moves the content of pd into the batch. It fails, and leaves pd and the
// batch alone, if an index in pd leads nowhere or the first entry of a
// dictionary table is not empty: then dictionaries cannot be merged without
// changing what profiles mean.
func (m *profilesMerger) Add(pd pprofile.Profiles) error {
	if err := checkProfiles(pd); err != nil {
		return fmt.Errorf("merge profiles: %w", err)
	}
	added := entries(pd.Dictionary())
	if m.entries+added > math.MaxInt32 {
		return fmt.Errorf("merge profiles: %w", errTooLarge)
	}
	m.entries += added

	part := profilesPart{data: pprofile.NewProfiles()}
	pd.MoveTo(part.data)
	m.parts = append(m.parts, part)
	for n := len(m.parts); n > 1 && m.parts[n-1].rank == m.parts[n-2].rank; n-- {
		m.fold()
	}
	return nil
}

// Take returns what was added and forgets it.
func (m *profilesMerger) Take() pprofile.Profiles {
	if len(m.parts) == 0 {
		return pprofile.NewProfiles()
	}
	for len(m.parts) > 1 {
		m.fold()
	}
	out := m.parts[0].data
	m.parts[0] = profilesPart{}
	m.parts, m.entries = m.parts[:0], 0
	if m.equal {
		return groupProfiles(out)
	}
	return out
}

// fold merges the last part into the one before it.
func (m *profilesMerger) fold() {
	last := len(m.parts) - 1
	from, to := m.parts[last].data, &m.parts[last-1]
	fillFirstEntries(to.data.Dictionary())
	if err := from.MergeTo(to.data); err != nil {
		// Both sides are damaged now. Add has made sure that this cannot be.
		panic(fmt.Errorf("merge profiles that were checked: %w", err))
	}
	pref.UnrefProfiles(from)
	to.rank++
	m.parts[last] = profilesPart{}
	m.parts = m.parts[:last]
}
