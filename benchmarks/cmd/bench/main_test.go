// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/mapmode"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRunWritesRunsAndTables(t *testing.T) {
	runs, tables := filepath.Join(t.TempDir(), "runs.txt"), filepath.Join(t.TempDir(), "tables.txt")
	var out strings.Builder
	var progress []string
	o := options{
		runs: 2, shrink: 200, only: "/spans=1/producers=4/subject=(partbuffer|batch)$", runsFile: runs, tablesFile: tables,
		commit: "abc123", garbageTarget: 100, suite: "queue",
	}
	require.NoError(t, run(t.Context(), o, &out, func(line string) { progress = append(progress, line) }))

	text, err := os.ReadFile(filepath.Clean(runs))
	require.NoError(t, err)
	for _, kind := range []string{"push", "slow", "export"} {
		for _, subject := range []string{partbufferName, stockName} {
			line := "Benchmark" + benchName(kind, 1, 4, subject) + "\t"
			assert.Equal(t, 2, strings.Count(string(text), line), line)
		}
	}
	assert.Contains(t, string(text), "commit: abc123\n")
	assert.Len(t, progress, 2)

	kept, err := os.ReadFile(filepath.Clean(tables))
	require.NoError(t, err)
	assert.Equal(t, out.String(), string(kept))
	assert.Contains(t, out.String(), "encode and gzip, 4 producers, 1 span: batch / partbuffer")
	assert.NotContains(t, out.String(), "NaN")

	var again strings.Builder
	require.NoError(t, run(t.Context(), options{from: runs}, &again, nil))
	assert.Equal(t, out.String(), again.String())
}

func TestRunRejectsABadExpression(t *testing.T) {
	err := run(t.Context(), options{only: "("}, &strings.Builder{}, func(string) {})
	require.ErrorContains(t, err, `-only is "("`)
}

func TestMapSuiteComparesWhatItCan(t *testing.T) {
	runs := filepath.Join(t.TempDir(), "runs.txt")
	var out strings.Builder
	o := options{
		runs: 2, shrink: 200, only: "map-.*(producers=64|policy=)", runsFile: runs, garbageTarget: 100, suite: "map",
	}
	require.NoError(t, run(t.Context(), o, &out, func(string) {}))
	text, err := os.ReadFile(filepath.Clean(runs))
	require.NoError(t, err)
	for _, name := range []string{
		"map-metrics/keys=10000/dup=10/attrs=3/producers=64/subject=partbuffer",
		"map-metrics/keys=10000/dup=10/attrs=3/producers=64/subject=interval",
		"map-logs/keys=10000/dup=10/attrs=20/producers=64/subject=floor",
		"map-flood/policy=none/subject=interval",
		"map-flood/policy=reject/subject=partbuffer",
	} {
		assert.Equal(t, 2, strings.Count(string(text), "Benchmark"+name+"\t"), name)
	}
	assert.NotContains(t, string(text), "producers=1/")
	assert.NotContains(t, string(text), "Benchmarkpush")
	assert.Contains(t, out.String(), "10 k keys 10 times, 64 producers: interval / partbuffer")
	assert.NotContains(t, out.String(), "NaN")
}

func TestRunRejectsAnUnknownSuite(t *testing.T) {
	err := run(t.Context(), options{suite: "maps"}, &strings.Builder{}, func(string) {})
	require.ErrorContains(t, err, `-suite is "maps", must be queue, map or all`)
}

// TestRequiredRatiosNameBenchmarks catches a ratio that would never be computed.
func TestRequiredRatiosNameBenchmarks(t *testing.T) {
	planned := map[string]bool{}
	for _, sc := range plan(1) {
		for _, s := range sc.subjects {
			planned[sc.name()+"/subject="+s.Name] = true
		}
	}
	for _, sc := range append(mapmode.Plan("metrics"), mapmode.Plan("logs")...) {
		for _, name := range []string{partbufferName, intervalName, logDedupName} {
			planned[sc.Name(name)] = true
		}
	}
	for _, r := range append(required(), requiredOfMap()...) {
		assert.True(t, planned[r.Of], "%s: %s", r.Title, r.Of)
		assert.True(t, r.By == "" || planned[r.By], "%s: %s", r.Title, r.By)
	}
}
