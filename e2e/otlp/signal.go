// SPDX-License-Identifier: Apache-2.0

package otlp

import "fmt"

// Signal is a kind of telemetry data, by its name in a pipeline.
type Signal string

// The signals of the Collector.
const (
	Traces   Signal = "traces"
	Logs     Signal = "logs"
	Metrics  Signal = "metrics"
	Profiles Signal = "profiles"
)

func (s Signal) path() string {
	if s == Profiles {
		return "/v1development/profiles"
	}
	return "/v1/" + string(s)
}

// Spec says what a request carries: Count items with the ids First, First+1, ...
// under resource number Resource.
type Spec struct {
	Signal   Signal
	First    int64
	Count    int
	Resource int
}

// Request is an OTLP export request of any signal.
type Request interface {
	MarshalProto() ([]byte, error)
	MarshalJSON() ([]byte, error)
}

// Build makes the request that spec describes. Equal specs give equal requests.
func Build(spec Spec) Request {
	switch spec.Signal {
	case Traces:
		return buildTraces(spec)
	case Logs:
		return buildLogs(spec)
	case Metrics:
		return buildMetrics(spec)
	case Profiles:
		return buildProfiles(spec)
	default:
		panic(fmt.Sprintf("unknown signal %q", spec.Signal))
	}
}
