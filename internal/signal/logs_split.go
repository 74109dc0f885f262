// SPDX-License-Identifier: Apache-2.0

package signal

import "go.opentelemetry.io/collector/pdata/plog"

// Split moves the leading log records of ld into head; see Signal.
func (Logs) Split(ld plog.Logs, maxItems, maxBytes int) (head plog.Logs, ok bool) {
	b := newBudget(maxItems, maxBytes, 0)
	whole := walkRecords(ld.ResourceLogs(), &b)
	if !whole && b.items < 1 {
		return head, false
	}
	head = plog.NewLogs()
	if whole {
		ld.ResourceLogs().MoveAndAppendTo(head.ResourceLogs())
	} else {
		moveRecords(ld.ResourceLogs(), head.ResourceLogs(), b.last)
	}
	return head, true
}

// walkRecords takes records until one does not fit, and reports whether all do.
func walkRecords(resources plog.ResourceLogsSlice, b *budget) (whole bool) {
	sizer := newLogsSizer(b.sized())
	for r := range resources.Len() {
		resource := resources.At(r)
		b.enter(sizer.resource(resource))
		scopes := resource.ScopeLogs()
		for s := range scopes.Len() {
			scope := scopes.At(s)
			b.enter(sizer.scope(scope))
			if !sizer.takeRecords(b, scope.LogRecords(), position{resource: r, scope: s}) {
				return false
			}
			b.leave()
		}
		b.leave()
	}
	return b.finish()
}

// moveRecords moves everything up to and including the record at a position.
func moveRecords(src, dst plog.ResourceLogsSlice, last position) {
	scopes := src.At(last.resource).ScopeLogs()
	records := scopes.At(last.scope).LogRecords()

	wholeScopes := last.scope
	partScope := last.item+1 < records.Len()
	if !partScope {
		wholeScopes++
	}
	wholeResources := last.resource
	partResource := wholeScopes < scopes.Len()
	if !partResource {
		wholeResources++
	}

	moveFirst(src, dst, wholeResources)
	if !partResource {
		return
	}
	from, to := src.At(0), dst.AppendEmpty()
	from.Resource().CopyTo(to.Resource())
	to.SetSchemaUrl(from.SchemaUrl())

	moveFirst(from.ScopeLogs(), to.ScopeLogs(), wholeScopes)
	if !partScope {
		return
	}
	fromScope, toScope := from.ScopeLogs().At(0), to.ScopeLogs().AppendEmpty()
	fromScope.Scope().CopyTo(toScope.Scope())
	toScope.SetSchemaUrl(fromScope.SchemaUrl())
	moveFirst(fromScope.LogRecords(), toScope.LogRecords(), last.item+1)
}

// logsSizer sizes containers without what they contain, which it sets aside
// meanwhile. When off, it finds every size to be zero.
type logsSizer struct {
	on      bool
	proto   plog.ProtoMarshaler
	scopes  plog.ScopeLogsSlice
	records plog.LogRecordSlice
}

func newLogsSizer(on bool) logsSizer {
	if !on {
		return logsSizer{}
	}
	return logsSizer{on: true, scopes: plog.NewScopeLogsSlice(), records: plog.NewLogRecordSlice()}
}

func (z *logsSizer) resource(rs plog.ResourceLogs) int {
	if !z.on {
		return 0
	}
	rs.ScopeLogs().MoveAndAppendTo(z.scopes)
	n := z.proto.ResourceLogsSize(rs)
	z.scopes.MoveAndAppendTo(rs.ScopeLogs())
	return n
}

func (z *logsSizer) scope(ss plog.ScopeLogs) int {
	if !z.on {
		return 0
	}
	ss.LogRecords().MoveAndAppendTo(z.records)
	n := z.proto.ScopeLogsSize(ss)
	z.records.MoveAndAppendTo(ss.LogRecords())
	return n
}

func (z *logsSizer) takeRecords(b *budget, records plog.LogRecordSlice, at position) bool {
	if !z.on {
		return b.takeFirst(at, records.Len())
	}
	for i := range records.Len() {
		at.item = i
		if !b.take(at, field(z.proto.LogRecordSize(records.At(i)))) {
			return false
		}
	}
	return true
}
