// SPDX-License-Identifier: Apache-2.0

package ledger

// succession knows how far each key came.
type succession struct {
	keyOf func(id int64) (key int64, keyed bool)
	// newest is the newest item of each key that arrived.
	newest    map[int64]int64
	backwards []int64
}

// Supersede makes items of one key supersede each other: the higher id is the
// newer one. keyOf tells which have a key. It must be called before anything
// is delivered.
func (l *Ledger) Supersede(keyOf func(id int64) (key int64, keyed bool)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.succession = succession{keyOf: keyOf, newest: make(map[int64]int64)}
}

func (s *succession) key(id int64) (key int64, keyed bool) {
	if s.keyOf == nil {
		return 0, false
	}
	return s.keyOf(id)
}

func (s *succession) noteDelivered(id int64) {
	key, keyed := s.key(id)
	if !keyed {
		return
	}
	if id < s.newest[key] {
		s.backwards = append(s.backwards, id)
		return
	}
	s.newest[key] = id
}

// overtaken tells whether a newer item of the same key arrived.
func (s *succession) overtaken(id int64) bool {
	key, keyed := s.key(id)
	return keyed && id < s.newest[key]
}
