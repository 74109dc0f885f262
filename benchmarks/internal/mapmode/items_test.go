// SPDX-License-Identifier: Apache-2.0

package mapmode

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// item is what the tests want to know of a point.
type item struct {
	pod, key   string
	attributes int
	time       pcommon.Timestamp
}

func itemOf(resource pcommon.Resource, attrs pcommon.Map, at pcommon.Timestamp) item {
	pod, _ := resource.Attributes().Get("k8s.pod.name")
	key, _ := attrs.Get(KeyAttribute)
	return item{pod.AsString(), key.AsString(), attrs.Len(), at}
}

func pointsOf(md pmetric.Metrics) (items []item) {
	rm := md.ResourceMetrics().At(0)
	for _, p := range rm.ScopeMetrics().At(0).Metrics().At(0).Sum().DataPoints().All() {
		items = append(items, itemOf(rm.Resource(), p.Attributes(), p.Timestamp()))
	}
	return items
}

func recordsOf(ld plog.Logs) (items []item) {
	rl := ld.ResourceLogs().At(0)
	for _, r := range rl.ScopeLogs().At(0).LogRecords().All() {
		items = append(items, itemOf(rl.Resource(), r.Attributes(), r.Timestamp()))
	}
	return items
}
