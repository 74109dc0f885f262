// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"iter"
)

// put adds one entry and reports whether it is in the buffer now.
func (m *Map[K, V]) put(ctx context.Context, e Entry[K, V], r rule) (bool, error) {
	p := m.parts[m.partition(e.Key)]
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		m.refused.add(Weight{Items: 1})
		return false, ErrClosed
	}
	stored, _, full := p.putLocked(e, r, false)
	start := p.nudgeLocked()
	p.mu.Unlock()
	p.start(start)
	if !full {
		return stored, nil
	}
	if !m.life.enter() {
		m.refused.add(Weight{Items: 1})
		return false, ErrClosed
	}
	defer m.life.end()
	stored, err := m.putFull(ctx, p, e, r)
	if err != nil {
		m.refused.add(Weight{Items: 1})
	}
	return stored, err
}

// putFull adds an entry whose key was new while there was no room.
func (m *Map[K, V]) putFull(ctx context.Context, p *mapPartition[K, V], e Entry[K, V], r rule) (bool, error) {
	one := Weight{Items: 1}
	if m.opts.Overflow == Reject {
		m.member.makeWay(groupFull)
		return false, ErrFull
	}
	if err := m.member.wait(ctx, m.life.closing, one); err != nil {
		return false, err
	}
	p.mu.Lock()
	if p.abandoned {
		p.mu.Unlock()
		m.member.release(one)
		return false, ErrClosed
	}
	stored, used, _ := p.putLocked(e, r, true)
	start := p.nudgeLocked()
	p.mu.Unlock()
	p.start(start)
	if !used { // the key came while this writer waited
		m.member.release(one)
	}
	return stored, nil
}

// putAll sorts entries by partition, keeping their order, and takes each partition's lock once.
func (m *Map[K, V]) putAll(ctx context.Context, entries iter.Seq[Entry[K, V]], r rule) error {
	if !m.running() {
		return ErrNotRunning
	}
	buckets := m.buckets.Get().(*[][]Entry[K, V])
	defer func() {
		for i, b := range *buckets {
			clear(b)
			(*buckets)[i] = b[:0]
		}
		m.buckets.Put(buckets)
	}()
	total := 0
	for e := range entries {
		i := m.partition(e.Key)
		(*buckets)[i] = append((*buckets)[i], e)
		total++
	}
	if !m.life.enter() {
		m.refused.add(Weight{Items: total})
		return ErrClosed
	}
	defer m.life.end()
	done := 0
	for i, bucket := range *buckets {
		n, err := m.putBucket(ctx, m.parts[i], bucket, r)
		done += n
		if err != nil {
			refused := Weight{Items: total - done}
			m.refused.add(refused)
			if done == 0 {
				return err
			}
			return &PartialError{Accepted: Weight{Items: done}, Refused: refused, Err: err}
		}
	}
	return nil
}

// putBucket adds entries of one partition and returns how many it did.
func (m *Map[K, V]) putBucket(ctx context.Context, p *mapPartition[K, V], bucket []Entry[K, V], r rule) (int, error) {
	done := 0
	for done < len(bucket) {
		full := false
		p.mu.Lock()
		if p.abandoned {
			p.mu.Unlock()
			return done, ErrClosed
		}
		for done < len(bucket) && !full {
			if _, _, full = p.putLocked(bucket[done], r, false); !full {
				done++
			}
		}
		start := p.nudgeLocked()
		p.mu.Unlock()
		p.start(start)
		if full {
			if _, err := m.putFull(ctx, p, bucket[done], r); err != nil {
				return done, err
			}
			done++
		}
	}
	return done, nil
}
