// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"context"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

var _ Keeper[plog.Logs, KeptRecord] = Logs{}

// KeptRecord is a log record outside of its request. It is not safe for concurrent use.
type KeptRecord struct {
	scope  *placeScope
	record plog.LogRecord
}

// AppendItems appends n empty log records to dst. They come from one slice
// because a record alone takes a second allocation.
func (Logs) AppendItems(dst []KeptRecord, n int) []KeptRecord {
	records := plog.NewLogRecordSlice()
	for range n {
		dst = append(dst, KeptRecord{record: records.AppendEmpty()})
	}
	return dst
}

// ItemBytes is the protobuf size of a log record.
func (Logs) ItemBytes(k *KeptRecord) int {
	var sizer plog.ProtoMarshaler
	return sizer.LogRecordSize(k.record)
}

// Plan decides about log records; see Keeper.
func (Logs) Plan(ctx context.Context, p *Plan, ld plog.Logs) {
	for _, rl := range ld.ResourceLogs().All() {
		p.resource(rl.Resource())
		for _, sl := range rl.ScopeLogs().All() {
			p.scope(sl.Scope())
			p.record.Resource, p.record.Scope = rl, sl
			for _, record := range sl.LogRecords().All() {
				p.record.Record = record
				p.planRecord(ctx)
			}
		}
	}
}

func (p *Plan) planRecord(ctx context.Context) {
	if p.conditional && p.excluded(p.rules.Conditions.LogRecord(ctx, &p.record)) {
		return
	}
	canonical, hasValue, err := p.rules.Key.AppendLogRecord(p.inner(), &p.record)
	p.item(canonical, hasValue, err, p.recordTime())
}

// recordTime is the time that the rules ask for, or the other one where that is
// not set.
func (p *Plan) recordTime() pcommon.Timestamp {
	first, second := p.record.Record.Timestamp(), p.record.Record.ObservedTimestamp()
	if p.rules.Version == ByObserved {
		first, second = second, first
	}
	if first != 0 {
		return first
	}
	return second
}

// Take moves log records out of ld; see Keeper.
func (Logs) Take(p *Plan, ld plog.Logs, places *Places, items []KeptRecord) {
	places.trim()
	t := recordTaker{places: places, items: items}
	for _, rl := range ld.ResourceLogs().All() {
		t.resource = nil
		for _, sl := range rl.ScopeLogs().All() {
			t.scope, t.from, t.within = nil, rl, sl
			if !p.whole() {
				sl.LogRecords().RemoveIf(func(record plog.LogRecord) bool { return p.take(func() { t.take(record) }) })
				continue
			}
			for _, record := range sl.LogRecords().All() {
				t.take(record)
			}
		}
	}
	if p.whole() {
		return
	}
	ld.ResourceLogs().RemoveIf(func(rl plog.ResourceLogs) bool {
		rl.ScopeLogs().RemoveIf(func(sl plog.ScopeLogs) bool { return sl.LogRecords().Len() == 0 })
		return rl.ScopeLogs().Len() == 0
	})
}

// recordTaker takes log records out of one request. Its places are those of the
// scope at hand, looked up when its first record is kept.
type recordTaker struct {
	places   *Places
	items    []KeptRecord // those that are left
	from     plog.ResourceLogs
	within   plog.ScopeLogs
	resource *knownResource
	scope    *knownScope
}

func (t *recordTaker) take(record plog.LogRecord) {
	if t.resource == nil {
		t.resource = t.places.resource(t.from.Resource(), t.from.SchemaUrl())
	}
	if t.scope == nil {
		t.scope = t.places.scope(t.resource, t.within.Scope(), t.within.SchemaUrl())
	}
	item := &t.items[0]
	t.items = t.items[1:]
	item.scope = t.scope.place
	record.MoveTo(item.record)
}

// GiveBack puts refused back into ld; see Keeper.
func (Logs) GiveBack(p *Plan, ld, refused plog.Logs) {
	if p.whole() {
		groupDone(ld.ResourceLogs()) // the emptied items
	}
	refused.ResourceLogs().MoveAndAppendTo(ld.ResourceLogs())
}

// NewBuilder returns a Builder of log records.
func (l Logs) NewBuilder(attribute string) Builder[plog.Logs, KeptRecord] {
	return &logsBuilder{attribute: attribute, merger: l.NewMerger(true)}
}

type logsBuilder struct {
	attribute string
	merger    Merger[plog.Logs]
	out       plog.Logs
	placement[plog.ResourceLogs, plog.ScopeLogs]
}

// Add copies a log record.
func (b *logsBuilder) Add(item *KeptRecord, updates int) {
	if b.empty() {
		b.out = plog.NewLogs()
	}
	scope, known := b.scope(item.scope)
	if !known {
		resource, known := b.resource(item.scope.of)
		if !known {
			resource = b.out.ResourceLogs().AppendEmpty()
			item.scope.of.resource.CopyTo(resource.Resource())
			resource.SetSchemaUrl(item.scope.of.schemaURL)
			b.addResource(item.scope.of, resource)
		}
		scope = resource.ScopeLogs().AppendEmpty()
		item.scope.scope.CopyTo(scope.Scope())
		scope.SetSchemaUrl(item.scope.schemaURL)
		b.addScope(item.scope, scope)
	}
	record := scope.LogRecords().AppendEmpty()
	item.record.CopyTo(record)
	if b.attribute != "" {
		record.Attributes().PutInt(b.attribute, int64(updates))
	}
}

// Take returns what was added and forgets it.
func (b *logsBuilder) Take() plog.Logs {
	if b.empty() {
		return plog.NewLogs()
	}
	out, again := b.out, b.alike
	b.out = plog.Logs{}
	b.forget()
	return mergeAlike(b.merger, out, again)
}
