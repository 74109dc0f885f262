// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"errors"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
)

var errHollow = errors.New("a resource, scope or metric without anything in it")

// checkHollow returns an error where something is left of what was taken out:
// a resource, scope or metric that holds no items. Nobody here sends such.
func checkHollow(request Request) error {
	hollow := false
	holds := func(n int) { hollow = hollow || n == 0 }
	switch r := request.(type) {
	case ptraceotlp.ExportRequest:
		for _, rs := range r.Traces().ResourceSpans().All() {
			holds(rs.ScopeSpans().Len())
			for _, ss := range rs.ScopeSpans().All() {
				holds(ss.Spans().Len())
			}
		}
	case plogotlp.ExportRequest:
		for _, rl := range r.Logs().ResourceLogs().All() {
			holds(rl.ScopeLogs().Len())
			for _, sl := range rl.ScopeLogs().All() {
				holds(sl.LogRecords().Len())
			}
		}
	case pmetricotlp.ExportRequest:
		for _, rm := range r.Metrics().ResourceMetrics().All() {
			holds(rm.ScopeMetrics().Len())
			for _, sm := range rm.ScopeMetrics().All() {
				holds(sm.Metrics().Len())
				for _, metric := range sm.Metrics().All() {
					holds(pointCount(metric))
				}
			}
		}
	default:
	}
	if hollow {
		return errHollow
	}
	return nil
}
