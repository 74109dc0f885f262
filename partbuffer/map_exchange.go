// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"fmt"
	"math"
)

// Verdict says what Exchange did with an entry.
type Verdict uint8

// The verdicts.
const (
	// Refused was not accepted, and the error says why. The entry still has its own value.
	Refused Verdict = iota
	// Stored is an entry whose key was new. It has the zero value now.
	Stored
	// Replaced won over the entry in the map, and has the value of that now.
	Replaced
	// Superseded lost: it was older, or not newer, than what the map holds or remembers. It still has its own value.
	Superseded
	// HandedBack found no room and was not accepted: Overflow is HandBack. The entry still has its own value.
	HandedBack
)

var verdictNames = [...]string{"refused", "stored", "replaced", "superseded", "handed_back"}

func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return fmt.Sprintf("Verdict(%d)", uint8(v))
}

// Exchange puts entries as PutNewer does and exchanges values: afterwards each entry's Value is the one that the map
// did not keep, so that the caller can use its memory again. Nothing else in entries changes. A key may come more than
// once; entries of a key keep their order, those of different keys need not. It is safe for concurrent use. verdicts must be as long as entries and says what became of each; the map keeps
// neither slice.
//
// Where there is no room for a new key, it depends on Overflow. With Block, Exchange waits for it; where ctx ends
// (its cause is returned) or Shutdown begins (ErrClosed) meanwhile, the entries without room are Refused, and the error
// is a *PartialError if others were accepted. With Reject, either all new keys of the call find room or nothing of it
// is accepted and the error is ErrFull. With HandBack the entry is passed over, which is no error. Entries of live keys
// are always accepted. What is larger than the whole capacity is admitted alone.
//
// It takes each partition's lock once, with Reject and a capacity twice, and more often only where it waits. It does
// not allocate where all keys are live.
func (m *Map[K, V]) Exchange(ctx context.Context, entries []Entry[K, V], verdicts []Verdict) error {
	clear(verdicts)
	if len(entries) != len(verdicts) {
		return fmt.Errorf("partbuffer: %d verdicts for %d entries, must be as many", len(verdicts), len(entries))
	}
	if !m.running() {
		return ErrNotRunning
	}
	if !m.life.enter() {
		return m.refuse(entries, verdicts, ErrClosed)
	}
	defer m.life.end()
	if len(entries) == 0 {
		return nil
	}
	s := m.sorters.Get().(*sorter[K, V])
	defer m.recycle(s)
	s.sort(m, entries)
	w := writing{rule: newerWins, handsBack: m.opts.Overflow == HandBack}
	if m.opts.Overflow == Reject {
		var err error
		if w.reserved, err = m.reserve(s, entries, verdicts); err != nil {
			return m.refuse(entries, verdicts, err)
		}
		w.forced = true
	}
	return m.write(ctx, s, entries, verdicts, &w)
}

// refuse counts the entries that were not accepted, and returns the error that says so.
func (m *Map[K, V]) refuse(entries []Entry[K, V], verdicts []Verdict, err error) error {
	var accepted, refused Weight
	for i, v := range verdicts {
		switch v {
		case Refused:
			refused = refused.plus(entries[i].weight())
		case HandedBack:
		default:
			accepted = accepted.plus(entries[i].weight())
		}
	}
	m.refused.add(refused)
	if accepted.isZero() {
		return err
	}
	return &PartialError{Accepted: accepted, Refused: refused, Err: err}
}

// reserve takes room for all new keys of a write together.
func (m *Map[K, V]) reserve(s *sorter[K, V], entries []Entry[K, V], verdicts []Verdict) (need Weight, err error) {
	if limit := m.member.limit(); limit == (Weight{Items: math.MaxInt, Bytes: math.MaxInt}) {
		return Weight{}, nil
	}
	for i, p := range m.parts {
		if bucket := s.bucket(i); len(bucket) > 0 {
			p.mu.Lock()
			for _, k := range bucket {
				if _, state := p.lookLocked(&entries[k], newerWins); state == fresh {
					verdicts[k] = Stored // as a mark only
				}
			}
			p.mu.Unlock()
		}
	}
	for i, v := range verdicts {
		if v != Stored {
			continue
		}
		if _, twice := s.fresh[entries[i].Key]; !twice {
			s.fresh[entries[i].Key] = struct{}{}
			need = need.plus(entries[i].weight())
		}
	}
	clear(verdicts)
	if len(s.fresh) == 0 {
		return Weight{}, nil
	}
	if err := m.roomNow(need); err != nil {
		return Weight{}, err
	}
	return need, nil
}
