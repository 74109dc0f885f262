// SPDX-License-Identifier: Apache-2.0

package key

import (
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() {
			record, point, span := fullRecord(t, 1), fullPoint(pmetric.MetricTypeSum), fullSpan()
			for range 200 {
				ofRecord, _, err1 := records.AppendLogRecord(nil, record)
				ofPoint, _, err2 := points.AppendDataPoint(nil, point)
				match, err3 := spans.Span(t.Context(), span)
				assert.Equal(t, wantRecord, ofRecord)
				assert.Equal(t, wantPoint, ofPoint)
				assert.True(t, match)
				errs[i] = errors.Join(errs[i], err1, err2, err3)
			}
			_, err := Parse(Traces, []string{"Len(attributes)", "Bogus()"})
			assert.Error(t, err)
		})
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))
}
