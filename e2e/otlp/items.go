// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"fmt"
	"hash/maphash"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/pprofile/pprofileotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/partbuffer/partbufferprocessor/e2e/ledger"
)

var seed = maphash.MakeSeed()

// Items lists the items of a request. An item's content covers its resource,
// its scope, both schema URLs and, for metrics and profiles, what it is a point
// or a sample of, so it does not depend on how items are grouped.
func Items(request Request) ([]ledger.Item, error) {
	switch r := request.(type) {
	case ptraceotlp.ExportRequest:
		return spans(r.Traces())
	case plogotlp.ExportRequest:
		return logRecords(r.Logs())
	case pmetricotlp.ExportRequest:
		return dataPoints(r.Metrics())
	case pprofileotlp.ExportRequest:
		return samples(r.Profiles())
	default:
		return nil, fmt.Errorf("list items: unknown request %T", request)
	}
}

// header encodes what an item inherits: everything above it.
func header(resource pcommon.Resource, resourceURL string, scope pcommon.InstrumentationScope, scopeURL string) ([]byte, error) {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	resource.CopyTo(rs.Resource())
	rs.SetSchemaUrl(resourceURL)
	ss := rs.ScopeSpans().AppendEmpty()
	scope.CopyTo(ss.Scope())
	ss.SetSchemaUrl(scopeURL)
	return new(ptrace.ProtoMarshaler).MarshalTraces(td)
}

func content(parts ...[]byte) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, part := range parts {
		maphash.WriteComparable(&h, len(part))
		_, _ = h.Write(part)
	}
	return h.Sum64()
}

func idOf(attributes pcommon.Map) (int64, error) {
	v, ok := attributes.Get(idAttribute)
	if !ok || v.Type() != pcommon.ValueTypeInt {
		return 0, fmt.Errorf("item without an integer %s: %v", idAttribute, attributes.AsRaw())
	}
	return v.Int(), nil
}

// takeUpdates removes what a processor may have added.
func takeUpdates(attributes pcommon.Map) int64 {
	v, ok := attributes.Get(UpdatesAttribute)
	if !ok || v.Type() != pcommon.ValueTypeInt {
		return -1
	}
	updates := v.Int()
	attributes.Remove(UpdatesAttribute)
	return updates
}

func spans(td ptrace.Traces) ([]ledger.Item, error) {
	items := make([]ledger.Item, 0, td.SpanCount())
	one := ptrace.NewTraces()
	slot := one.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			head, err := header(rs.Resource(), rs.SchemaUrl(), ss.Scope(), ss.SchemaUrl())
			if err != nil {
				return nil, err
			}
			for _, span := range ss.Spans().All() {
				id, err := idOf(span.Attributes())
				if err != nil {
					return nil, err
				}
				span.CopyTo(slot)
				body, err := new(ptrace.ProtoMarshaler).MarshalTraces(one)
				if err != nil {
					return nil, err
				}
				items = append(items, ledger.Item{ID: id, Content: content(head, body), Updates: -1})
			}
		}
	}
	return items, nil
}

func logRecords(ld plog.Logs) ([]ledger.Item, error) {
	items := make([]ledger.Item, 0, ld.LogRecordCount())
	one := plog.NewLogs()
	slot := one.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			head, err := header(rl.Resource(), rl.SchemaUrl(), sl.Scope(), sl.SchemaUrl())
			if err != nil {
				return nil, err
			}
			for _, record := range sl.LogRecords().All() {
				id, err := idOf(record.Attributes())
				if err != nil {
					return nil, err
				}
				record.CopyTo(slot)
				updates := takeUpdates(slot.Attributes())
				body, err := new(plog.ProtoMarshaler).MarshalLogs(one)
				if err != nil {
					return nil, err
				}
				items = append(items, ledger.Item{ID: id, Content: content(head, body), Updates: updates})
			}
		}
	}
	return items, nil
}
