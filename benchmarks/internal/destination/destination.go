// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"context"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Counts is what a destination has received.
type Counts struct {
	Spans, Batches int64
	// RawBytes and CompressedBytes are 0 where the destination does not encode.
	RawBytes, CompressedBytes int64
}

// Destination is a consumer that counts.
type Destination interface {
	consumer.Traces
	Counts() Counts
}

type counter struct {
	spans, batches atomic.Int64
}

func (c *counter) count(td ptrace.Traces) {
	c.spans.Add(int64(td.SpanCount()))
	c.batches.Add(1)
}

func (c *counter) Counts() Counts {
	return Counts{Spans: c.spans.Load(), Batches: c.batches.Load()}
}

// Capabilities says what an exporter that only encodes says.
func (*counter) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

type instant struct{ counter }

// NewInstant returns a destination that only counts.
func NewInstant() Destination { return &instant{} }

func (i *instant) ConsumeTraces(_ context.Context, td ptrace.Traces) error {
	i.count(td)
	return nil
}

type slow struct {
	counter
	delay time.Duration
}

// NewSlow returns a destination that waits for delay with each batch, and counts.
func NewSlow(delay time.Duration) Destination { return &slow{delay: delay} }

func (s *slow) ConsumeTraces(ctx context.Context, td ptrace.Traces) error {
	timer := time.NewTimer(s.delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		s.count(td)
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
