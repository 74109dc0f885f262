// SPDX-License-Identifier: Apache-2.0

package load

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Resources is how many different resources the requests come from.
const Resources = 20

// templates is how many encoded requests each resource has to draw from. What makes a span unique (ids, times)
// is set for every request.
const templates = 16

// makers is how many goroutines make requests. Each makes a contiguous part, so that requests lie in memory in
// about the order in which they are sent.
const makers = 2

// Source makes requests of one size. It is safe for concurrent use.
type Source struct {
	encoded [][]byte
	spans   int
}

// NewSource returns a source of requests of the given number of spans, all of one resource and scope.
func NewSource(spans int) (*Source, error) {
	var encode ptrace.ProtoMarshaler
	random := rand.New(rand.NewPCG(1, uint64(spans)))
	s := &Source{spans: spans}
	for r := range Resources {
		for range templates {
			bytes, err := encode.MarshalTraces(request(r, spans, random))
			if err != nil {
				return nil, fmt.Errorf("encode a request template: %w", err)
			}
			s.encoded = append(s.encoded, bytes)
		}
	}
	return s, nil
}

// Requests makes n requests. The same seed makes the same requests.
func (s *Source) Requests(n int, seed uint64) ([]ptrace.Traces, error) {
	requests := make([]ptrace.Traces, n)
	errs := make([]error, makers)
	var wg sync.WaitGroup
	for m := range makers {
		wg.Go(func() {
			part := requests[n*m/makers : n*(m+1)/makers]
			errs[m] = s.NewMaker(seed, uint64(m)).Make(part)
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return requests, nil
}

// Spans is how many spans a request has.
func (s *Source) Spans() int { return s.spans }

// Maker makes requests one after the other. It is not safe for concurrent use.
type Maker struct {
	source *Source
	random *rand.Rand
	start  time.Time
}

// NewMaker returns a Maker. The same seeds make the same requests.
func (s *Source) NewMaker(seed1, seed2 uint64) *Maker {
	return &Maker{
		source: s, random: rand.New(rand.NewPCG(seed1, seed2)),
		start: time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC),
	}
}

// Make overwrites all of requests with the next ones.
func (m *Maker) Make(requests []ptrace.Traces) error {
	var decode ptrace.ProtoUnmarshaler
	for i := range requests {
		td, err := decode.UnmarshalTraces(m.source.encoded[m.random.IntN(len(m.source.encoded))])
		if err != nil {
			return fmt.Errorf("decode a request template: %w", err)
		}
		makeUnique(td.ResourceSpans().At(0).ScopeSpans().At(0).Spans(), m.random, m.start)
		m.start = m.start.Add(time.Microsecond)
		requests[i] = td
	}
	return nil
}

// makeUnique makes spans one trace, whose root is the first.
func makeUnique(spans ptrace.SpanSlice, random *rand.Rand, start time.Time) {
	var trace pcommon.TraceID
	binary.BigEndian.PutUint64(trace[:8], random.Uint64())
	binary.BigEndian.PutUint64(trace[8:], random.Uint64())
	var parent pcommon.SpanID
	for _, span := range spans.All() {
		span.SetTraceID(trace)
		span.SetParentSpanID(parent)
		binary.BigEndian.PutUint64(parent[:], random.Uint64())
		span.SetSpanID(parent)
		span.SetStartTimestamp(pcommon.NewTimestampFromTime(start))
		span.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(time.Duration(random.IntN(int(time.Second))))))
	}
}
