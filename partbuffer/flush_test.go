// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFlushProcessesWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger[int]
		q := newQueue(t, QueueOptions[int]{Process: l.process, Limits: Limits{Interval: never}})
		require.NoError(t, q.Flush(t.Context()), "nothing waits")
		pushed(t, q, 1, 2)
		require.NoError(t, q.Flush(t.Context()))
		assert.Equal(t, [][]int{{1, 2}}, l.items())
		assert.Equal(t, []Trigger{TriggerFlush}, l.triggers())
		assert.Zero(t, q.Len())
	})
}

func TestFlushJoinsTheErrorsOfEveryBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		q := newQueue(t, QueueOptions[int]{
			Process: func(_ context.Context, b Batch[int]) error {
				<-release
				return fmt.Errorf("batch of %d", b.Items[0])
			},
			Partitions: 1, Limits: Limits{Interval: never, Trigger: Weight{Items: 1}},
		})
		pushed(t, q, 1, 2, 3, 4) // 1 is in process, the others are sealed behind it
		time.AfterFunc(time.Second, func() { close(release) })
		assert.EqualError(t, q.Flush(t.Context()), "batch of 1\nbatch of 2\nbatch of 3\nbatch of 4")
	})
}

func TestFlushEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate[int](t)
		q := newQueue(t, QueueOptions[int]{Process: g.process, Limits: Limits{Interval: never}})
		pushed(t, q, 1)
		enough := errors.New("enough")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, enough)
		defer cancel()
		require.ErrorIs(t, q.Flush(ctx), enough)
		g.release()
	})
}

func TestFlushDoesNotWaitForWhatComesLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate[int](t)
		q := newQueue(t, QueueOptions[int]{Process: g.process, Partitions: 1, Limits: Limits{Interval: never}})
		pushed(t, q, 1)
		flushed := make(chan error, 1)
		go func() { flushed <- q.Flush(t.Context()) }()
		synctest.Wait()
		pushed(t, q, 2)
		g.open <- struct{}{}
		require.NoError(t, <-flushed)
		assert.Equal(t, 1, q.Len())
		g.release()
	})
}

// The flush waits for a buffer behind the one in process; then the only key of that buffer is deleted.
func TestMapFlushEndsWhenWhatItWaitsForIsDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate[Entry[string, int]](t)
		m := newMap(t, MapOptions[string, int]{Process: g.process, Partitions: 1, Limits: Limits{Interval: never, Trigger: Weight{Items: 1}}})
		require.NoError(t, m.Put(t.Context(), "a", 1))
		synctest.Wait()
		require.NoError(t, m.Put(t.Context(), "b", 2))
		flushed := make(chan error, 1)
		go func() { flushed <- m.Flush(t.Context()) }()
		synctest.Wait()
		require.True(t, m.Delete("b"))
		g.release()
		synctest.Wait()
		select {
		case err := <-flushed:
			require.NoError(t, err)
		default:
			t.Fatal("Flush waits for ever")
		}
	})
}
