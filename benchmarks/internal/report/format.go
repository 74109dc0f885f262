// SPDX-License-Identifier: Apache-2.0

package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Value is one measured value with its unit, for example 129.5 ns/req.
type Value struct {
	Amount float64
	Unit   string
}

// Line writes one run of a benchmark. The name has no white space and no "Benchmark" in front.
func Line(w io.Writer, name string, n int, values ...Value) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Benchmark%s\t%d", name, n)
	for _, v := range values {
		b.WriteString("\t" + strconv.FormatFloat(v.Amount, 'g', 5, 64) + " " + v.Unit)
	}
	if _, err := fmt.Fprintln(w, b.String()); err != nil {
		return fmt.Errorf("write the result of %s: %w", name, err)
	}
	return nil
}

// Results are the runs of several benchmarks.
type Results struct {
	names []string // in the order of their first run
	runs  map[string]map[string][]float64
}

// Read reads what Line wrote. Other lines are skipped.
func Read(r io.Reader) (*Results, error) {
	res := &Results{runs: map[string]map[string][]float64{}}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		name, ok := strings.CutPrefix(lines.Text(), "Benchmark")
		if !ok {
			continue
		}
		fields := strings.Split(name, "\t")
		if res.runs[fields[0]] == nil {
			res.runs[fields[0]] = map[string][]float64{}
			res.names = append(res.names, fields[0])
		}
		for _, field := range fields[min(2, len(fields)):] {
			amount, unit, _ := strings.Cut(field, " ")
			value, err := strconv.ParseFloat(amount, 64)
			if err != nil {
				return nil, fmt.Errorf("read %q of benchmark %s: %w", field, fields[0], err)
			}
			res.runs[fields[0]][unit] = append(res.runs[fields[0]][unit], value)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read results: %w", err)
	}
	return res, nil
}

// Median returns the median of a benchmark's runs, and false where there is none.
func (r *Results) Median(name, unit string) (float64, bool) {
	values := slices.Sorted(slices.Values(r.runs[name][unit]))
	if len(values) == 0 {
		return 0, false
	}
	mid := len(values) / 2
	if len(values)%2 == 1 {
		return values[mid], true
	}
	return (values[mid-1] + values[mid]) / 2, true
}
