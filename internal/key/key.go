// SPDX-License-Identifier: Apache-2.0

package key

import (
	"errors"
	"fmt"
	"strings"
)

// Key is a compiled list of key paths. It is immutable and safe for concurrent
// use. The zero value has no paths; make keys with [Parse].
type Key struct {
	signal Signal
	paths  []path
	steps  [levels][]step
	level  Level
}

// step extracts the value of one path. The position of the path in the key is
// part of the canonical bytes.
type step struct {
	source
	expression *expression
	position   uint64
}

// Parse compiles the paths for one signal. What is no path of its own is an
// OTTL value expression, which every signal but profiles takes. Safe for
// concurrent use.
//
// The error names every path that is wrong and lists the paths that the signal
// has. A path given twice, under whatever spelling, is wrong too, and so is an
// empty list; of expressions only the same text counts as given twice.
func Parse(signal Signal, paths []string) (*Key, error) {
	if int(signal) >= len(schemas) {
		return nil, fmt.Errorf("key paths of %s: no such signal", signal)
	}
	k := &Key{signal: signal}
	var errs []error
	seen := make(map[source]string, len(paths))
	for _, text := range paths {
		p, err := parsePath(signal, text)
		if err != nil {
			errs = append(errs, fmt.Errorf("key path %q: %w", text, err))
			continue
		}
		if first, twice := seen[p.source]; twice {
			errs = append(errs, fmt.Errorf("key path %q: names the same value as %q", text, first))
			continue
		}
		seen[p.source] = text
		k.add(p)
	}
	if len(paths) == 0 {
		errs = append(errs, errors.New("a key takes at least one path"))
	}
	if len(errs) > 0 {
		allowed := strings.Join(schemas[signal].allowed(), ", ")
		return nil, errors.Join(append(errs, fmt.Errorf("key paths of %s: %s", signal, allowed))...)
	}
	return k, nil
}

func (k *Key) add(p path) {
	level := p.field.level()
	k.steps[level] = append(k.steps[level], step{
		source:     p.source,
		expression: p.expression,
		position:   uint64(len(k.paths)),
	})
	k.paths = append(k.paths, p)
	k.level = max(k.level, level)
}

// Signal returns the signal that the key was compiled for.
func (k *Key) Signal() Signal { return k.signal }

// Level returns the deepest level that any path of the key reads. Everything
// below one thing of that level has the same key.
func (k *Key) Level() Level { return k.level }

// WholeResource tells whether the key is exactly the attributes of the
// resource, so that a hash of those attributes can stand for its bytes.
func (k *Key) WholeResource() bool {
	return len(k.paths) == 1 && k.paths[0].field == resourceAttributes && !k.paths[0].indexed
}

// String returns the paths in canonical spelling, separated by commas.
func (k *Key) String() string {
	texts := make([]string, len(k.paths))
	for i, p := range k.paths {
		texts[i] = p.text
	}
	return strings.Join(texts, ", ")
}
