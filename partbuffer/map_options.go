// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Entry is what a Map holds for a key.
type Entry[K comparable, V any] struct {
	Key     K
	Value   V
	Version int64
	// Updates counts how often a newer version replaced the value since the key was put in the buffer.
	Updates int
	// Bytes is what the value weighs in Limits.Capacity.Bytes, or in the Group's: 0 or more, and 0 where bytes are
	// not limited.
	Bytes int
}

func (e *Entry[K, V]) weight() Weight { return Weight{Items: 1, Bytes: e.Bytes} }

func weightOf[K comparable, V any](entries []Entry[K, V]) Weight {
	w := Weight{Items: len(entries)}
	for i := range entries {
		w.Bytes += entries[i].Bytes
	}
	return w
}

// Tie says which of two equal versions of a key wins.
type Tie uint8

// The ties.
const (
	// TieFirst keeps the one that came first.
	TieFirst Tie = iota
	// TieLast keeps the one that came last.
	TieLast
)

func (t Tie) String() string {
	switch t {
	case TieFirst:
		return "first"
	case TieLast:
		return "last"
	default:
		return fmt.Sprintf("Tie(%d)", uint8(t))
	}
}

// MapOptions configure a Map. Process and Limits.Interval are required.
type MapOptions[K comparable, V any] struct {
	// Process handles one batch of entries, in the order in which their keys first came
	// (a Delete may change that). Calls for one partition
	// never overlap; calls for different partitions run concurrently. An error or a panic loses that batch and
	// no other, except that by an *UnprocessedError error entries are given back. batch.Items is valid during the
	// call only, unless WholeBuffer is set.
	Process func(ctx context.Context, batch Batch[Entry[K, V]]) error
	// Limits can be changed later with Reconfigure. Trigger and MaxBatch count entries, their Bytes must be 0;
	// Capacity counts entries and Entry.Bytes.
	Limits Limits
	// Partitions is how many locks the keys are spread over. 0 = GOMAXPROCS, at least 4.
	Partitions int
	// Hash gives a key's partition. nil = the package's Hash.
	Hash func(K) uint64
	// Overflow is what happens to a new key when Capacity is reached: Block, Reject or HandBack.
	Overflow Overflow
	// Ties says which of two equal versions of a key wins.
	Ties Tie
	// Remember is how long the version of a key counts after the key was handed over: an older one that comes
	// within that time is superseded and not stored, with TieFirst an equal one too, and does not extend it.
	// 0 = not at all. Put takes no notice of it and Delete makes the Map forget a key.
	//
	// A Map remembers the keys of the last one to two Remember, to the precision of a 256th of it. Where there is a
	// Capacity in items, it remembers at most about twice that many, and forgets the oldest earlier then. What it
	// remembers is let go as new entries are handed over; a Map into which nothing is put keeps it.
	Remember time.Duration
	// WholeBuffer hands over all entries of a partition as one batch, and Process may keep them. MaxBatch must
	// be 0.
	WholeBuffer bool
	// Observer is told what happens.
	Observer Observer[Entry[K, V]]
	// Group is the capacity that this map shares with other maps and queues. nil = its own, Limits.Capacity.
	Group *Group
}

func (o *MapOptions[K, V]) validate() error {
	errs := []error{o.Limits.validate()}
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf("partbuffer: "+format, args...))
		}
	}
	l := o.Limits
	check(o.Process != nil, "Process is nil, must be set")
	check(l.Interval != 0, "Interval is 0, must be more for a Map")
	check(l.Trigger.Bytes == 0 && l.MaxBatch.Bytes == 0, "a Map's batches count entries: Trigger.Bytes and MaxBatch.Bytes must be 0")
	check(o.Partitions >= 0, "Partitions is %d, must be 0 or more", o.Partitions)
	check(o.Overflow == Block || o.Overflow == Reject || o.Overflow == HandBack,
		"Overflow is %v, must be Block, Reject or HandBack for a Map", o.Overflow)
	check(o.Ties <= TieLast, "Ties is %v, must be TieFirst or TieLast", o.Ties)
	check(o.Remember >= 0, "Remember is %v, must be 0 or more", o.Remember)
	check(!o.WholeBuffer || l.MaxBatch.isZero(), "WholeBuffer is set, MaxBatch must be 0")
	check(o.Group == nil || l.Capacity.isZero(), "Group is set, Limits.Capacity must be 0")
	return errors.Join(errs...)
}
