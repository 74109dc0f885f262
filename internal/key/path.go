// SPDX-License-Identifier: Apache-2.0

package key

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// source is what a path reads. Paths of the same source name the same value.
type source struct {
	field field
	// attribute is the name in brackets; it counts only if indexed is set,
	// since the empty string is a possible attribute name. For an expression it
	// is the text.
	attribute string
	indexed   bool
}

// path is one parsed key path.
type path struct {
	source
	// expression is set for the field itemExpression only.
	expression *expression
	// text is the canonical spelling; it parses to the same path again.
	text string
}

var (
	errUnclosedBracket = errors.New(`a bracket takes one quoted string: attributes["order.id"]`)
	errNumberedEntry   = errors.New(`attributes have names, no numbers; a bracket takes one quoted string: attributes["order.id"]`)
)

// parsePath reads one path as the signal's items see it. Whatever has no native
// extractor is left to OTTL.
func parsePath(signal Signal, text string) (path, error) {
	p, native := parseNative(signal, text)
	if native == nil {
		return p, nil
	}
	if errors.Is(native, errNumberedEntry) {
		// OTTL would take it, and then fail on every item.
		return path{}, native
	}

	text = strings.TrimSpace(text)
	e, err := compile(signal, text)
	switch {
	case err == nil:
		return path{source: source{field: itemExpression, attribute: text}, expression: e, text: text}, nil
	case signal == Profiles, nameLength(text) == len(text):
		// A mere name was never meant to be an expression.
		return path{}, native
	default:
		return path{}, fmt.Errorf("%w; as an OTTL expression: %w", native, err)
	}
}

// parseNative reads a path that has a native extractor. Spaces between tokens
// mean nothing, as in OTTL.
func parseNative(signal Signal, text string) (path, error) {
	names, rest, err := scanNames(text)
	if err != nil {
		return path{}, err
	}
	s := &schemas[signal]
	name := canonicalName(s, names)
	f, ok := s.fields[name]
	if !ok {
		return path{}, fmt.Errorf("%s have no such path", signal)
	}
	p := path{source: source{field: f}, text: name}
	if rest == "" {
		return p, nil
	}

	if !f.indexable() || name == "resource" {
		return path{}, fmt.Errorf("%s is no map of attributes and takes no brackets", name)
	}
	if p.attribute, err = scanIndex(rest); err != nil {
		return path{}, err
	}
	p.indexed = true
	p.text += "[" + strconv.Quote(p.attribute) + "]"
	return p, nil
}

// canonicalName joins the names of a path; it drops the item's own context,
// and writes scope for the legacy spelling that OTTL still takes.
func canonicalName(s *schema, names []string) string {
	if len(names) > 1 && s.itemContext != "" && names[0] == s.itemContext {
		if _, outer := s.fields[names[1]]; outer && s.fields[names[1]].level() == Item {
			names = names[1:]
		}
	}
	if names[0] == "instrumentation_scope" {
		names[0] = "scope"
	}
	return strings.Join(names, ".")
}

// scanNames reads lower-case names separated by dots and returns what follows
// them.
func scanNames(text string) (names []string, rest string, err error) {
	rest = strings.TrimSpace(text)
	for {
		n := nameLength(rest)
		if n == 0 {
			return nil, "", fmt.Errorf("want a lower-case name at %q", rest)
		}
		names = append(names, rest[:n])
		rest = strings.TrimSpace(rest[n:])
		next, dotted := strings.CutPrefix(rest, ".")
		if !dotted {
			break
		}
		rest = strings.TrimSpace(next)
	}
	if rest != "" && rest[0] != '[' {
		return nil, "", fmt.Errorf("unexpected %q", rest)
	}
	return names, rest, nil
}

func nameLength(text string) int {
	for i := range len(text) {
		c := text[i]
		lower := c >= 'a' && c <= 'z'
		inner := i > 0 && (c == '_' || c >= '0' && c <= '9')
		if !lower && !inner {
			return i
		}
	}
	return len(text)
}

// scanIndex reads ["attribute"], which must be all there is.
func scanIndex(text string) (string, error) {
	inner, ok := strings.CutPrefix(text, "[")
	if !ok {
		return "", errUnclosedBracket
	}
	inner, ok = strings.CutSuffix(inner, "]")
	if !ok {
		return "", errUnclosedBracket
	}
	inner = strings.TrimSpace(inner)
	if _, err := strconv.Atoi(inner); err == nil {
		return "", errNumberedEntry
	}
	if !strings.HasPrefix(inner, `"`) {
		return "", errUnclosedBracket
	}
	attribute, err := strconv.Unquote(inner)
	if err != nil {
		return "", fmt.Errorf("%s: %w", inner, errUnclosedBracket)
	}
	return attribute, nil
}
