// SPDX-License-Identifier: Apache-2.0

package identity

import "go.opentelemetry.io/collector/pdata/pcommon"

// Template is the content of one map, laid out so that many others are compared
// with it in one pass each: a Map can only be read from its start, so EqualMap
// has to copy a window of one side first. Its zero value is not set. It is safe
// for concurrent use after Set.
type Template struct {
	set   bool
	of    pcommon.Map
	pairs []templatePair
}

type templatePair struct {
	key string
	// text is the value where it is a string and not empty, which most are: it
	// saves a look at the type.
	text  string
	value pcommon.Value
}

// Set makes t a template of m, which nobody may modify while t is used. It
// allocates only to grow.
func (t *Template) Set(m pcommon.Map) {
	t.Clear()
	t.set, t.of = true, m
	for k, v := range m.All() {
		t.pairs = append(t.pairs, templatePair{key: k, text: v.Str(), value: v})
	}
}

// IsSet reports whether t is a template of some map.
func (t *Template) IsSet() bool { return t.set }

// Clear makes t not set and lets go of what it refers to, but keeps its memory.
func (t *Template) Clear() {
	clear(t.pairs)
	*t = Template{pairs: t.pairs[:0]}
}

// Equal reports what EqualMap would. It is safe for concurrent use.
func (t *Template) Equal(m pcommon.Map) bool {
	if m.Len() != len(t.pairs) {
		return false
	}
	i := 0
	for k, v := range m.All() {
		own := &t.pairs[i]
		if k != own.key {
			return equalRest(t.of, m, i)
		}
		if own.text != "" {
			if v.Str() != own.text { // empty for what is not a string
				return false
			}
		} else if !EqualValue(own.value, v) {
			return false
		}
		i++
	}
	return true
}
