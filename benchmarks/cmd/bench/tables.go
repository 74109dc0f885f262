// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/report"
)

// header says what was run and where, in the "key: value" lines of Go's benchmark format.
func header(o options) string {
	var b strings.Builder
	fmt.Fprintf(&b, "command: bash run.sh (suite %s, runs %d, shrink %d, only %q, GOGC %d, full %t)\n",
		o.suite, o.runs, o.shrink, o.only, o.garbageTarget, o.fullPlan)
	fmt.Fprintf(&b, "commit: %s\n", o.commit)
	fmt.Fprintf(&b, "go: %s\n", runtime.Version())
	fmt.Fprintf(&b, "goos: %s\ngoarch: %s\n", runtime.GOOS, runtime.GOARCH)
	fmt.Fprintf(&b, "pkg: github.com/partbuffer/partbufferprocessor/benchmarks\n")
	fmt.Fprintf(&b, "cpu: %s\ncores: %d\n", processor(), runtime.GOMAXPROCS(0))
	return b.String()
}

// processor is the CPU's name where the system tells it.
func processor() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "unknown"
	}
	defer f.Close() //nolint:errcheck // it was only read
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), ":")
		if strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

func writeTables(o options, head, runs string, stdout io.Writer) error {
	results, err := report.Read(strings.NewReader(runs))
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nMedians.\n", head)
	if err := results.Medians(&b, append(units, mapUnits...)); err != nil {
		return err
	}
	b.WriteString("\nWhat the project promises, from the medians above.\n\n")
	if err := results.Ratios(&b, append(required(), requiredOfMap()...)); err != nil {
		return err
	}
	if o.tablesFile != "" {
		if err := os.WriteFile(o.tablesFile, []byte(b.String()), 0o600); err != nil {
			return fmt.Errorf("write -tables: %w", err)
		}
	}
	if _, err := io.WriteString(stdout, b.String()); err != nil {
		return fmt.Errorf("write the tables: %w", err)
	}
	return nil
}
