// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pprofile"
)

// Merging dictionaries is safe only for profiles that keep to the data model,
// and a merge that fails half-way has changed both sides. So everything a merge
// relies on is checked before.
var (
	errFirstEntry = errors.New("first entry is not empty")
	errIndex      = errors.New("index out of range")
	errTooLarge   = errors.New("dictionary has too many entries")
)

// checkProfiles reports why pd cannot be merged: an index that leads nowhere, or
// a table whose first entry, which stands for "not set", is something.
func checkProfiles(pd pprofile.Profiles) error {
	d := pd.Dictionary()
	if err := checkFirstEntries(d); err != nil {
		return err
	}
	var c indexCheck
	c.dictionary(d)
	for _, rp := range pd.ResourceProfiles().All() {
		for _, sp := range rp.ScopeProfiles().All() {
			for _, p := range sp.Profiles().All() {
				c.profile(d, p)
			}
		}
	}
	return c.err
}

// indexCheck remembers the first index that is out of range.
type indexCheck struct {
	err error
}

// optional checks an index of which zero means that it is not set.
func (c *indexCheck) optional(name string, at int32, size int) {
	if at != 0 {
		c.required(name, at, size)
	}
}

func (c *indexCheck) required(name string, at int32, size int) {
	if c.err == nil && (at < 0 || int(at) >= size) {
		c.err = fmt.Errorf("%s %d of %d: %w", name, at, size, errIndex)
	}
}

func (c *indexCheck) all(name string, at pcommon.Int32Slice, size int) {
	for i := range at.Len() {
		c.required(name, at.At(i), size)
	}
}

func (c *indexCheck) dictionary(d pprofile.ProfilesDictionary) {
	texts, attributes := d.StringTable().Len(), d.AttributeTable().Len()
	for _, a := range d.AttributeTable().All() {
		c.optional("attribute key", a.KeyStrindex(), texts)
		c.optional("attribute unit", a.UnitStrindex(), texts)
	}
	for _, f := range d.FunctionTable().All() {
		c.optional("function name", f.NameStrindex(), texts)
		c.optional("function system name", f.SystemNameStrindex(), texts)
		c.optional("function file name", f.FilenameStrindex(), texts)
	}
	for _, m := range d.MappingTable().All() {
		c.optional("mapping file name", m.FilenameStrindex(), texts)
		c.all("mapping attribute", m.AttributeIndices(), attributes)
	}
	for _, l := range d.LocationTable().All() {
		c.optional("location mapping", l.MappingIndex(), d.MappingTable().Len())
		c.all("location attribute", l.AttributeIndices(), attributes)
		for _, line := range l.Lines().All() {
			c.optional("line function", line.FunctionIndex(), d.FunctionTable().Len())
		}
	}
	for _, s := range d.StackTable().All() {
		c.all("stack location", s.LocationIndices(), d.LocationTable().Len())
	}
}

func (c *indexCheck) profile(d pprofile.ProfilesDictionary, p pprofile.Profile) {
	texts, attributes := d.StringTable().Len(), d.AttributeTable().Len()
	c.all("profile attribute", p.AttributeIndices(), attributes)
	for _, t := range [...]pprofile.ValueType{p.SampleType(), p.PeriodType()} {
		c.optional("value type", t.TypeStrindex(), texts)
		c.optional("value unit", t.UnitStrindex(), texts)
	}
	for _, s := range p.Samples().All() {
		c.all("sample attribute", s.AttributeIndices(), attributes)
		c.optional("sample link", s.LinkIndex(), d.LinkTable().Len())
		c.optional("sample stack", s.StackIndex(), d.StackTable().Len())
	}
}

// firstEntries is a dictionary with nothing but the first, empty entry of each
// table.
var firstEntries = func() pprofile.ProfilesDictionary {
	d := pprofile.NewProfilesDictionary()
	fillFirstEntries(d)
	return d
}()

// fillFirstEntries gives every table that has no entry its first one. Without
// it, what is merged into an empty table would take the place of "not set".
func fillFirstEntries(d pprofile.ProfilesDictionary) {
	if d.StringTable().Len() == 0 {
		d.StringTable().Append("")
	}
	fillFirst(d.AttributeTable())
	fillFirst(d.FunctionTable())
	fillFirst(d.LinkTable())
	fillFirst(d.LocationTable())
	fillFirst(d.MappingTable())
	fillFirst(d.StackTable())
}

func fillFirst[S slice[S, E], E movable[E]](table S) {
	if table.Len() == 0 {
		table.AppendEmpty()
	}
}

func checkFirstEntries(d pprofile.ProfilesDictionary) error {
	if d.StringTable().Len() > 0 && d.StringTable().At(0) != "" {
		return fmt.Errorf("string table: %w", errFirstEntry)
	}
	return errors.Join(
		checkFirst("attribute", d.AttributeTable(), firstEntries.AttributeTable()),
		checkFirst("function", d.FunctionTable(), firstEntries.FunctionTable()),
		checkFirst("link", d.LinkTable(), firstEntries.LinkTable()),
		checkFirst("location", d.LocationTable(), firstEntries.LocationTable()),
		checkFirst("mapping", d.MappingTable(), firstEntries.MappingTable()),
		checkFirst("stack", d.StackTable(), firstEntries.StackTable()),
	)
}

type equatable[E any] interface {
	movable[E]
	Equal(other E) bool
}

func checkFirst[S slice[S, E], E equatable[E]](name string, table, empty S) error {
	if table.Len() > 0 && !table.At(0).Equal(empty.At(0)) {
		return fmt.Errorf("%s table: %w", name, errFirstEntry)
	}
	return nil
}

// entries bounds how many entries any table of d adds to a merged dictionary,
// its first one included.
func entries(d pprofile.ProfilesDictionary) int {
	return 1 + max(d.StringTable().Len(), d.AttributeTable().Len(), d.FunctionTable().Len(), d.LinkTable().Len(),
		d.LocationTable().Len(), d.MappingTable().Len(), d.StackTable().Len())
}
