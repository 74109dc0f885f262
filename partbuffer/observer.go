// SPDX-License-Identifier: Apache-2.0

package partbuffer

import "time"

// Trigger says why a buffer was handed to Process.
type Trigger uint8

// The triggers.
const (
	// TriggerNone is the zero Trigger; no batch has it.
	TriggerNone Trigger = iota
	// TriggerSize is a buffer that reached Limits.Trigger or has no room for the next item.
	TriggerSize
	// TriggerTimeout is a buffer whose first item waited for Limits.Interval.
	TriggerTimeout
	// TriggerPassThrough is a single write that was a whole batch by itself, or came with an Interval of 0.
	TriggerPassThrough
	// TriggerOverflow is a buffer that had to go because a writer waits for room.
	TriggerOverflow
	// TriggerFlush is a call of Flush.
	TriggerFlush
	// TriggerShutdown is a call of Shutdown.
	TriggerShutdown
)

var triggerNames = [...]string{"none", "size", "timeout", "pass_through", "overflow", "flush", "shutdown"}

func (t Trigger) String() string {
	if int(t) < len(triggerNames) {
		return triggerNames[t]
	}
	return "unknown"
}

// Info describes one call of Process.
type Info struct {
	Partition int
	Weight    Weight
	Trigger   Trigger
	// Oldest is when the buffer took its first item.
	Oldest time.Time
}

// Observer is told what happens inside a buffer. Every field may be nil. The functions are called from the
// goroutine in which the event happens, concurrently for different partitions, never with a lock held. They
// must not panic, and what they take is time in which the partition's next batch waits.
type Observer[T any] struct {
	// Started and Stopped mark a partition's life. reason is nil, or the *ShutdownError of a Shutdown that gave up.
	Started func(partition int)
	Stopped func(partition int, lifetime time.Duration, reason error)
	// ProcessStarted and ProcessStopped surround each call of Process. err is what it returned, a *PanicError
	// if it panicked, or ErrGoexit.
	ProcessStarted func(Info)
	ProcessStopped func(info Info, took time.Duration, err error)
	// Dropped reports items that were accepted and never reach Process: they gave way to newer ones
	// (ErrDropped), or Shutdown gave up (its ctx's error). The slice is valid during the call only.
	Dropped func(items []T, weight Weight, reason error)
}

func (o *Observer[T]) started(partitions int) {
	if o.Started == nil {
		return
	}
	for i := range partitions {
		o.Started(i)
	}
}

func (o *Observer[T]) stopped(partitions int, lifetime time.Duration, reason error) {
	if o.Stopped == nil {
		return
	}
	for i := range partitions {
		o.Stopped(i, lifetime, reason)
	}
}

func (o *Observer[T]) dropped(items []T, weight Weight, reason error) {
	if o.Dropped != nil && len(items) > 0 {
		o.Dropped(items, weight, reason)
	}
}
