// SPDX-License-Identifier: Apache-2.0

package collector

import (
	"encoding/json"
	"slices"
	"strings"
)

// Logged returns the fields of the lines so far that have this message, in order.
func (p *Process) Logged(message string) []map[string]any {
	return logged(p.Logs(), message)
}

// logged reads the Collector's console encoding: time, level, caller, message
// and fields, with tabs between them.
func logged(text, message string) (lines []map[string]any) {
	for line := range strings.Lines(text) {
		columns := strings.Split(strings.TrimSpace(line), "\t")
		if !slices.Contains(columns, message) {
			continue
		}
		var fields map[string]any
		if json.Unmarshal([]byte(columns[len(columns)-1]), &fields) == nil {
			lines = append(lines, fields)
		}
	}
	return lines
}
