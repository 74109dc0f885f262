// SPDX-License-Identifier: Apache-2.0

package signal

// placement remembers where in a batch the resources and scopes of kept items
// are. Its zero value is that of an empty batch.
type placement[R, S any] struct {
	resources map[*placeResource]R
	scopes    map[*placeScope]S
	sketches  map[uint64]struct{}
	// alike is set when two places may be equal: items that went through
	// different Places do not share theirs.
	alike bool

	last      *placeScope
	lastScope S
}

func (p *placement[R, S]) empty() bool { return len(p.resources) == 0 }

func (p *placement[R, S]) resource(at *placeResource) (R, bool) {
	r, ok := p.resources[at]
	return r, ok
}

func (p *placement[R, S]) scope(at *placeScope) (S, bool) {
	if at == p.last {
		return p.lastScope, true
	}
	s, ok := p.scopes[at]
	if ok {
		p.last, p.lastScope = at, s
	}
	return s, ok
}

func (p *placement[R, S]) addResource(at *placeResource, r R) {
	if p.resources == nil {
		p.resources, p.scopes, p.sketches = map[*placeResource]R{}, map[*placeScope]S{}, map[uint64]struct{}{}
	}
	_, seen := p.sketches[at.sketch]
	p.alike = p.alike || seen
	p.sketches[at.sketch] = struct{}{}
	p.resources[at] = r
}

func (p *placement[R, S]) addScope(at *placeScope, s S) {
	p.alike = p.alike || at.loose
	p.scopes[at] = s
	p.last, p.lastScope = at, s
}

func (p *placement[R, S]) forget() {
	clear(p.resources)
	clear(p.scopes)
	clear(p.sketches)
	*p = placement[R, S]{resources: p.resources, scopes: p.scopes, sketches: p.sketches}
}

// mergeAlike makes equal resources, scopes and metrics of a batch one, if there
// can be any.
func mergeAlike[D any](m Merger[D], batch D, alike bool) D {
	if !alike {
		return batch
	}
	// Only profiles can fail to merge, and their items are not kept.
	_ = m.Add(batch)
	return m.Take()
}
