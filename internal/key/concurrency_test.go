// SPDX-License-Identifier: Apache-2.0

package key

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// TestConcurrentUse shares compiled keys and conditions between goroutines that
// read items of their own, while others parse.
func TestConcurrentUse(t *testing.T) {
	records := mustParse(t, Logs, `Concat([severity_text, attributes["text"]], "/")`, `ToUpperCase(scope.name)`, "attributes")
	points := mustParse(t, Metrics, `Concat([metric.name, attributes["x"]], "/")`, "attributes")
	spans := mustParseConditions(t, Traces, `IsMatch(name, "^x")`, `resource.attributes["y"] == "resource"`)

	wantRecord, _, _ := records.AppendLogRecord(nil, fullRecord(t, 1))
	wantPoint, _, _ := points.AppendDataPoint(nil, fullPoint(pmetric.MetricTypeSum))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			record, point, span := fullRecord(t, 1), fullPoint(pmetric.MetricTypeSum), fullSpan()
			for range 200 {
				b, _, err := records.AppendLogRecord(nil, record)
				assert.NoError(t, err)
				assert.Equal(t, wantRecord, b)
				b, _, err = points.AppendDataPoint(nil, point)
				assert.NoError(t, err)
				assert.Equal(t, wantPoint, b)
				match, err := spans.Span(t.Context(), span)
				assert.NoError(t, err)
				assert.True(t, match)
			}
			_, err := Parse(Traces, []string{"Len(attributes)", "Bogus()"})
			assert.Error(t, err)
		})
	}
	wg.Wait()
}
