// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"errors"
	"fmt"
)

var (
	// ErrNotRunning is returned by a Queue or Map that was not made by its constructor.
	ErrNotRunning = errors.New("partbuffer: not running: use NewQueue or NewMap")
	// ErrClosed is returned by writes that come after Shutdown began, and to writers that waited for room then.
	ErrClosed = errors.New("partbuffer: closed")
	// ErrFull is returned by writes that find no room when Overflow is Reject, and by those that find none to
	// make when it is DropOldest. Trying again later is reasonable.
	ErrFull = errors.New("partbuffer: full")
	// ErrShareFull is the ErrFull of a queue that holds its share of a Group which has room for others. errors.Is
	// finds ErrFull in it.
	ErrShareFull = fmt.Errorf("%w: the queue's share of its group is used up", ErrFull)
	// ErrPartitionFull is the ErrFull of a routed queue of which one partition holds half of what the queue may hold,
	// while others have room. errors.Is finds ErrFull in it.
	ErrPartitionFull = fmt.Errorf("%w: the partition holds half of what its queue may hold", ErrFull)
	// ErrDropped is what Observer.Dropped and PushWait report for items that gave way to newer ones.
	ErrDropped = errors.New("partbuffer: dropped to make room")
	// ErrGaveUp is what those who wait for a result hear of items that a Shutdown gave up: they were dropped, or are in
	// process and nobody will wait for that.
	ErrGaveUp = errors.New("partbuffer: shutdown gave up")
	// ErrGoexit is the result of a Process call that ended its goroutine.
	ErrGoexit = errors.New("partbuffer: process called runtime.Goexit")
)

// PanicError is the result of a Process call that panicked. The batch of that call is lost, the buffer goes on.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("partbuffer: process panicked: %v", e.Value) }

// Unwrap returns the panic's value where that is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// PartialError is the error of a write of which a part had been accepted before it failed. The accepted part
// stays in the buffer and is processed; only the refused part may be written again.
type PartialError struct {
	Accepted Weight
	Refused  Weight
	// Whole is how many of the written items, from the first on, were accepted whole.
	Whole int
	Err   error
}

func (e *PartialError) Error() string {
	return fmt.Sprintf("%v (accepted %d items, refused %d)", e.Err, e.Accepted.Items, e.Refused.Items)
}

// Unwrap returns the cause.
func (e *PartialError) Unwrap() error { return e.Err }

// ShutdownError is returned by a Shutdown whose ctx ended before everything was processed.
type ShutdownError struct {
	// Dropped was waiting and is given up: it will not be processed. InFlight is in the hands of Process,
	// whose ctx has been canceled.
	Dropped  Weight
	InFlight Weight
	Err      error
}

func (e *ShutdownError) Error() string {
	return fmt.Sprintf("partbuffer: shutdown gave up: dropped %d items, %d in flight: %v", e.Dropped.Items, e.InFlight.Items, e.Err)
}

// Unwrap returns the error of the ctx that ended the wait.
func (e *ShutdownError) Unwrap() error { return e.Err }
