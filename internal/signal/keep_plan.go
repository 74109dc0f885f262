// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"math"
	"sync/atomic"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/partbuffer/partbufferprocessor/internal/key"
)

// Version says what makes one item of a key newer than another.
type Version uint8

// The versions.
const (
	// ByTimestamp is the end of a span, the time of a log record or data point.
	ByTimestamp Version = iota
	// ByObserved is the time at which a log record was observed.
	ByObserved
	// ByArrival is the order in which items come.
	ByArrival
)

// Missing says what becomes of an item none of whose key paths has a value.
type Missing uint8

// What becomes of items without key.
const (
	// PassMissing sends them on as they are.
	PassMissing Missing = iota
	// DropMissing drops them.
	DropMissing
	// GroupMissing makes them one key.
	GroupMissing
)

// Rules say which item of a request is which, and which of two is newer. They
// are safe for concurrent use and must not be copied once used.
type Rules struct {
	Key        *key.Key
	Conditions *key.Conditions // items that match none pass; nil = all match
	Version    Version
	Missing    Missing

	arrivals atomic.Int64
}

// A fate is what becomes of one item.
type fate uint8

const (
	passes fate = iota
	kept
	dropped
)

// Plan is what becomes of each item of a request. It is not safe for concurrent
// use; its zero value is ready for Begin.
type Plan struct {
	// Keys and Versions are those of the items that are kept, in order.
	Keys     []key.Digest
	Versions []int64
	// Passed and Dropped count the others.
	Passed, Dropped int
	// Failed counts the items that passed because an expression failed on
	// them, and Err is the first of those errors.
	Failed int
	Err    error

	rules       *Rules
	conditional bool // the rules have conditions
	fates       []fate
	next        int
	// outer is the canonical form of the open resource, scope and metric. The
	// share of the resource ends at resourceEnd, and a digest stands for those
	// of resource and scope in the share of a metric.
	outer                           []byte
	resourceEnd                     int
	resourceHasValue, scopeHasValue bool
	scopeDigest                     key.Digest
	metricShare                     []byte
	// canonical is the key of an item. It begins with a digest of what the item
	// belongs to, which ends at prefix.
	canonical     []byte
	prefix        int
	outerHasValue bool

	span   key.Span
	record key.LogRecord
	point  key.DataPoint
}

// Begin empties p and makes it follow rules. It keeps its memory.
func (p *Plan) Begin(rules *Rules) {
	p.Keys, p.Versions, p.fates = p.Keys[:0], p.Versions[:0], p.fates[:0]
	p.Passed, p.Dropped, p.Failed, p.Err = 0, 0, 0, nil
	p.rules, p.next = rules, 0
	p.conditional = rules.Conditions != nil && !rules.Conditions.Empty()
}

// End lets go of the request.
func (p *Plan) End() {
	p.span, p.record, p.point = key.Span{}, key.LogRecord{}, key.DataPoint{}
	p.rules, p.Err = nil, nil
}

func (p *Plan) resource(r pcommon.Resource) {
	p.outer, p.resourceHasValue = p.rules.Key.AppendResource(p.outer[:0], r)
	p.resourceEnd = len(p.outer)
}

func (p *Plan) scope(s pcommon.InstrumentationScope) {
	var hasValue bool
	p.outer, hasValue = p.rules.Key.AppendScope(p.outer[:p.resourceEnd], s)
	p.scopeHasValue = hasValue || p.resourceHasValue
	p.scopeDigest = p.belong(p.outer, p.scopeHasValue)
}

// metric reads a metric of the scope read last. Its items belong to it.
func (p *Plan) metric(m pmetric.Metric) {
	if p.rules.Key.Level() < key.Metric {
		return
	}
	share := p.metricShare[:0]
	if len(p.outer) > 0 {
		share = p.scopeDigest.Append(share)
	}
	var hasValue bool
	p.metricShare, hasValue = p.rules.Key.AppendMetric(share, m)
	p.belong(p.metricShare, hasValue || p.scopeHasValue)
}

// belong makes a digest of what items belong to begin their keys, so that it is
// hashed once for all of them.
func (p *Plan) belong(share []byte, hasValue bool) (digest key.Digest) {
	p.canonical, p.prefix, p.outerHasValue = p.canonical[:0], 0, hasValue
	if len(share) > 0 {
		digest = key.Sum(share)
		p.canonical = digest.Append(p.canonical)
		p.prefix = len(p.canonical)
	}
	return digest
}

// inner is where an item's share of its key is appended.
func (p *Plan) inner() []byte { return p.canonical[:p.prefix] }

// pass lists n items that go on as they are.
func (p *Plan) pass(n int) {
	for range n {
		p.fates = append(p.fates, passes)
	}
	p.Passed += n
}

// fail lists an item that an expression failed on.
func (p *Plan) fail(err error) {
	p.Failed++
	if p.Err == nil {
		p.Err = err
	}
	p.pass(1)
}

// excluded lists an item that passes because of the conditions, given what they
// say of it, and reports whether it does.
func (p *Plan) excluded(match bool, err error) bool {
	switch {
	case err != nil:
		p.fail(err)
	case !match:
		p.pass(1)
	default:
		return false
	}
	return true
}

// item lists an item with its canonical key.
func (p *Plan) item(canonical []byte, hasValue bool, err error, timestamp pcommon.Timestamp) {
	p.canonical = canonical
	switch {
	case err != nil:
		p.fail(err)
	case hasValue || p.outerHasValue || p.rules.Missing == GroupMissing:
		p.fates = append(p.fates, kept)
		p.Keys = append(p.Keys, key.Sum(canonical))
		p.Versions = append(p.Versions, p.rules.version(timestamp))
	case p.rules.Missing == DropMissing:
		p.fates = append(p.fates, dropped)
		p.Dropped++
	default:
		p.pass(1)
	}
}

// version turns a timestamp into a version. Those without one, and all of them
// where arrival decides, get a number lower than any timestamp's that grows
// with every item: the last one to come is the newest.
func (r *Rules) version(timestamp pcommon.Timestamp) int64 {
	if r.Version != ByArrival && timestamp != 0 {
		return int64(min(timestamp, math.MaxInt64))
	}
	return math.MinInt64 + r.arrivals.Add(1)
}

// take does what becomes of the next item: it calls keep if that is kept. It
// reports whether the item leaves its request.
func (p *Plan) take(keep func()) (leaves bool) {
	f := p.fates[p.next]
	p.next++
	if f == kept {
		keep()
	}
	return f != passes
}

// whole reports whether every item is kept.
func (p *Plan) whole() bool { return p.Passed == 0 && p.Dropped == 0 }
