// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var errRefused = errors.New("refused by the destination")

func TestAResultTellsRefusalFromFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, QueueOptions[parcel]{
			Process:    func(context.Context, Batch[parcel]) error { return errRefused },
			Weigh:      weighParcel,
			Partitions: 1, Overflow: Reject, Limits: Limits{Interval: time.Second, Capacity: Weight{Items: 4}},
		})
		var weighed, together, none Result
		require.NoError(t, q.PushWeighed(t.Context(), numbered(0, 2), Weight{Items: 2}, &weighed))
		require.NoError(t, q.PushFunc(t.Context(), Weight{Items: 2}, func() []parcel { return []parcel{{2}, {3}} }, &together))
		require.ErrorIs(t, q.PushWeighed(t.Context(), numbered(4, 1), Weight{Items: 1}, &none), ErrFull)

		for _, r := range []*Result{&weighed, &together} {
			failures, err := r.Wait(t.Context())
			require.NoError(t, err)
			assert.Equal(t, []error{errRefused}, failures, "one batch, one error")
		}
		failures, err := none.Wait(t.Context())
		require.NoError(t, err)
		assert.Empty(t, failures)
	})
}

// Whoever asks late is told what became of the items, not that it is late.
func TestAResultThatIsKnownIsToldAfterTheEndOfTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, QueueOptions[int]{
			Process:    func(context.Context, Batch[int]) error { return errRefused },
			Partitions: 1, Limits: Limits{Interval: time.Second},
		})
		var r Result
		require.NoError(t, q.PushWeighed(t.Context(), 1, Weight{Items: 1}, &r))
		require.ErrorIs(t, q.Flush(t.Context()), errRefused)
		for range 64 { // a select among two that are ready is a matter of luck
			failures, err := r.Wait(over(t))
			require.NoError(t, err)
			require.Equal(t, []error{errRefused}, failures)
		}
	})
}

// Process hangs and does not look at its ctx: what becomes of its batch will not be known in time.
func TestShutdownThatGivesUpReleasesThoseWhoWaitForWhatIsInProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate[int](t)
		q := newQueue(t, QueueOptions[int]{Process: g.process, Partitions: 1, Limits: Limits{Interval: never, Trigger: Weight{Items: 1}}})
		waited := make(chan error, 1)
		go func() { waited <- q.PushWait(context.Background(), 1) }()
		synctest.Wait()

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var gaveUp *ShutdownError
		require.ErrorAs(t, q.Shutdown(ctx), &gaveUp)
		assert.Equal(t, Weight{Items: 1}, gaveUp.InFlight)
		require.ErrorIs(t, <-waited, context.DeadlineExceeded)
		g.release()
		synctest.Wait()
		assert.Equal(t, 1, q.Stats().Processed.Items)
	})
}

func TestAFullShareIsToldFromAFullGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate[int](t)
		group := NewGroup(Weight{Items: 4})
		open := func() *Queue[int] {
			return newQueue(t, QueueOptions[int]{
				Process: g.process, Partitions: 1, Overflow: Reject, Group: group, Limits: Limits{Interval: never},
			})
		}
		one, other := open(), open()
		pushed(t, one, 1, 2)
		err := one.Push(t.Context(), 3)
		require.ErrorIs(t, err, ErrShareFull)
		require.ErrorIs(t, err, ErrFull)
		pushed(t, other, 3)
		synctest.Wait()
		pushed(t, other, 4)
		third := open()
		err = third.Push(t.Context(), 5)
		require.ErrorIs(t, err, ErrFull)
		require.NotErrorIs(t, err, ErrShareFull)
		g.release()
	})
}
