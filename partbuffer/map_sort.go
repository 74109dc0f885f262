// SPDX-License-Identifier: Apache-2.0

package partbuffer

// sorter is the memory of one write of many entries. It sorts them by partition and keeps their order otherwise.
type sorter[K comparable, V any] struct {
	partitions []uint32 // of each entry
	begins     []int    // where each partition's part of order begins
	order      []uint32 // indexes of entries

	entries  []Entry[K, V]  // of putAll
	verdicts []Verdict      // of putAll
	fresh    map[K]struct{} // of reserve
}

func (s *sorter[K, V]) sort(m *Map[K, V], entries []Entry[K, V]) {
	n := len(entries)
	if cap(s.order) < n {
		s.partitions, s.order = make([]uint32, n), make([]uint32, n)
	}
	s.partitions, s.order = s.partitions[:n], s.order[:n]
	clear(s.begins)
	for i := range entries {
		p := m.partition(entries[i].Key)
		s.partitions[i] = uint32(p)
		s.begins[p]++
	}
	for p := 1; p < len(s.begins); p++ {
		s.begins[p] += s.begins[p-1]
	}
	// So far these are the ends; filling the parts from their ends makes them the begins.
	for i := n - 1; i >= 0; i-- {
		p := s.partitions[i]
		s.begins[p]--
		s.order[s.begins[p]] = uint32(i)
	}
}

// bucket returns the indexes of a partition's entries.
func (s *sorter[K, V]) bucket(partition int) []uint32 {
	if partition == len(s.begins)-1 {
		return s.order[s.begins[partition]:]
	}
	return s.order[s.begins[partition]:s.begins[partition+1]]
}

// recycle makes s ready for another write, so that nothing stays reachable through it.
func (m *Map[K, V]) recycle(s *sorter[K, V]) {
	clear(s.entries)
	s.entries, s.verdicts = s.entries[:0], s.verdicts[:0]
	if len(s.fresh) > 0 {
		clear(s.fresh)
	}
	m.sorters.Put(s)
}
