// SPDX-License-Identifier: Apache-2.0

package mapmode

import "fmt"

// A scenario has no more points than fit into memory before the clock starts. One of the larger number of
// attributes takes about four times as much.
const (
	maxPoints       = 2_000_000
	maxLargePoints  = 500_000
	smallAttributes = 3
	largeAttributes = 20
)

// Scenario is one load that every subject of its signal gets.
type Scenario struct {
	Signal     string // metrics or logs
	Keys       int
	Duplicates int // how often each key is sent
	Attributes int // of a point, next to the ten of its resource
	Producers  int
}

// Name is the name of a subject's benchmark in this scenario.
func (s Scenario) Name(subject string) string {
	return fmt.Sprintf("map-%s/keys=%d/dup=%d/attrs=%d/producers=%d/subject=%s",
		s.Signal, s.Keys, s.Duplicates, s.Attributes, s.Producers, subject)
}

// Shrunk is the scenario with fewer keys. Results keep the name of the one in the plan.
func (s Scenario) Shrunk(by int) Scenario {
	s.Keys = max(s.Keys/by, min(s.Keys, requestPoints))
	return s
}

// Plan is the scenarios of a signal that take about a minute on two cores, for all subjects together with those
// of the other signal.
func Plan(signal string) []Scenario {
	var all []Scenario
	for _, s := range []struct {
		keys, duplicates, attributes int
		producers                    []int
	}{
		{10_000, 10, smallAttributes, []int{1, 4, 64}}, // the usual case
		{10_000, 10, largeAttributes, []int{1, 64}},
		{100, 100, smallAttributes, []int{1, 64}}, // nothing but updates, and few keys to fight for
		{10_000, 1, smallAttributes, []int{1}},    // nothing but new keys
		{1_000_000, 1, smallAttributes, []int{4}}, // more than any cache holds
	} {
		for _, producers := range s.producers {
			all = append(all, Scenario{signal, s.keys, s.duplicates, s.attributes, producers})
		}
	}
	return all
}

// FullPlan is the whole product of keys, duplicates, producers and attributes. Where that has too many points it
// has fewer duplicates, and where one of each key is too much it is left out.
func FullPlan(signal string) []Scenario {
	var all []Scenario
	for _, attributes := range []int{smallAttributes, largeAttributes} {
		most := maxPoints
		if attributes == largeAttributes {
			most = maxLargePoints
		}
		for _, keys := range []int{100, 10_000, 1_000_000} {
			last := 0
			for _, duplicates := range []int{1, 10, 100} {
				duplicates = min(duplicates, most/keys)
				if duplicates == last {
					continue
				}
				last = duplicates
				for _, producers := range []int{1, 4, 64} {
					all = append(all, Scenario{signal, keys, duplicates, attributes, producers})
				}
			}
		}
	}
	return all
}

// Points is how many points all requests have together.
func (s Scenario) Points() int { return s.Keys * s.Duplicates }
