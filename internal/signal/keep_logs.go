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

// NewItem returns an empty KeptRecord.
func (Logs) NewItem() *KeptRecord { return &KeptRecord{record: plog.NewLogRecord()} }

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
	if p.conditional {
		match, err := p.rules.Conditions.LogRecord(ctx, &p.record)
		if err != nil {
			p.fail(err)
			return
		}
		if !match {
			p.pass(1)
			return
		}
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
func (Logs) Take(p *Plan, ld plog.Logs, places *Places, items []*KeptRecord) {
	places.trim()
	n := 0
	for _, rl := range ld.ResourceLogs().All() {
		var resource *knownResource
		for _, sl := range rl.ScopeLogs().All() {
			var scope *knownScope
			takeItems(p, sl.LogRecords(), func(record plog.LogRecord) {
				if resource == nil {
					resource = places.resource(rl.Resource(), rl.SchemaUrl())
				}
				if scope == nil {
					scope = places.scope(resource, sl.Scope(), sl.SchemaUrl())
				}
				items[n].scope = scope.place
				record.MoveTo(items[n].record)
				n++
			})
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
