// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"time"

	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/destination"
	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/subject"
)

const slowDelay = 5 * time.Millisecond

// scenario is one load that every subject gets.
type scenario struct {
	kind             string // push, slow or export
	spans, producers int
	requests         int
	subjects         []subject.Subject
	destination      func() destination.Destination
	asRun            bool // requests are made as they are sent, and the garbage collector is on
}

// asRunGOGC is the Go default, with which a Collector runs.
const asRunGOGC = 100

func (s scenario) name() string {
	return fmt.Sprintf("%s/spans=%d/producers=%d", s.kind, s.spans, s.producers)
}

func benchName(kind string, spans, producers int, subject string) string {
	return scenario{kind: kind, spans: spans, producers: producers}.name() + "/subject=" + subject
}

// starved is how many requests the exporterhelper adapter gets at upstream's defaults: 10 per flush interval are
// all that its queue takes.
const starved = 40

func (s scenario) requestsFor(subject string) int {
	if subject == exporterHelperDefaults {
		return min(s.requests, starved)
	}
	return s.requests
}

const (
	partbufferName         = "partbuffer"
	partbufferAppend       = "partbuffer-append"
	stockName              = "batch"
	exporterHelperDefaults = "exporterhelper-defaults"
	exporterHelperTuned    = "exporterhelper-tuned"
	floorName              = "floor"
)

// plan is all scenarios, at full length divided by shrink.
func plan(shrink int) []scenario {
	appending := map[string]any{"merge_resources": false}
	// The adapter's settings are the best of 1 to 64 consumers and room for 4 to 256 batches. Against an instant
	// destination they make little difference, as long as there is room for 16 batches.
	const room, slowRoom = 16 * subject.BatchSize, 64 * subject.BatchSize
	push := []subject.Subject{
		subject.Partbuffer(partbufferName, appending), subject.Stock(0), subject.ExporterHelperTuned(room, 4),
		subject.ExporterHelperDefaults(), subject.Floor(),
	}
	slow := []subject.Subject{
		subject.Partbuffer(partbufferName, map[string]any{"merge_resources": false, "partitions": 16}), subject.Stock(0),
		subject.ExporterHelperTuned(slowRoom, 16), subject.ExporterHelperDefaults(), subject.Floor(),
	}
	export := []subject.Subject{
		subject.Partbuffer(partbufferName, nil), subject.Partbuffer(partbufferAppend, appending), subject.Stock(0),
		subject.ExporterHelperTuned(room, 4), subject.ExporterHelperDefaults(), subject.Floor(),
	}
	var all []scenario
	for _, size := range []struct{ spans, push, slow, export int }{
		{1, 200_000, 200_000, 200_000},
		{20, 25_000, 50_000, 15_000},
		{500, 1_000, 2_000, 600},
	} {
		for _, producers := range []int{1, 4, 20, 64} {
			all = append(all, scenario{
				kind: "export", spans: size.spans, producers: producers, requests: size.export / shrink,
				subjects: export, destination: destination.NewEncoding, asRun: true,
			})
		}
		for _, producers := range []int{1, 4, 64} {
			all = append(all,
				scenario{
					kind: "push", spans: size.spans, producers: producers, requests: size.push / shrink,
					subjects: push, destination: destination.NewInstant,
				},
				scenario{
					kind: "slow", spans: size.spans, producers: producers, requests: size.slow / shrink,
					subjects: slow, destination: func() destination.Destination { return destination.NewSlow(slowDelay) },
				})
		}
	}
	return all
}
