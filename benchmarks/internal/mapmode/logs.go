// SPDX-License-Identifier: Apache-2.0

package mapmode

import (
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/load"
)

// Logs makes log records that are equal to those of their key in other rounds, but for their times.
func Logs() Signal[plog.Logs] {
	var (
		encode plog.ProtoMarshaler
		decode plog.ProtoUnmarshaler
	)
	return Signal[plog.Logs]{
		Name: "logs", Make: makeLogs, Stamp: stampLogs, Count: plog.Logs.LogRecordCount,
		Marshal: encode.MarshalLogs, Unmarshal: decode.UnmarshalLogs,
	}
}

func makeLogs(resource int, keys []int, attributes int) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	load.Describe(rl.Resource().Attributes(), resource)
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName("example.com/shop/instrumentation/http")
	sl.Scope().SetVersion("1.14.2")
	sl.LogRecords().EnsureCapacity(len(keys))
	for _, key := range keys {
		record := sl.LogRecords().AppendEmpty()
		record.SetSeverityNumber(plog.SeverityNumberWarn)
		record.SetSeverityText("WARN")
		record.Body().SetStr("the payment service did not answer within 2 s, the request is tried again")
		describePoint(record.Attributes(), key, attributes)
	}
	stampLogs(ld, 0)
	return ld
}

func stampLogs(ld plog.Logs, round int) {
	for _, record := range ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().All() {
		record.SetTimestamp(roundTime(round))
		record.SetObservedTimestamp(roundTime(round))
	}
}
