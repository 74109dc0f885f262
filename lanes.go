// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/consumer/consumererror"
)

var (
	errTooManyLanes = errors.New("too many batcher metadata-value combinations")
	errShutDown     = errors.New("processor is shut down")
)

// lanes are the live lanes of a processor, and safe for concurrent use. Without metadata keys there is one,
// which lives as long as the processor. Lanes cost memory only: one timer serves all of them.
type lanes[D any] struct {
	keys  []string // lower-cased and sorted
	limit int
	idle  time.Duration
	open  func(info client.Info) (*lane[D], error)
	only  *lane[D] // without keys
	epoch time.Time

	mu sync.RWMutex
	// mu guards what follows. Under it queues are made, asked for what they hold, and read for their stats,
	// which takes their own locks for an instant; nothing waits.
	live    map[string]*lane[D]
	order   byUse[D]  // the same lanes
	allBusy time.Time // until then no lane is expected to be empty
	gone    laneStats // of lanes that were removed
	closed  bool
	sweeper *time.Timer // set while there are lanes to remove some day
}

// newLanes returns lanes that open makes. open must not block.
func newLanes[D any](cfg *Config, open func(client.Info) (*lane[D], error)) (*lanes[D], error) {
	l := &lanes[D]{
		keys: cfg.metadataKeys(), limit: cfg.MetadataCardinalityLimit, idle: cfg.laneIdleTimeout(),
		open: open, live: map[string]*lane[D]{}, epoch: time.Now(),
	}
	if len(l.keys) > 0 {
		return l, nil
	}
	only, err := open(client.Info{})
	if err != nil {
		return nil, err
	}
	only.forever = true
	l.only = only
	l.addLocked(only, time.Now()) // nobody else has l yet
	return l, nil
}

// acquire returns the lane of a request, made anew where there is none. The caller releases it after its push:
// until then it is not removed.
func (l *lanes[D]) acquire(ctx context.Context) (*lane[D], error) {
	if l.only != nil {
		return l.only, nil
	}
	metadata := client.FromContext(ctx).Metadata
	var space [128]byte
	name := space[:0]
	for _, k := range l.keys {
		name = appendValues(name, metadata.Get(k))
	}
	now := time.Now()
	l.mu.RLock()
	found := l.live[string(name)]
	if found != nil {
		found.touch(now)
	}
	l.mu.RUnlock()
	if found != nil {
		return found, nil
	}
	return l.create(metadata, string(name), now) //nolint:contextcheck // an evicted lane is empty: its end waits for nothing
}

// appendValues appends a form of values in which different values differ: how many there are, and each with
// its length. No values is not the same as an empty one.
func appendValues(dst []byte, values []string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(values)))
	for _, v := range values {
		dst = binary.AppendUvarint(dst, uint64(len(v)))
		dst = append(dst, v...)
	}
	return dst
}

func (l *lanes[D]) create(metadata client.Metadata, name string, now time.Time) (*lane[D], error) {
	values := make(map[string][]string, len(l.keys))
	for _, k := range l.keys {
		if v := metadata.Get(k); len(v) > 0 {
			values[k] = v
		}
	}
	made, evicted, err := l.createLocked(client.Info{Metadata: client.NewMetadata(values)}, name, now)
	if evicted != nil {
		evicted.end()
	}
	return made, err
}

func (l *lanes[D]) createLocked(info client.Info, name string, now time.Time) (made, evicted *lane[D], err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, nil, errShutDown
	}
	if found := l.live[name]; found != nil {
		found.touch(now)
		return found, nil, nil
	}
	if l.limit > 0 && len(l.live) >= l.limit {
		if evicted = l.leastRecentlyUsedLocked(now); evicted == nil {
			return nil, nil, l.tooMany()
		}
		l.removeLocked(evicted)
	}
	if made, err = l.open(info); err != nil {
		return nil, evicted, err
	}
	made.name, made.epoch = name, l.epoch
	made.touch(now)
	l.addLocked(made, now)
	if l.idle > 0 && l.sweeper == nil {
		l.sweeper = time.AfterFunc(l.idle, l.sweep)
	}
	return made, evicted, nil
}

// tooMany is retryable where lanes go away in time. Where they never do, it is permanent, as with batch.
func (l *lanes[D]) tooMany() error {
	err := fmt.Errorf("%w: metadata_cardinality_limit is %d", errTooManyLanes, l.limit)
	if l.idle == 0 {
		return consumererror.NewPermanent(err)
	}
	return err
}

// stats returns the accounting of all lanes, those that are gone included, and how many are live. The lanes are read
// outside the lock: what one counts stays its own when it is removed meanwhile.
func (l *lanes[D]) stats() (laneStats, int) {
	l.mu.RLock()
	s := l.gone
	live := slices.Clone(l.order)
	l.mu.RUnlock()
	for _, each := range live {
		s = s.plus(each.stats())
	}
	return s, len(live)
}

// shutdown lets no new lane in and shuts all queues down at the same time. It may be called again.
func (l *lanes[D]) shutdown(ctx context.Context) error {
	l.mu.Lock()
	l.closed = true
	if l.sweeper != nil {
		l.sweeper.Stop()
	}
	ending := slices.Clone(l.order)
	l.mu.Unlock()

	errs := make([]error, len(ending))
	var wg sync.WaitGroup
	for i, e := range ending {
		wg.Go(func() { errs[i] = e.shutdown(ctx) })
	}
	wg.Wait()
	return errors.Join(errs...)
}
