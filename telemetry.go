// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/partbuffer/partbufferprocessor/internal/metadata"
	"github.com/partbuffer/partbufferprocessor/partbuffer"
)

// telemetry is what a processor tells about itself. It is safe for concurrent use. The terms of the identity
// are read when they are collected, so that a push costs nothing for them.
type telemetry struct {
	builder  *metadata.TelemetryBuilder
	common   metric.MeasurementOption
	triggers map[partbuffer.Trigger]metric.MeasurementOption
	maxKeys  metric.MeasurementOption // what overflow is for the entries of Map mode
}

// observed is the processor as its telemetry sees it.
type observed interface {
	balance() balance
	laneCount() int
	partitionCount() int
	capacityItems() int
	keyCounts() (live, remembered int)
}

func newTelemetry(set processor.Settings, signal pipeline.Signal, source observed) (*telemetry, error) {
	builder, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	attributes := []attribute.KeyValue{
		attribute.String("processor", set.ID.String()), attribute.String("otel.signal", signal.String()),
	}
	with := func(more ...attribute.KeyValue) metric.MeasurementOption {
		return metric.WithAttributeSet(attribute.NewSet(append(more, attributes...)...))
	}
	t := &telemetry{builder: builder, common: with(), triggers: map[partbuffer.Trigger]metric.MeasurementOption{}}
	for trigger := partbuffer.TriggerSize; trigger <= partbuffer.TriggerShutdown; trigger++ {
		t.triggers[trigger] = with(attribute.String("trigger", trigger.String()))
	}
	t.maxKeys = with(attribute.String("trigger", "max_keys"))
	var dropped [reasons]metric.MeasurementOption
	for i := range dropped {
		dropped[i] = with(attribute.String("reason", reason(i).String()))
	}
	err = t.observe(source, dropped)
	return t, err
}

func (t *telemetry) observe(source observed, dropped [reasons]metric.MeasurementOption) error {
	read := func(value func() int64) metric.Int64Callback {
		return func(_ context.Context, o metric.Int64Observer) error {
			o.Observe(value(), t.common)
			return nil
		}
	}
	term := func(of func(balance) int64) metric.Int64Callback {
		return read(func() int64 { return of(source.balance()) })
	}
	b := t.builder
	return errors.Join(
		b.RegisterProcessorPartbufferAcceptedItemsCallback(term(func(b balance) int64 { return b.accepted })),
		b.RegisterProcessorPartbufferDeliveredItemsCallback(term(func(b balance) int64 { return b.delivered })),
		b.RegisterProcessorPartbufferSupersededItemsCallback(term(func(b balance) int64 { return b.superseded })),
		b.RegisterProcessorPartbufferBufferedItemsCallback(term(func(b balance) int64 { return b.buffered })),
		b.RegisterProcessorPartbufferInFlightItemsCallback(term(func(b balance) int64 { return b.inFlight })),
		b.RegisterProcessorPartbufferRefusedItemsCallback(term(func(b balance) int64 { return b.refused })),
		b.RegisterProcessorPartbufferDroppedItemsCallback(func(_ context.Context, o metric.Int64Observer) error {
			for i, n := range source.balance().dropped {
				o.Observe(n, dropped[i])
			}
			return nil
		}),
		b.RegisterProcessorPartbufferLanesCallback(read(func() int64 { return int64(source.laneCount()) })),
		b.RegisterProcessorPartbufferPartitionsCallback(read(func() int64 { return int64(source.partitionCount()) })),
		b.RegisterProcessorPartbufferCapacityItemsCallback(read(func() int64 { return int64(source.capacityItems()) })),
		b.RegisterProcessorPartbufferLiveKeysCallback(read(func() int64 { live, _ := source.keyCounts(); return int64(live) })),
		b.RegisterProcessorPartbufferRememberedKeysCallback(read(func() int64 { _, n := source.keyCounts(); return int64(n) })),
	)
}

func (b *buffer[D]) laneCount() int {
	b.lanes.mu.RLock()
	defer b.lanes.mu.RUnlock()
	return len(b.lanes.live)
}

func (b *buffer[D]) partitionCount() int { return b.partitions }

func (b *buffer[D]) capacityItems() int {
	if b.cfg.Mode == modeMap {
		return b.cfg.keyCapacity().Items
	}
	return b.cfg.capacity().Items
}

func (b *buffer[D]) keyCounts() (live, remembered int) {
	s, _ := b.lanes.stats()
	return s.live, s.remembered
}

func (t *telemetry) batch(ctx context.Context, trigger partbuffer.Trigger, oldestWait time.Duration) {
	t.flush(ctx, t.triggers[trigger], oldestWait)
}

// window is batch for the entries of Map mode.
func (t *telemetry) window(ctx context.Context, trigger partbuffer.Trigger, oldestWait time.Duration) {
	if trigger == partbuffer.TriggerOverflow {
		t.flush(ctx, t.maxKeys, oldestWait)
		return
	}
	t.batch(ctx, trigger, oldestWait)
}

func (t *telemetry) flush(ctx context.Context, trigger metric.MeasurementOption, oldestWait time.Duration) {
	t.builder.ProcessorPartbufferFlushes.Add(ctx, 1, trigger)
	t.builder.ProcessorPartbufferOldestWait.Record(ctx, oldestWait.Seconds(), t.common)
}

// size records how large a batch is; bytes is called only where somebody wants to know.
func (t *telemetry) size(ctx context.Context, items int, bytes func() int) {
	t.builder.ProcessorPartbufferBatchItems.Record(ctx, int64(items), t.common)
	if t.builder.ProcessorPartbufferBatchBytes.Enabled(ctx) {
		t.builder.ProcessorPartbufferBatchBytes.Record(ctx, int64(bytes()), t.common)
	}
}

func (t *telemetry) delivered(ctx context.Context, took time.Duration) {
	t.builder.ProcessorPartbufferDeliveryDuration.Record(ctx, took.Seconds(), t.common)
}

func (t *telemetry) retry(ctx context.Context) {
	t.builder.ProcessorPartbufferRetries.Add(ctx, 1, t.common)
}

func (t *telemetry) failedExpressions(ctx context.Context, items int) {
	t.builder.ProcessorPartbufferFailedExpressions.Add(ctx, int64(items), t.common)
}

func (t *telemetry) oversize(ctx context.Context) {
	t.builder.ProcessorPartbufferOversizeItems.Add(ctx, 1, t.common)
}

func (t *telemetry) shutdown() { t.builder.Shutdown() }
