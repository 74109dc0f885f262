// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"encoding/binary"
	"fmt"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
)

// idAttribute names the attribute that carries an item's id.
const idAttribute = "e2e.id"

// UpdatesAttribute is what the processor is told to count replaced log records in.
const UpdatesAttribute = "updates"

// epoch is the timestamp of item 0; item n is n microseconds later.
const epoch = pcommon.Timestamp(1_760_000_000_000_000_000)

func timestamp(id int64) pcommon.Timestamp {
	return epoch + pcommon.Timestamp(id)*1000
}

func fillResource(r pcommon.Resource, n int) (schemaURL string) {
	r.Attributes().PutStr("service.name", fmt.Sprintf("service-%d", n))
	r.Attributes().PutStr("host.name", fmt.Sprintf("host-%d", n))
	r.Attributes().PutInt("process.pid", int64(n))
	r.Attributes().PutBool("canary", n%2 == 0)
	r.SetDroppedAttributesCount(uint32(n))
	return fmt.Sprintf("https://example.com/resource/%d", n%2)
}

func fillScope(s pcommon.InstrumentationScope, n int) (schemaURL string) {
	s.SetName(fmt.Sprintf("library-%d", n%3))
	s.SetVersion("1.2.3")
	s.Attributes().PutDouble("ratio", 0.5)
	s.SetDroppedAttributesCount(uint32(n % 2))
	return "https://example.com/scope"
}

func buildTraces(spec Spec) Request {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.SetSchemaUrl(fillResource(rs.Resource(), spec.Resource))
	ss := rs.ScopeSpans().AppendEmpty()
	ss.SetSchemaUrl(fillScope(ss.Scope(), spec.Resource))
	ss.Spans().EnsureCapacity(spec.Count)
	for i := range spec.Count {
		id := spec.First + int64(i)
		span := ss.Spans().AppendEmpty()
		span.SetName("operation")
		span.SetTraceID(traceID(id))
		span.SetSpanID(spanID(id))
		span.SetStartTimestamp(timestamp(id))
		span.SetEndTimestamp(timestamp(id + 1))
		span.SetDroppedEventsCount(uint32(i))
		span.Attributes().PutInt(idAttribute, id)
		span.Attributes().PutEmptySlice("tags").AppendEmpty().SetStr("a")
		span.Events().AppendEmpty().SetName("event")
		span.Links().AppendEmpty().SetTraceID(traceID(id + 1))
	}
	return ptraceotlp.NewExportRequestFromTraces(td)
}

func buildLogs(spec Spec) Request {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.SetSchemaUrl(fillResource(rl.Resource(), spec.Resource))
	sl := rl.ScopeLogs().AppendEmpty()
	sl.SetSchemaUrl(fillScope(sl.Scope(), spec.Resource))
	sl.LogRecords().EnsureCapacity(spec.Count)
	for i := range spec.Count {
		id := spec.First + int64(i)
		record := sl.LogRecords().AppendEmpty()
		record.Body().SetEmptyMap().PutStr("message", "something happened")
		record.SetEventName("event")
		record.SetSeverityNumber(plog.SeverityNumberWarn)
		record.SetSeverityText("WARN")
		record.SetTimestamp(timestamp(id))
		record.SetObservedTimestamp(timestamp(id + 1))
		record.SetTraceID(traceID(id))
		record.Attributes().PutInt(idAttribute, id)
	}
	return plogotlp.NewExportRequestFromLogs(ld)
}

func traceID(id int64) pcommon.TraceID {
	var t pcommon.TraceID
	binary.BigEndian.PutUint64(t[8:], uint64(id)+1)
	return t
}

func spanID(id int64) pcommon.SpanID {
	var s pcommon.SpanID
	binary.BigEndian.PutUint64(s[:], uint64(id)+1)
	return s
}
