// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"
)

// Limits are the settings of a buffer that can change while it runs, with Reconfigure.
type Limits struct {
	// Interval is the longest that an item waits before its buffer is handed over, unless the partition is
	// still processing the one before. 0 = every write is handed over at once, as a batch of its own.
	// A Map needs one above 0.
	Interval time.Duration
	// Trigger is the weight at which a buffer is handed over before the interval has passed; it is no cap.
	// 0 = no such trigger. A Map counts its entries.
	Trigger Weight
	// MaxBatch caps the weight of one batch. 0 = no cap. Not below Trigger.
	MaxBatch Weight
	// Capacity bounds what all partitions together hold, in process included. 0 = no bound. A queue in a
	// Group is bounded by the Group instead. With Route, and unless Overflow is DropOldest, one partition of several
	// holds at most half of that, so that a Process call that hangs leaves room for the others: a Trigger above it
	// is never reached. A Map never refuses a value of a key that it holds, so that values
	// that grow may exceed the bytes until the interval ends.
	Capacity Weight
	// ProcessTimeout is the deadline of the ctx that one Process call gets. 0 = none.
	ProcessTimeout time.Duration
}

func (l Limits) validate() error {
	var errs []error
	check := func(ok bool, name string, value any, want string) {
		if !ok {
			errs = append(errs, fmt.Errorf("partbuffer: %s is %v, must be %s", name, value, want))
		}
	}
	check(l.Interval >= 0, "Interval", l.Interval, "0 or more")
	check(l.ProcessTimeout >= 0, "ProcessTimeout", l.ProcessTimeout, "0 or more")
	for _, w := range []struct {
		name  string
		value Weight
	}{{"Trigger", l.Trigger}, {"MaxBatch", l.MaxBatch}, {"Capacity", l.Capacity}} {
		check(w.value.Items >= 0, w.name+".Items", w.value.Items, "0 or more")
		check(w.value.Bytes >= 0, w.name+".Bytes", w.value.Bytes, "0 or more")
	}
	check(l.MaxBatch.Items <= 0 || l.MaxBatch.Items >= l.Trigger.Items, "MaxBatch.Items", l.MaxBatch.Items,
		fmt.Sprintf("0 or at least Trigger.Items (%d)", l.Trigger.Items))
	check(l.MaxBatch.Bytes <= 0 || l.MaxBatch.Bytes >= l.Trigger.Bytes, "MaxBatch.Bytes", l.MaxBatch.Bytes,
		fmt.Sprintf("0 or at least Trigger.Bytes (%d)", l.Trigger.Bytes))
	return errors.Join(errs...)
}

// Overflow says what a write does that finds no room.
type Overflow uint8

// The overflow policies.
const (
	// Block waits until there is room, the writer's ctx ends or the buffer is shut down. Waiting writers are
	// served first come, first served.
	Block Overflow = iota
	// Reject returns ErrFull. A Queue hands over the partition that is in the way then; a Map hands nothing over early,
	// so that every key goes once per interval.
	Reject
	// DropOldest drops the oldest waiting items of the fullest partition, and returns ErrFull only where too much
	// is already in process for that to be enough. Not for a Map.
	DropOldest
	// HandBack, for a Map only, makes Exchange give back the entries whose key is new and for which there is no
	// room, and accept all others. Other writes of such a key return ErrFull. Nothing is handed over early.
	HandBack
)

func (o Overflow) String() string {
	switch o {
	case Block:
		return "block"
	case Reject:
		return "reject"
	case DropOldest:
		return "drop_oldest"
	case HandBack:
		return "hand_back"
	default:
		return fmt.Sprintf("Overflow(%d)", uint8(o))
	}
}

// QueueOptions configure a Queue. Only Process is required.
type QueueOptions[T any] struct {
	// Process handles one batch. Calls for one partition never overlap and keep its order; calls for different
	// partitions run concurrently. An error or a panic loses that batch and no other. batch.Items is valid
	// during the call only, unless WholeBuffer is set.
	Process func(ctx context.Context, batch Batch[T]) error
	// Limits can be changed later with Reconfigure.
	Limits Limits
	// Partitions is how many batches can be filled and processed at a time. 0 = GOMAXPROCS, at least 4.
	Partitions int
	// Route gives an item's partition: items with equal results stay in order. nil = adaptive: all writers
	// fill one partition and move on when it is handed over or contended. It must not panic.
	Route func(item T) uint64
	// Weigh measures an item: at least one in Items, and the same whenever it is asked. It must not panic.
	// nil = one item of no bytes.
	Weigh func(item T) Weight
	// Split cuts an item in two so that head is within room (a zero dimension of room is no limit) and as
	// large as can be. ok is false where no such head exists, and item is unchanged then. nil = items are
	// never cut. It is called without a lock held, may modify item, and must not panic or return an empty head.
	Split func(item T, room Weight) (head, tail T, ok bool)
	// Overflow is what happens when Capacity is reached.
	Overflow Overflow
	// WholeBuffer hands over everything that arrived since the last time as one batch, whatever its weight,
	// and Process may keep batch.Items. Trigger and MaxBatch must be 0.
	WholeBuffer bool
	// Observer is told what happens.
	Observer Observer[T]
	// Group is the capacity that this queue shares with others. nil = its own, Limits.Capacity.
	Group *Group
}

func (o *QueueOptions[T]) validate() error {
	errs := []error{o.Limits.validate()}
	if o.Process == nil {
		errs = append(errs, errors.New("partbuffer: Process is nil, must be set"))
	}
	if o.Partitions < 0 {
		errs = append(errs, fmt.Errorf("partbuffer: Partitions is %d, must be 0 or more", o.Partitions))
	}
	if o.Overflow > DropOldest {
		errs = append(errs, fmt.Errorf("partbuffer: Overflow is %v, must be Block, Reject or DropOldest", o.Overflow))
	}
	if o.WholeBuffer && !(o.Limits.Trigger.isZero() && o.Limits.MaxBatch.isZero()) {
		errs = append(errs, errors.New("partbuffer: WholeBuffer is set, Trigger and MaxBatch must be 0"))
	}
	if o.Group != nil && !o.Limits.Capacity.isZero() {
		errs = append(errs, errors.New("partbuffer: Group is set, Limits.Capacity must be 0"))
	}
	return errors.Join(errs...)
}

func partitionCount(configured int) int {
	if configured > 0 {
		return configured
	}
	return max(4, runtime.GOMAXPROCS(0))
}
