// SPDX-License-Identifier: Apache-2.0

package subject

import (
	"context"
	"errors"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/xpdata/pref"
)

// Floor returns what no buffer can beat: a private buffer for each producer, without synchronization, timer,
// limits or telemetry, that delivers on the producer's own goroutine.
func Floor() Subject {
	return Subject{Name: "floor", Start: func(_ context.Context, next consumer.Traces) (Pipeline, error) {
		return &floor{next: next}, nil
	}}
}

type floor struct {
	next    consumer.Traces
	buffers []*privateBuffer
}

func (f *floor) Producer() consumer.ConsumeTracesFunc {
	b := &privateBuffer{next: f.next}
	f.buffers = append(f.buffers, b)
	return b.consume
}

func (f *floor) Shutdown(ctx context.Context) error {
	var errs []error
	for _, b := range f.buffers {
		errs = append(errs, b.flush(ctx))
	}
	return errors.Join(errs...)
}

type privateBuffer struct {
	next     consumer.Traces
	requests []ptrace.Traces
	spans    int
}

func (b *privateBuffer) consume(ctx context.Context, td ptrace.Traces) error {
	pref.RefTraces(td)
	b.requests = append(b.requests, td)
	b.spans += td.SpanCount()
	if b.spans < BatchSize {
		return nil
	}
	return b.flush(ctx)
}

func (b *privateBuffer) flush(ctx context.Context) error {
	if b.spans == 0 {
		return nil
	}
	batch := ptrace.NewTraces()
	for _, td := range b.requests {
		td.ResourceSpans().MoveAndAppendTo(batch.ResourceSpans())
		pref.UnrefTraces(td)
	}
	clear(b.requests)
	b.requests, b.spans = b.requests[:0], 0
	return b.next.ConsumeTraces(ctx, batch)
}
