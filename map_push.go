// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"errors"
	"slices"

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
	refused, handedBack := m.settle(s, data)
	if err != nil {
		if partial, ok := errors.AsType[*partbuffer.PartialError](err); ok {
			err = partial.Err
		}
		return partly(err, kept-refused, items)
	}
	m.dismiss(s.plan.Dropped)
	accepted := kept - len(handedBack) + s.plan.Dropped
	for _, pass := range []func() (int, error){
		func() (int, error) { return m.passBack(ctx, handedBack) },
		func() (int, error) { return m.passRest(ctx, data, s.plan.Passed) },
	} {
		n, err := pass()
		accepted += n
		if err != nil {
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
	for len(s.spare) < kept {
		s.spare = append(s.spare, m.keeper.NewItem())
	}
	first := len(s.spare) - kept
	s.items = append(s.items[:0], s.spare[first:]...)
	clear(s.spare[first:])
	s.spare = s.spare[:first]
	m.keeper.Take(&s.plan, data, &s.places, s.items)
	origin := m.origin(ctx)
	s.entries = s.entries[:0]
	for i, item := range s.items {
		e := entry[I]{Key: s.plan.Keys[i], Version: s.plan.Versions[i], Value: winner[I]{item, origin}}
		if m.cfg.MaxBufferedBytes > 0 {
			e.Bytes = m.keeper.ItemBytes(item)
		}
		s.entries = append(s.entries, e)
	}
	s.verdicts = slices.Grow(s.verdicts[:0], kept)[:kept]
	clear(s.items)
}

// maxSpare is how many items that lost are kept for later requests.
const maxSpare = 1 << 14

// settle looks at what Exchange left in the entries: items that lost can be used again, refused ones go back into
// the request, and those for which there was no room are returned.
func (m *mapLane[D, I]) settle(s *mapScratch[I], data D) (refused int, handedBack []*I) {
	var back signal.Builder[D, I]
	for i := range s.entries {
		item := s.entries[i].Value.item
		switch s.verdicts[i] {
		case partbuffer.HandedBack:
			handedBack = append(handedBack, item)
			continue
		case partbuffer.Refused:
			refused++
			if back == nil {
				back = m.passing.Get().(signal.Builder[D, I])
			}
			back.Add(item, 0)
		default:
		}
		if item != nil && len(s.spare) < maxSpare {
			s.spare = append(s.spare, item)
		}
	}
	if back != nil {
		m.keeper.GiveBack(&s.plan, data, back.Take())
		m.passing.Put(back)
	}
	clear(s.entries)
	return refused, handedBack
}

// passBack passes items on for which there was no room.
func (m *mapLane[D, I]) passBack(ctx context.Context, items []*I) (accepted int, err error) {
	if len(items) == 0 {
		return 0, nil
	}
	b := m.passing.Get().(signal.Builder[D, I])
	for _, item := range items {
		b.Add(item, 0)
	}
	data := b.Take()
	m.passing.Put(b)
	return acceptedOf(m.passOn(ctx, data, len(items), false), len(items))
}

// passRest passes on what is left of a request.
func (m *mapLane[D, I]) passRest(ctx context.Context, data D, items int) (accepted int, err error) {
	if items == 0 {
		return 0, nil
	}
	return acceptedOf(m.passOn(ctx, data, items, true), items)
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
	return m.enqueue(ctx, m.lane, request[D]{data: data, items: int32(items), kept: foreign})
}
