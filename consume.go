// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"errors"
	"fmt"

	"go.uber.org/zap"

	"github.com/partbuffer/partbufferprocessor/internal/failure"
	"github.com/partbuffer/partbufferprocessor/internal/signal"
	"github.com/partbuffer/partbufferprocessor/partbuffer"
)

// routed is scratch space for a request that goes to several partitions.
type routed[D any] struct {
	parts    []signal.Part[D]
	requests []request[D]
}

// ref and unref keep data from being taken back while it is in a buffer. Without pooling it never is, and the count
// would have no reader: two atomic operations on a cache line that travels between processors are saved.
func (b *buffer[D]) ref(data D) {
	if b.pooled {
		b.signal.Ref(data)
	}
}

func (b *buffer[D]) unref(data D) {
	if b.pooled {
		b.signal.Unref(data)
	}
}

// consume takes one request. It returns once that is buffered, or with wait_for_result once it is delivered or lost,
// and an error for what is not.
func (b *buffer[D]) consume(ctx context.Context, data D) error {
	items := b.signal.Items(data)
	if items == 0 {
		return nil
	}
	if !b.cfg.WaitForResult {
		if err := b.push(ctx, data, items, nil); err != nil {
			return b.refuse(items, err)
		}
		return nil
	}
	result := &partbuffer.Result{}
	// A copy goes: a sender in this process, a receiver of log files or a failover, may try the very same data again or
	// elsewhere after an error. It stays whole, also where a part was taken: rather twice than never.
	if err := b.push(ctx, b.signal.Clone(data), items, result); err != nil {
		return b.refuse(items, err)
	}
	return wait(ctx, result)
}

// refuse accounts for a request that was not taken, or of which a part was not.
func (b *buffer[D]) refuse(items int, err error) error {
	n := items
	if partial, ok := errors.AsType[*partbuffer.PartialError](err); ok {
		n = partial.Refused.Items
	}
	b.account.refused.Add(int64(n))
	err = refused(err)
	if since, ok := b.refusalLog.now(int64(n)); ok && !b.stopped() {
		b.logger.Warn("Items were refused. Their sender was told.", append(b.circumstances(n, err), zap.Int64("items_since_last_log", since))...)
	}
	return fmt.Errorf("partbuffer refused %d of %d items: %w", n, items, err)
}

// wait returns what became of a request that was taken. Where its sender does not wait that long, it is delivered
// nevertheless.
func wait(ctx context.Context, result *partbuffer.Result) error {
	failures, err := result.Wait(ctx)
	if err != nil {
		return fmt.Errorf("partbuffer took the items, but they were not delivered in time: %w", err)
	}
	for i, err := range failures {
		failures[i] = refused(err)
	}
	return failure.Hinted(failure.Join(failures...))
}

func (b *buffer[D]) push(ctx context.Context, data D, items int, result *partbuffer.Result) error {
	lane, err := b.lanes.acquire(ctx)
	if err != nil {
		return err
	}
	defer lane.release()
	if lane.newest != nil {
		return lane.newest.push(ctx, data, items)
	}
	b.ref(data)
	return b.enqueue(ctx, lane, request[D]{data: data, items: int32(items), kept: true}, result)
}

// enqueue pushes a request into the queue of its lane.
func (b *buffer[D]) enqueue(ctx context.Context, lane *lane[D], r request[D], result *partbuffer.Result) error {
	return b.cfg.explain(b.enqueueAsIs(ctx, lane, r, result), b.cfg.queueLimitText)
}

func (b *buffer[D]) enqueueAsIs(ctx context.Context, lane *lane[D], r request[D], result *partbuffer.Result) error {
	if b.cutter.bytes {
		r.bytes = uint32(b.signal.Bytes(r.data))
	}
	r.ctx = b.origin(ctx)
	if b.route != nil {
		return b.pushRouted(ctx, lane, r, result)
	}
	if err := lane.queue.PushWeighed(ctx, r, r.weight(), result); err != nil {
		b.release(r)
		return err
	}
	return nil
}

// pushRouted pushes the parts of a request to the partitions of their keys.
func (b *buffer[D]) pushRouted(ctx context.Context, lane *lane[D], r request[D], result *partbuffer.Result) error {
	s := b.scratch.Get().(*routed[D])
	defer func() {
		clear(s.parts)
		clear(s.requests)
		s.parts, s.requests = s.parts[:0], s.requests[:0]
		b.scratch.Put(s)
	}()
	grouped := false
	err := lane.queue.PushFunc(ctx, r.weight(), func() []request[D] {
		grouped = true
		b.groupInto(s, r)
		return s.requests
	}, result)
	if err == nil {
		return nil
	}
	if !grouped { // refused as a whole, and untouched
		b.release(r)
		return err
	}
	accepted := 0
	if partial, ok := errors.AsType[*partbuffer.PartialError](err); ok {
		accepted = partial.Whole
	}
	b.refusedParts(r, s.requests[accepted:])
	return err
}

// groupInto makes requests of the parts of r.
func (b *buffer[D]) groupInto(s *routed[D], r request[D]) {
	s.parts = b.group(s.parts, r.data, b.route, b.partitions)
	whole := false
	for _, part := range s.parts {
		piece := r
		piece.data, piece.partition = part.Data, int32(part.Partition)
		whole = whole || part.Data == r.data
		piece.kept = r.kept && part.Data == r.data
		if len(s.parts) > 1 {
			piece.setWeight(b.cutter.weigh(part.Data))
		}
		s.requests = append(s.requests, piece)
	}
	if !whole { // everything was moved out of the request
		b.release(r)
	}
}
