// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/partbuffer/partbufferprocessor/internal/identity"
)

// placeResource is a resource that kept items belong to, detached from the
// requests they came in. Like placeScope and placeMetric it is shared by all
// its items and never modified.
type placeResource struct {
	resource  pcommon.Resource
	schemaURL string
	sketch    uint64
}

type placeScope struct {
	of        *placeResource
	scope     pcommon.InstrumentationScope
	schemaURL string
	loose     bool // there may be another one that is equal
}

// placeMetric is a metric without its data points.
type placeMetric struct {
	of     *placeScope
	metric pmetric.Metric
	loose  bool
}

// maxPlaces is how many places are remembered. Forgetting them costs only that
// the next item of one makes it anew.
const maxPlaces = 1 << 14

// Places remembers what kept items belong to, so that the items of many
// requests share it and one more costs no memory. It is not safe for concurrent
// use; its zero value is ready.
type Places struct {
	resources map[uint64][]*knownResource
	size      int
}

type knownResource struct {
	place    *placeResource
	template identity.Template
	scopes   []*knownScope
}

type knownScope struct {
	place   *placeScope
	metrics []*placeMetric
	byName  map[string][]int // indexes of metrics
	// next is the metric after the one found last: sources repeat their order.
	next int
}

// trim forgets everything once that is too much. It is called between requests.
func (p *Places) trim() {
	if p.size > maxPlaces {
		*p = Places{}
	}
}

func (p *Places) resource(r pcommon.Resource, schemaURL string) *knownResource {
	sketch := hashOf(identity.SketchMap(r.Attributes()), schemaURL)
	similar := p.resources[sketch]
	for _, k := range similar {
		if k.place.schemaURL == schemaURL && k.template.Equal(r.Attributes()) && identity.EqualDetails(k.place.resource, r) {
			return k
		}
	}
	k := &knownResource{place: &placeResource{resource: pcommon.NewResource(), schemaURL: schemaURL, sketch: sketch}}
	r.CopyTo(k.place.resource)
	k.template.Set(k.place.resource.Attributes())
	p.size++
	if len(similar) < maxChain { // beyond that they are not looked for
		if p.resources == nil {
			p.resources = map[uint64][]*knownResource{}
		}
		p.resources[sketch] = append(similar, k)
	}
	return k
}

func (p *Places) scope(r *knownResource, s pcommon.InstrumentationScope, schemaURL string) *knownScope {
	for _, k := range r.scopes {
		if k.place.schemaURL == schemaURL && identity.EqualScope(k.place.scope, s) {
			return k
		}
	}
	k := &knownScope{place: &placeScope{of: r.place, scope: pcommon.NewInstrumentationScope(), schemaURL: schemaURL}}
	s.CopyTo(k.place.scope)
	p.size++
	if k.place.loose = len(r.scopes) >= maxChain; !k.place.loose {
		r.scopes = append(r.scopes, k)
	}
	return k
}

func (p *Places) metric(s *knownScope, m pmetric.Metric) *placeMetric {
	if s.next < len(s.metrics) && equalMetric(s.metrics[s.next].metric, m) {
		s.next++
		return s.metrics[s.next-1]
	}
	named := s.byName[m.Name()]
	for _, i := range named {
		if equalMetric(s.metrics[i].metric, m) {
			s.next = i + 1
			return s.metrics[i]
		}
	}
	k := &placeMetric{of: s.place, metric: pmetric.NewMetric()}
	copyMetric(m, k.metric)
	p.size++
	if k.loose = len(named) >= maxChain; !k.loose {
		if s.byName == nil {
			s.byName = map[string][]int{}
		}
		s.byName[k.metric.Name()] = append(named, len(s.metrics))
		s.metrics = append(s.metrics, k)
		s.next = len(s.metrics)
	}
	return k
}
