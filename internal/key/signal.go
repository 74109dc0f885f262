// SPDX-License-Identifier: Apache-2.0

package key

// Signal is the kind of telemetry a key is compiled for; it decides which
// paths exist. The zero value is [Traces]. Safe for concurrent use.
type Signal uint8

// The signals that have key paths.
const (
	Traces Signal = iota
	Logs
	Metrics
	Profiles
)

// String returns the signal's name as configurations and telemetry spell it.
func (s Signal) String() string {
	switch s {
	case Traces:
		return "traces"
	case Logs:
		return "logs"
	case Metrics:
		return "metrics"
	case Profiles:
		return "profiles"
	default:
		return "unknown signal"
	}
}

// Level is a layer of the telemetry data model. Levels are ordered: what a
// deeper level holds is part of exactly one thing of the level above. Safe for
// concurrent use.
type Level uint8

// The levels, outermost first. Traces, logs and profiles have no [Metric].
const (
	Resource Level = iota
	Scope
	Metric
	Item

	levels = int(Item) + 1
)
