// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
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
	builder      *metadata.TelemetryBuilder
	registration metric.Registration
	common       metric.MeasurementOption
	triggers     map[partbuffer.Trigger]metric.MeasurementOption
	maxKeys      metric.MeasurementOption // what overflow is for the entries of Map mode
}

// observed is the processor as its telemetry sees it.
type observed interface {
	reading() reading
	partitionCount() int
	capacityItems() int
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
	err = t.observe(metadata.Meter(set.TelemetrySettings), source, dropped)
	return t, err
}

// observe registers one callback for all that is read at a collection, so that lanes are walked once, and the terms
// are of one moment.
func (t *telemetry) observe(meter metric.Meter, source observed, dropped [reasons]metric.MeasurementOption) (err error) {
	b := t.builder
	t.registration, err = meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		now := source.reading()
		o.ObserveInt64(b.ProcessorPartbufferAcceptedItems, now.accepted, t.common)
		o.ObserveInt64(b.ProcessorPartbufferDeliveredItems, now.delivered, t.common)
		o.ObserveInt64(b.ProcessorPartbufferSupersededItems, now.superseded, t.common)
		o.ObserveInt64(b.ProcessorPartbufferBufferedItems, now.buffered, t.common)
		o.ObserveInt64(b.ProcessorPartbufferInFlightItems, now.inFlight, t.common)
		o.ObserveInt64(b.ProcessorPartbufferRefusedItems, now.refused, t.common)
		for i, n := range now.dropped {
			o.ObserveInt64(b.ProcessorPartbufferDroppedItems, n, dropped[i])
		}
		o.ObserveInt64(b.ProcessorPartbufferLanes, int64(now.lanes), t.common)
		o.ObserveInt64(b.ProcessorPartbufferLiveKeys, int64(now.live), t.common)
		o.ObserveInt64(b.ProcessorPartbufferRememberedKeys, int64(now.remembered), t.common)
		o.ObserveInt64(b.ProcessorPartbufferPartitions, int64(source.partitionCount()), t.common)
		o.ObserveInt64(b.ProcessorPartbufferCapacityItems, int64(source.capacityItems()), t.common)
		return nil
	}, b.ProcessorPartbufferAcceptedItems, b.ProcessorPartbufferDeliveredItems, b.ProcessorPartbufferSupersededItems,
		b.ProcessorPartbufferBufferedItems, b.ProcessorPartbufferInFlightItems, b.ProcessorPartbufferRefusedItems,
		b.ProcessorPartbufferDroppedItems, b.ProcessorPartbufferLanes, b.ProcessorPartbufferLiveKeys,
		b.ProcessorPartbufferRememberedKeys, b.ProcessorPartbufferPartitions, b.ProcessorPartbufferCapacityItems)
	return err
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

func (t *telemetry) shutdown() {
	_ = t.registration.Unregister() // the only error is that of an unknown callback
	t.builder.Shutdown()
}
