// SPDX-License-Identifier: Apache-2.0

package report

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestWhatIsWrittenIsRead(t *testing.T) {
	var text strings.Builder
	text.WriteString("cpu: some processor\n")
	for _, amount := range []float64{40, 10, 30, 20} {
		require.NoError(t, Line(&text, "Push/subject=a", 100, Value{amount, "ns/req"}, Value{1.5e6, "spans/s"}))
	}
	require.NoError(t, Line(&text, "Push/subject=b", 100, Value{5, "ns/req"}))
	assert.Contains(t, text.String(), "BenchmarkPush/subject=a\t100\t40 ns/req\t1.5e+06 spans/s\n")

	results, err := Read(strings.NewReader(text.String()))
	require.NoError(t, err)
	for _, want := range []struct {
		name, unit string
		median     float64
		ok         bool
	}{
		{"Push/subject=a", "ns/req", 25, true},
		{"Push/subject=a", "spans/s", 1.5e6, true},
		{"Push/subject=b", "ns/req", 5, true},
		{"Push/subject=b", "spans/s", 0, false},
		{"Push/subject=c", "ns/req", 0, false},
	} {
		median, ok := results.Median(want.name, want.unit)
		assert.InDelta(t, want.median, median, 0, "%+v", want)
		assert.Equal(t, want.ok, ok, "%+v", want)
	}
}

func TestReadRejectsWhatIsNoNumber(t *testing.T) {
	_, err := Read(strings.NewReader("BenchmarkX\t1\tmany ns/req\n"))
	require.ErrorContains(t, err, `read "many ns/req" of benchmark X`)
}

func TestRatiosSayWhatIsMissed(t *testing.T) {
	results, err := Read(strings.NewReader("BenchmarkX/a\t1\t40 ns/req\nBenchmarkX/b\t1\t10 ns/req\n"))
	require.NoError(t, err)
	var table strings.Builder
	require.NoError(t, results.Ratios(&table, []Ratio{
		{Title: "enough", Unit: "ns/req", Of: "X/a", By: "X/b", Bound: 4, AtLeast: true},
		{Title: "too little", Unit: "ns/req", Of: "X/a", By: "X/b", Bound: 4.1, AtLeast: true},
		{Title: "few enough", Unit: "ns/req", Of: "X/b", By: "X/a", Bound: 0.25},
		{Title: "too much", Unit: "ns/req", Of: "X/b", By: "X/a", Bound: 0.2},
		{Title: "alone", Unit: "ns/req", Of: "X/a", Bound: 41},
		{Title: "alone and unknown", Unit: "ns/req", Of: "X/c", Bound: 41},
		{Title: "unknown", Unit: "ns/req", Of: "X/b", By: "X/c", Bound: 0.2},
	}))
	lines := strings.Split(strings.TrimSpace(table.String()), "\n")
	require.Len(t, lines, 6, "what was not measured is left out")
	for i, verdict := range []string{"yes", "MISSED", "yes", "MISSED", "yes"} {
		assert.True(t, strings.HasSuffix(strings.TrimSpace(lines[i+1]), verdict), lines[i+1])
	}
	assert.Contains(t, lines[1], "40 / 10")
	assert.Contains(t, lines[1], "4.00")
}

func TestMediansGroupSubjects(t *testing.T) {
	results, err := Read(strings.NewReader("BenchmarkX/s=1/a\t1\t40 ns/req\nBenchmarkX/s=1/b\t1\t2e6 spans/s\nBenchmarkX/s=2/a\t1\t1 ns/req\n"))
	require.NoError(t, err)
	var table strings.Builder
	require.NoError(t, results.Medians(&table, []string{"ns/req", "spans/s"}))
	assert.Equal(t, 2, strings.Count(table.String(), "ns/req"), "a heading for each group")
	assert.Equal(t, 1, strings.Count(table.String(), "spans/s"), "only where somebody has it")
	assert.Contains(t, table.String(), "2M")
}
