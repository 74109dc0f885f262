// SPDX-License-Identifier: Apache-2.0

package report

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Ratio compares the medians of two benchmarks.
type Ratio struct {
	Title string
	Unit  string
	// Of is divided by By.
	Of, By string
	// Bound is what the ratio must be: at most that, or at least that where AtLeast is set.
	Bound   float64
	AtLeast bool
}

// Ratios writes a table of ratios, and says which of them keep their bound.
func (r *Results) Ratios(w io.Writer, ratios []Ratio) error {
	var rows strings.Builder
	rows.WriteString("what\tunit\tmedians\tratio\trequired\t\n")
	for _, q := range ratios {
		of, okOf := r.Median(q.Of, q.Unit)
		by, okBy := r.Median(q.By, q.Unit)
		if !okOf || !okBy {
			continue
		}
		ratio := of / by
		sign, kept := "<=", ratio <= q.Bound
		if q.AtLeast {
			sign, kept = ">=", ratio >= q.Bound
		}
		verdict := "yes"
		if !kept {
			verdict = "MISSED"
		}
		fmt.Fprintf(&rows, "%s\t%s\t%.4g / %.4g\t%.2f\t%s %.3g\t%s\n", q.Title, q.Unit, of, by, ratio, sign, q.Bound, verdict)
	}
	return align(w, rows.String(), 0)
}

// Medians writes a table of all benchmarks with a column for each unit, empty where a benchmark does not have
// it. Benchmarks whose names differ only behind the last slash stand together.
func (r *Results) Medians(w io.Writer, units []string) error {
	var rows strings.Builder
	group := ""
	for _, name := range r.names {
		slash := strings.LastIndex(name, "/")
		if name[:slash+1] != group {
			group = name[:slash+1]
			fmt.Fprintf(&rows, "\n%s\t%s\t\n", strings.TrimSuffix(group, "/"), strings.Join(units, "\t"))
		}
		rows.WriteString(name[slash+1:])
		for _, unit := range units {
			rows.WriteString("\t")
			if m, ok := r.Median(name, unit); ok {
				rows.WriteString(short(m))
			}
		}
		rows.WriteString("\t\n")
	}
	return align(w, rows.String(), tabwriter.AlignRight)
}

func short(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%.4gM", v/1e6)
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	default:
		return fmt.Sprintf("%.3f", v)
	}
}

// align writes rows of cells that end in a tab as columns.
func align(w io.Writer, rows string, flags uint) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', flags)
	_, err := io.WriteString(out, rows)
	if err = errors.Join(err, out.Flush()); err != nil {
		return fmt.Errorf("write a table: %w", err)
	}
	return nil
}
