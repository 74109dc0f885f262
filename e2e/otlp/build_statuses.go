// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"fmt"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
)

var statuses = []string{"received", "paid", "packed", "sent", "delivered"}

// BuildStatuses makes a request of log records that say how orders stand. The
// ids are those of ItemOf, with the order as key.
func BuildStatuses(ids ...int64) Request {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.SetSchemaUrl(fillResource(rl.Resource(), 1))
	sl := rl.ScopeLogs().AppendEmpty()
	sl.SetSchemaUrl(fillScope(sl.Scope(), 1))
	for _, id := range ids {
		order, _ := KeyOf(id)
		status := statuses[id%int64(len(statuses))]
		record := sl.LogRecords().AppendEmpty()
		record.Body().SetStr(fmt.Sprintf("order %d is %s", order, status))
		record.SetEventName("order.status")
		record.SetTimestamp(timestamp(id))
		record.Attributes().PutInt("order.id", order)
		record.Attributes().PutStr("order.status", status)
		record.Attributes().PutInt(idAttribute, id)
	}
	return plogotlp.NewExportRequestFromLogs(ld)
}
