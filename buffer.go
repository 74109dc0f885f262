// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/xpdata/pref"
	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"

	"github.com/partbuffer/partbufferprocessor/internal/key"
	"github.com/partbuffer/partbufferprocessor/internal/metadata"
	"github.com/partbuffer/partbufferprocessor/internal/signal"
	"github.com/partbuffer/partbufferprocessor/partbuffer"
)

// traits are what makes a buffer one of traces, metrics, logs or profiles.
type traits[D comparable] struct {
	pipeline    pipeline.Signal
	key         key.Signal
	partitionBy []string // where the configuration names nothing
	signal      signal.Signal[D]
	group       func(dst []signal.Part[D], data D, k *key.Key, n int) []signal.Part[D]
	deliver     func(context.Context, D) error
	mutates     bool // the next component may change what is delivered
	// mapMode makes what each lane has in Map mode. nil = the signal has no such mode.
	mapMode    func(b *buffer[D]) (func(*lane[D]) (newest[D], error), error)
	mergeGrows bool // merging may add bytes
}

// buffer is the processor of one pipeline: it takes requests in, by lane and partition, and delivers batches.
// It is safe for concurrent use.
type buffer[D comparable] struct {
	traits[D]
	cfg        *Config
	logger     *zap.Logger
	tracer     trace.Tracer
	traces     bool // the tracer makes spans
	pooled     bool // pdata takes back what nobody references
	account    *account
	telemetry  *telemetry
	partitions int
	route      *key.Key // nil = adaptive
	cutter     cutter[D]
	lanes      *lanes[D]
	mergers    sync.Pool // of signal.Merger[D]
	scratch    sync.Pool // of *routed[D]
	spanName   string
	health     health
	closing    chan struct{} // closed when Shutdown begins: nothing is tried more than once again
	stopping   sync.Once
	ended      atomic.Bool

	oversizeLog, panicLog, retryLog, refusalLog *occasional
	lossLogs                                    [reasons]*occasional
}

func newBuffer[D comparable](set processor.Settings, cfg *Config, tr traits[D]) (*buffer[D], error) {
	b := &buffer[D]{
		traits: tr, cfg: cfg, logger: set.Logger.WithOptions(zap.AddStacktrace(zap.FatalLevel)), tracer: metadata.Tracer(set.TelemetrySettings),
		account: &account{}, partitions: cfg.partitions(),
		cutter:      cutter[D]{signal: tr.signal, bytes: cfg.sizesBytes()},
		spanName:    "processor/" + set.ID.String() + "/" + tr.pipeline.String(),
		closing:     make(chan struct{}),
		oversizeLog: newOccasional(time.Minute), panicLog: newOccasional(time.Minute), retryLog: newOccasional(lossLogInterval),
		refusalLog: newOccasional(lossLogInterval),
	}
	for i := range b.lossLogs {
		b.lossLogs[i] = newOccasional(lossLogInterval)
	}
	b.lossLogs[reasonPanic] = newOccasional(time.Minute)
	b.health.logger, b.health.signal = b.logger, tr.pipeline.String()
	b.traces = makesSpans(b.tracer)
	b.pooled = pref.UseProtoPooling.IsEnabled()
	b.mergers.New = func() any { return tr.signal.NewMerger(cfg.MergeResources) }
	b.scratch.New = func() any { return &routed[D]{} }
	if err := b.parseRoute(); err != nil {
		return nil, err
	}
	overflow, err := cfg.overflow()
	if err != nil {
		return nil, err
	}
	var openNewest func(*lane[D]) (newest[D], error)
	if cfg.Mode == modeMap {
		if tr.mapMode == nil {
			return nil, fmt.Errorf(`mode is "map", must be "queue" for %s: their items have no identity of their own`, tr.pipeline)
		}
		if openNewest, err = tr.mapMode(b); err != nil {
			return nil, err
		}
	}
	group := partbuffer.NewGroup(cfg.capacity())
	b.lanes, err = newLanes(cfg, func(info client.Info) (made *lane[D], err error) {
		made = &lane[D]{info: info, condition: condition{health: &b.health}}
		if made.queue, err = b.openQueue(made, overflow, group); err != nil || openNewest == nil {
			return made, err
		}
		made.newest, err = openNewest(made)
		return made, err
	})
	if err != nil {
		return nil, err
	}
	b.telemetry, err = newTelemetry(set, tr.pipeline, b)
	return b, err
}

func (b *buffer[D]) parseRoute() (err error) {
	paths := b.cfg.PartitionBy
	if len(paths) == 0 {
		paths = b.partitionBy
	}
	if len(paths) == 0 || (b.partitions == 1 && len(b.cfg.PartitionBy) == 0) {
		return nil
	}
	if b.route, err = key.Parse(b.key, paths); err != nil {
		return fmt.Errorf("partition_by is [%s]: %w", quoted(paths), err)
	}
	return nil
}

func (b *buffer[D]) openQueue(l *lane[D], overflow partbuffer.Overflow, group *partbuffer.Group) (*partbuffer.Queue[request[D]], error) {
	d := &delivery[D]{buffer: b, lane: l}
	opts := partbuffer.QueueOptions[request[D]]{
		Process:    d.process,
		Limits:     b.cfg.limits(),
		Partitions: b.partitions,
		Weigh:      weighRequest[D],
		Split:      b.cutter.cut,
		Overflow:   overflow,
		Observer:   partbuffer.Observer[request[D]]{Dropped: b.lost},
	}
	if b.route != nil {
		opts.Route = routeRequest[D]
	}
	if len(b.cfg.MetadataKeys) > 0 {
		opts.Group = group
	} else {
		opts.Limits.Capacity = group.Capacity()
	}
	return partbuffer.NewQueue(opts)
}

// Capabilities says that requests are taken apart.
func (*buffer[D]) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: true}
}

// Start remembers whom to tell about failed deliveries: a buffer has no goroutine before there is something to deliver.
func (b *buffer[D]) Start(_ context.Context, host component.Host) error {
	b.health.begin(host)
	return nil
}
