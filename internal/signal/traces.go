// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/xpdata/pref"
)

// Traces is the Signal of ptrace.Traces; its items are spans. It is safe for
// concurrent use on different data, and its zero value is ready.
type Traces struct{}

var _ Signal[ptrace.Traces] = Traces{}

// Items counts the spans of td.
func (Traces) Items(td ptrace.Traces) int { return td.SpanCount() }

// Bytes is the OTLP protobuf size of td.
func (Traces) Bytes(td ptrace.Traces) int {
	var sizer ptrace.ProtoMarshaler
	return sizer.TracesSize(td)
}

// Clone returns a copy of td.
func (Traces) Clone(td ptrace.Traces) ptrace.Traces {
	c := ptrace.NewTraces()
	td.CopyTo(c)
	return c
}

// Contains reports whether every item of part is in all.
func (Traces) Contains(all, part ptrace.Traces) bool {
	var encoder ptrace.ProtoMarshaler
	a, errA := encoder.MarshalTraces(all)
	p, errP := encoder.MarshalTraces(part)
	return errA == nil && errP == nil && containsItems(a, p, resourceScopeItem)
}

// Claim takes td over, unless it has another owner.
func (Traces) Claim(td ptrace.Traces) bool { return pref.MarkPipelineOwnedTraces(td) }

// Ref adds a reference to td.
func (Traces) Ref(td ptrace.Traces) { pref.RefTraces(td) }

// Unref releases one reference to td.
func (Traces) Unref(td ptrace.Traces) { pref.UnrefTraces(td) }

// NewMerger returns a Merger of traces; see Signal.
func (Traces) NewMerger(equal bool) Merger[ptrace.Traces] {
	return &tracesMerger{equal: equal}
}
