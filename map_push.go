// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"errors"
	"slices"

	"go.opentelemetry.io/otel/trace"

	"github.com/partbuffer/partbufferprocessor/internal/key"
	"github.com/partbuffer/partbufferprocessor/internal/signal"
	"github.com/partbuffer/partbufferprocessor/partbuffer"
)

// mapLane keeps the newest item of every key of one lane. It is safe for concurrent use.
type mapLane[D comparable, I any] struct {
	*mapMode[D, I]
	lane    *lane[D]
	entries *partbuffer.Map[key.Digest, winner[I]]
}

func (m *mapLane[D, I]) stats() partbuffer.MapStats { return m.entries.Stats() }

func (m *mapLane[D, I]) shutdown(ctx context.Context) error { return m.entries.Shutdown(ctx) }

// push keeps the items of data that have a key, and passes the others on to the queue. Where it fails half-way
// its error is a *PartialError.
func (m *mapLane[D, I]) push(ctx context.Context, data D, items int) error {
	s := m.scratch.Get().(*mapScratch[I])
	defer m.scratch.Put(s)
	s.plan.Begin(m.rules)
	defer s.plan.End()
	m.keeper.Plan(ctx, &s.plan, data)
	m.reportFailed(ctx, &s.plan)
	if s.plan.Passed == items {
		return m.passOn(ctx, data, items, true)
	}
	kept := len(s.plan.Keys)
	m.take(ctx, s, data)
	err := m.entries.Exchange(ctx, s.entries, s.verdicts)
	refused, handedBack := m.settle(s, data, err != nil)
	m.dismiss(s.plan.Dropped)
	accepted := kept - refused - len(handedBack) + s.plan.Dropped
	if err != nil {
		if partial, ok := errors.AsType[*partbuffer.PartialError](err); ok {
			err = partial.Err
		}
		return partly(m.cfg.explain(err, m.cfg.keyLimitText), accepted, items)
	}
	if len(handedBack) > 0 {
		around := m.together(handedBack)
		n, err := acceptedOf(m.passOn(ctx, around, len(handedBack), false), len(handedBack))
		if accepted += n; err != nil {
			m.keeper.GiveBack(&s.plan, data, around)
			return partly(err, accepted, items)
		}
	}
	if s.plan.Passed > 0 {
		n, err := acceptedOf(m.passOn(ctx, data, s.plan.Passed, true), s.plan.Passed)
		if accepted += n; err != nil {
			return partly(err, accepted, items)
		}
	}
	return nil
}

// partly is the error of a push of which some items were accepted.
func partly(err error, accepted, items int) error {
	if accepted == 0 {
		return err
	}
	return &partbuffer.PartialError{
		Accepted: partbuffer.Weight{Items: accepted}, Refused: partbuffer.Weight{Items: items - accepted}, Err: err,
	}
}

// take moves the items that are kept out of data and makes entries of them.
func (m *mapLane[D, I]) take(ctx context.Context, s *mapScratch[I], data D) {
	kept := len(s.plan.Keys)
	if missing := kept - len(s.spare); missing > 0 {
		s.spare = m.keeper.AppendItems(s.spare, missing)
	}
	first := len(s.spare) - kept
	items := s.spare[first:]
	m.keeper.Take(&s.plan, data, &s.places, items)
	origin := m.origin(ctx) //nolint:contextcheck // it is kept for the span in it
	if origin != nil {      // nothing else of the request may stay for a window
		origin = trace.ContextWithSpanContext(context.Background(), trace.SpanContextFromContext(ctx))
	}
	s.entries = slices.Grow(s.entries[:0], kept)[:kept]
	for i := range s.entries {
		e := &s.entries[i]
		e.Key, e.Version, e.Value = s.plan.Keys[i], s.plan.Versions[i], winner[I]{items[i], origin}
		if m.cfg.MaxBufferedBytes > 0 {
			e.Bytes = m.keeper.ItemBytes(&items[i])
		}
	}
	clear(items)
	s.spare = s.spare[:first]
	s.verdicts = slices.Grow(s.verdicts[:0], kept)[:kept]
}

// settle looks at what Exchange left in the entries: items that lost can be used again, refused ones go back into
// the request, and those for which there was no room are returned, or refused as well where Exchange failed.
func (m *mapLane[D, I]) settle(s *mapScratch[I], data D, failed bool) (refused int, handedBack []I) {
	var back []I
	for i, v := range s.verdicts {
		item := s.entries[i].Value.item
		switch {
		case v == partbuffer.Stored:
		case v == partbuffer.Refused || v == partbuffer.HandedBack && failed:
			back = append(back, item)
		case v == partbuffer.HandedBack:
			handedBack = append(handedBack, item)
		default:
			s.spare = append(s.spare, item)
		}
	}
	if len(back) > 0 {
		m.keeper.GiveBack(&s.plan, data, m.together(back))
	}
	s.trim()
	clear(s.entries)
	return len(back), handedBack
}

// trim lets the oldest spare items go where there are many more than a request like this one needs: they hold what
// they held last, and one burst of large ones must not stay for ever.
func (s *mapScratch[I]) trim() {
	if excess := len(s.spare) - 2*len(s.verdicts) - fewSpare; excess > 0 {
		s.spare = slices.Delete(s.spare, 0, excess)
	}
}

// fewSpare is how many spare items are kept however small requests are.
const fewSpare = 64

// together makes a request of items, without an attribute.
func (m *mapLane[D, I]) together(items []I) D {
	b := m.passing.Get().(signal.Builder[D, I])
	defer m.passing.Put(b)
	for i := range items {
		b.Add(&items[i], 0)
	}
	return b.Take()
}

func acceptedOf(err error, items int) (int, error) {
	if err == nil {
		return items, nil
	}
	if partial, ok := errors.AsType[*partbuffer.PartialError](err); ok {
		return partial.Accepted.Items, partial.Err
	}
	return 0, err
}

// passOn pushes items into the lane's queue. foreign says that data belongs to the sender.
func (m *mapLane[D, I]) passOn(ctx context.Context, data D, items int, foreign bool) error {
	if foreign {
		m.ref(data)
	}
	return m.enqueue(ctx, m.lane, request[D]{data: data, items: int32(items), kept: foreign}, nil)
}
