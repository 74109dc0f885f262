// SPDX-License-Identifier: Apache-2.0

package key

import "fmt"

// naturalPaths name what makes an item the same thing again at another time.
var naturalPaths = map[Signal][]string{
	Traces:  {"trace_id", "span_id"},
	Logs:    {"resource", "scope", "event_name", "severity_number", "body", "attributes", "trace_id", "span_id"},
	Metrics: {"resource", "scope", "metric", "attributes"},
}

// Natural returns the key of a signal's natural identity: the ids of a span,
// everything but the times of a log record, the stream of a data point. Safe
// for concurrent use. A signal without one is an error: the items of profiles
// have nothing that tells them apart.
func Natural(signal Signal) (*Key, error) {
	paths, ok := naturalPaths[signal]
	if !ok {
		return nil, fmt.Errorf("%s have no natural identity", signal)
	}
	return Parse(signal, paths)
}
