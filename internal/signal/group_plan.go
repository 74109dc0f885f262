// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"sync"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/partbuffer/partbufferprocessor/internal/identity"
	"github.com/partbuffer/partbufferprocessor/internal/key"
)

// A verdict is the partition that takes a container or an item, or one of
// these.
const (
	// groupAny is the verdict on what has no items and so no key.
	groupAny int32 = -1
	// groupMixed is the verdict on what has to be taken apart.
	groupMixed int32 = -2
)

// keptVerdicts is the number of verdicts up to which a plan keeps its memory.
const keptVerdicts = 1 << 16

// groupPlan says where everything in a request goes. Verdicts are listed outer
// before inner: the request, its first resource, that resource's first scope.
// What a container holds is listed only if the container is mixed, since
// otherwise it moves as a whole.
type groupPlan struct {
	key   *key.Key
	level key.Level
	n     uint64

	verdicts []int32
	// next is the verdict to take, and home the partition for what may go
	// anywhere.
	next int
	home int32

	// canonical holds the shares of the open resource, scope and metric, each
	// of which ends where its field says.
	canonical                        []byte
	resourceEnd, scopeEnd, metricEnd int
}

var groupPlans = sync.Pool{New: func() any { return new(groupPlan) }}

func newGroupPlan(k *key.Key, n int) *groupPlan {
	p := groupPlans.Get().(*groupPlan)
	p.key, p.level, p.n = k, k.Level(), uint64(n)
	p.verdicts, p.next = p.verdicts[:0], 0
	return p
}

func (p *groupPlan) release() {
	if cap(p.verdicts) > keptVerdicts || cap(p.canonical) > keptVerdicts {
		return
	}
	p.key = nil
	groupPlans.Put(p)
}

// open lists a container, of which close will say where it goes.
func (p *groupPlan) open() int {
	p.verdicts = append(p.verdicts, groupAny)
	return len(p.verdicts) - 1
}

// close passes the verdict on a container, given those on all it holds.
func (p *groupPlan) close(container int) {
	verdict := groupAny
	for _, inner := range p.verdicts[container+1:] {
		switch {
		case inner == groupAny || inner == verdict:
		case verdict == groupAny:
			verdict = inner
		default:
			verdict = groupMixed
		}
		if verdict == groupMixed {
			p.verdicts[container] = groupMixed
			return
		}
	}
	p.verdicts[container] = verdict
	p.verdicts = p.verdicts[:container+1]
}

// route is the partition of a key.
func (p *groupPlan) route(hash uint64) int32 {
	return int32(hash % p.n)
}

// resource reads the resource of a container, and reports whether that settles
// where the container goes.
func (p *groupPlan) resource(at int, r pcommon.Resource) (settled bool) {
	if p.key.WholeResource() {
		p.verdicts[at] = p.route(identity.HashMap(r.Attributes()))
		return true
	}
	p.canonical, _ = p.key.AppendResource(p.canonical[:0], r)
	p.resourceEnd = len(p.canonical)
	return p.settle(at, key.Resource)
}

// scope reads the scope of a container, and reports whether that settles where
// the container goes.
func (p *groupPlan) scope(at int, s pcommon.InstrumentationScope) (settled bool) {
	p.canonical, _ = p.key.AppendScope(p.canonical[:p.resourceEnd], s)
	p.scopeEnd = len(p.canonical)
	return p.settle(at, key.Scope)
}

// metric reads a metric, and reports whether that settles where it goes.
func (p *groupPlan) metric(at int, m pmetric.Metric) (settled bool) {
	p.canonical, _ = p.key.AppendMetric(p.canonical[:p.scopeEnd], m)
	p.metricEnd = len(p.canonical)
	return p.settle(at, key.Metric)
}

func (p *groupPlan) settle(at int, level key.Level) bool {
	if level < p.level {
		return false
	}
	p.verdicts[at] = p.route(key.Hash(p.canonical))
	return true
}

// item lists an item whose share of the key has been appended to the share of
// what it belongs to. An expression that fails on an item has written an absent
// value, which is as good a place for the item as any.
func (p *groupPlan) item(canonical []byte) {
	p.canonical = canonical
	p.verdicts = append(p.verdicts, p.route(key.Hash(canonical)))
}

// whole takes the verdict on the request, and reports whether one partition
// takes all of it.
func (p *groupPlan) whole() (partition int, ok bool) {
	p.home = 0
	for _, verdict := range p.verdicts {
		if verdict >= 0 {
			p.home = verdict
			break
		}
	}
	return p.take()
}

// take returns the partition that takes the next container or item, or reports
// false for a container that has to be taken apart.
func (p *groupPlan) take() (partition int, ok bool) {
	verdict := p.verdicts[p.next]
	p.next++
	switch verdict {
	case groupMixed:
		return 0, false
	case groupAny:
	default:
		p.home = verdict
	}
	return int(p.home), true
}
