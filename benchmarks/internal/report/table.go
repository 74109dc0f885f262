// SPDX-License-Identifier: Apache-2.0

package report

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// Ratio compares the medians of two benchmarks, or one with its bound.
type Ratio struct {
	Title string
	Unit  string
	// Of is divided by By. Without By it is Of itself that is compared.
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
		medians := fmt.Sprintf("%.4g / %.4g", of, by)
		if q.By == "" {
			by, okBy, medians = 1, true, fmt.Sprintf("%.4g", of)
		}
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
		fmt.Fprintf(&rows, "%s\t%s\t%s\t%.2f\t%s %.3g\t%s\n", q.Title, q.Unit, medians, ratio, sign, q.Bound, verdict)
	}
	return align(w, rows.String(), 0)
}

// Medians writes a table of all benchmarks, with those units that a benchmark of the same group has, empty where
// it has them not. Benchmarks whose names differ only behind the last slash are a group.
func (r *Results) Medians(w io.Writer, units []string) error {
	group := func(name string) string { return name[:strings.LastIndex(name, "/")+1] }
	columns := map[string][]string{}
	for _, unit := range units {
		for _, name := range r.names {
			g := group(name)
			if _, ok := r.Median(name, unit); ok && !slices.Contains(columns[g], unit) {
				columns[g] = append(columns[g], unit)
			}
		}
	}
	var rows strings.Builder
	last := ""
	for _, name := range r.names {
		g := group(name)
		if g != last {
			last = g
			fmt.Fprintf(&rows, "\n%s\t%s\t\n", strings.TrimSuffix(g, "/"), strings.Join(columns[g], "\t"))
		}
		rows.WriteString(name[len(g):])
		for _, unit := range columns[g] {
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
