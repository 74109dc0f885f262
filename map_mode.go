// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"sync"

	"go.uber.org/zap"

	"github.com/partbuffer/partbufferprocessor/internal/key"
	"github.com/partbuffer/partbufferprocessor/internal/signal"
	"github.com/partbuffer/partbufferprocessor/partbuffer"
)

// winner is the newest item of a key so far. ctx is that of its request if it carries a span, else nil.
type winner[I any] struct {
	item I
	ctx  context.Context
}

type entry[I any] = partbuffer.Entry[key.Digest, winner[I]]

// mapMode is what the lanes of a processor share in Map mode. It is safe for concurrent use.
type mapMode[D comparable, I any] struct {
	*buffer[D]
	keeper   signal.Keeper[D, I]
	rules    *signal.Rules
	opts     partbuffer.MapOptions[key.Digest, winner[I]]
	scratch  sync.Pool // of *mapScratch[I]
	builders sync.Pool // of signal.Builder[D, I]
	passing  sync.Pool // the same for items that do not get an attribute

	failedLog, dismissLog, backLog *occasional
}

// mapScratch is what one request needs while it is taken apart. Items that lost are kept for later ones.
type mapScratch[I any] struct {
	plan     signal.Plan
	places   signal.Places
	spare    []I
	entries  []entry[I]
	verdicts []partbuffer.Verdict
}

// mapModeOf returns what traits.mapMode is for a signal.
func mapModeOf[D comparable, I any](keeper signal.Keeper[D, I]) func(*buffer[D]) (func(*lane[D]) (newest[D], error), error) {
	return func(b *buffer[D]) (func(*lane[D]) (newest[D], error), error) {
		m := &mapMode[D, I]{
			buffer: b, keeper: keeper,
			failedLog: newOccasional(lossLogInterval), dismissLog: newOccasional(lossLogInterval), backLog: newOccasional(lossLogInterval),
		}
		cfg := &b.cfg.Map
		var err error
		if m.rules, err = cfg.rules(b.key); err != nil {
			return nil, err
		}
		m.opts = partbuffer.MapOptions[key.Digest, winner[I]]{
			Limits:     b.cfg.windowLimits(),
			Partitions: b.partitions,
			Hash:       func(d key.Digest) uint64 { return d[0] },
			Remember:   cfg.Remember,
			Group:      partbuffer.NewGroup(b.cfg.keyCapacity()),
		}
		if m.opts.Ties, err = ties.choose("map::tie", cfg.Tie); err != nil {
			return nil, err
		}
		if m.opts.Overflow, err = fullMaps.choose("map::on_max_keys", cfg.OnMaxKeys); err != nil {
			return nil, err
		}
		m.scratch.New = func() any { return &mapScratch[I]{} }
		m.builders.New = func() any { return keeper.NewBuilder(cfg.UpdatesAttribute) }
		m.passing.New = func() any { return keeper.NewBuilder("") }
		return m.open, nil
	}
}

func (m *mapMode[D, I]) open(l *lane[D]) (newest[D], error) {
	made := &mapLane[D, I]{mapMode: m, lane: l}
	opts := m.opts
	opts.Process = made.process
	opts.Observer.Dropped = made.lostEntries
	if len(m.cfg.MetadataKeys) == 0 { // the only lane may hold everything
		opts.Limits.Capacity = opts.Group.Capacity()
		opts.Group = nil
	}
	var err error
	made.entries, err = partbuffer.NewMap(opts)
	return made, err
}

// reportFailed counts and logs items that an expression failed on. They pass through.
func (m *mapMode[D, I]) reportFailed(ctx context.Context, p *signal.Plan) {
	if p.Failed == 0 {
		return
	}
	m.telemetry.failedExpressions(ctx, p.Failed)
	if n, ok := m.failedLog.now(int64(p.Failed)); ok {
		m.logger.Warn("An expression failed on items. They pass through.", zap.Error(p.Err), zap.Int64("items_since_last_log", n))
	}
}

// dismiss accounts for items without a key, which the configuration wants dropped.
func (m *mapMode[D, I]) dismiss(items int) {
	if items == 0 {
		return
	}
	m.account.dismissed.Add(int64(items))
	m.account.dropped[reasonKey].Add(int64(items))
	if n, ok := m.dismissLog.now(int64(items)); ok {
		m.logger.Warn("Items were dropped: no path of map::key has a value in them.",
			zap.String("signal", m.pipeline.String()), zap.Int64("items_since_last_log", n))
	}
}
