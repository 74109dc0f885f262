// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/xpdata/pref"
)

// Logs is the Signal of plog.Logs; its items are log records. It is safe for
// concurrent use on different data, and its zero value is ready.
type Logs struct{}

var _ Signal[plog.Logs] = Logs{}

// Items counts the log records of ld.
func (Logs) Items(ld plog.Logs) int { return ld.LogRecordCount() }

// Bytes is the OTLP protobuf size of ld.
func (Logs) Bytes(ld plog.Logs) int {
	var sizer plog.ProtoMarshaler
	return sizer.LogsSize(ld)
}

// Clone returns a copy of ld.
func (Logs) Clone(ld plog.Logs) plog.Logs {
	c := plog.NewLogs()
	ld.CopyTo(c)
	return c
}

// Contains reports whether every item of part is in all.
func (Logs) Contains(all, part plog.Logs) bool {
	var encoder plog.ProtoMarshaler
	a, errA := encoder.MarshalLogs(all)
	p, errP := encoder.MarshalLogs(part)
	return errA == nil && errP == nil && containsItems(a, p, resourceScopeItem)
}

// Claim takes ld over, unless it has another owner.
func (Logs) Claim(ld plog.Logs) bool { return pref.MarkPipelineOwnedLogs(ld) }

// Ref adds a reference to ld.
func (Logs) Ref(ld plog.Logs) { pref.RefLogs(ld) }

// Unref releases one reference to ld.
func (Logs) Unref(ld plog.Logs) { pref.UnrefLogs(ld) }

// NewMerger returns a Merger of logs; see Signal.
func (Logs) NewMerger(equal bool) Merger[plog.Logs] {
	return &logsMerger{equal: equal}
}
