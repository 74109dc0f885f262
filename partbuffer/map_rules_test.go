// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"maps"
	"slices"
	"time"
)

// mapModel is a Map without locks, partitions, buffers and recycled memory.
type mapModel struct {
	opts       MapOptions[string, int]
	front      map[string]entry
	plain      map[string]bool
	inFlight   entries
	remembered map[string]memo
	paused     bool
	processed  entries

	accepted, superseded int
}

type memo struct {
	version int64
	at      time.Time
}

func (m *mapModel) held() Weight {
	w := weightOf(m.inFlight)
	return w.plus(weightOf(slices.Collect(maps.Values(m.front))))
}

func (m *mapModel) fits(w Weight) bool {
	limit, held := m.opts.Limits.Capacity.unbounded(), m.held()
	return held.Items == 0 || held.Items+w.Items <= limit.Items && (w.Bytes == 0 || held.Bytes+w.Bytes <= limit.Bytes)
}

func (m *mapModel) newer(a, b int64) bool { return a > b || a == b && m.opts.Ties == TieLast }

func (m *mapModel) isLate(e entry) bool {
	r, ok := m.remembered[e.Key]
	return ok && time.Since(r.at) < m.opts.Remember && !m.newer(e.Version, r.version)
}

// exchange is the rule for one entry; forced says that there is room.
func (m *mapModel) exchange(e *entry, forced bool) Verdict {
	held, live := m.front[e.Key]
	kept := *e
	switch {
	case live && !m.newer(e.Version, held.Version), !live && m.isLate(*e):
		m.accepted++
		m.superseded++
		return Superseded
	case live:
		m.accepted++
		m.superseded++
		kept.Updates = held.Updates + 1
		m.front[e.Key] = kept
		e.Value = held.Value
		return Replaced
	case !forced && !m.fits(e.weight()):
		return HandedBack
	}
	m.accepted++
	kept.Updates = 0
	m.front[e.Key] = kept
	e.Value = 0
	return Stored
}

func (m *mapModel) exchangeAll(all entries) ([]Verdict, error) {
	verdicts := make([]Verdict, len(all))
	reject := m.opts.Overflow == Reject
	if reject {
		var need Weight
		fresh := map[string]bool{}
		for _, e := range all {
			if _, live := m.front[e.Key]; !live && !fresh[e.Key] && !m.isLate(e) {
				fresh[e.Key] = true
				need = need.plus(e.weight())
			}
		}
		if need.Items > 0 && !m.fits(need) {
			return verdicts, ErrFull
		}
	}
	for i := range all {
		verdicts[i] = m.exchange(&all[i], reject)
	}
	return verdicts, nil
}

func (m *mapModel) put(key string, value int) error {
	if _, live := m.front[key]; live {
		m.superseded++
	} else if !m.fits(Weight{Items: 1}) {
		return ErrFull
	}
	m.accepted++
	m.front[key], m.plain[key] = entry{Key: key, Value: value}, true
	return nil
}

func (m *mapModel) remove(key string) bool {
	_, live := m.front[key]
	delete(m.front, key)
	delete(m.plain, key)
	delete(m.remembered, key)
	if live {
		m.superseded++
		m.paused = m.paused && len(m.front) > 0
	}
	return live
}

// handOver swaps; what is in flight then ends with end.
func (m *mapModel) handOver() {
	m.inFlight = slices.Collect(maps.Values(m.front))
	for key, e := range m.front {
		m.remembered[key] = memo{e.Version, time.Now()}
	}
	clear(m.front)
	clear(m.plain)
	m.paused = false
}

func (m *mapModel) end(back func(key string) bool) {
	all := m.inFlight
	m.inFlight = nil
	for _, e := range all {
		held, live := m.front[e.Key]
		switch {
		case !back(e.Key):
			m.processed = append(m.processed, e)
			continue
		case !live:
			m.front[e.Key] = e
		case m.plain[e.Key]:
			m.superseded++
		default:
			m.superseded++
			winner := e
			if m.newer(held.Version, e.Version) {
				winner = held
			}
			winner.Updates = held.Updates + e.Updates + 1
			m.front[e.Key] = winner
		}
		m.paused = true
	}
}
