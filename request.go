// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"

	"go.opentelemetry.io/otel/trace"

	"github.com/partbuffer/partbufferprocessor/internal/signal"
	"github.com/partbuffer/partbufferprocessor/partbuffer"
)

// request is what one Consume call brought, or a piece of it, while it is in a buffer. It is kept small: it is
// written by the sender and read by the worker, on different processors.
type request[D any] struct {
	data D
	// ctx is kept for the span that it carries, nil where it carries none.
	ctx       context.Context
	items     int32
	bytes     uint32 // 0 where nothing is limited in bytes
	partition int32
	// kept says that the buffer holds a reference of its own to data, which must be released once. Data made
	// by cutting is the buffer's anyway, until the next consumer gets it.
	kept bool
}

// setWeight relies on protobuf's own limit of 2 GiB a message.
func (r *request[D]) setWeight(w partbuffer.Weight) {
	r.items, r.bytes = int32(w.Items), uint32(w.Bytes)
}

func (r *request[D]) weight() partbuffer.Weight {
	return partbuffer.Weight{Items: int(r.items), Bytes: int(r.bytes)}
}

func weighRequest[D any](r request[D]) partbuffer.Weight { return r.weight() }

func routeRequest[D any](r request[D]) uint64 { return uint64(r.partition) }

// origin returns ctx if it carries a span that a delivery can be linked to.
func (b *buffer[D]) origin(ctx context.Context) context.Context {
	if b.traces && trace.SpanContextFromContext(ctx).IsValid() {
		return ctx
	}
	return nil
}

// cutter cuts requests for the buffer.
type cutter[D any] struct {
	signal signal.Signal[D]
	bytes  bool // weights have bytes
}

func (c cutter[D]) weigh(data D) partbuffer.Weight {
	w := partbuffer.Weight{Items: c.signal.Items(data)}
	if c.bytes {
		w.Bytes = c.signal.Bytes(data)
	}
	return w
}

// cut moves what fits room into head. The rest keeps its data, and with that the reference to it.
func (c cutter[D]) cut(r request[D], room partbuffer.Weight) (head, tail request[D], ok bool) {
	if r.items <= 1 {
		return r, tail, false
	}
	head, tail = r, r
	if head.data, ok = c.signal.Split(r.data, room.Items, room.Bytes); !ok {
		return r, request[D]{}, false
	}
	head.kept = false
	head.setWeight(c.weigh(head.data))
	if c.bytes {
		tail.setWeight(c.weigh(tail.data))
	} else {
		tail.items -= head.items
	}
	return head, tail, true
}
