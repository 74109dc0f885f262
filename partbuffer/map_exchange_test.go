// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An Exchange that finds no room waits, half done, until there is some, its ctx ends, or Shutdown begins.
func TestExchangeWaitsForRoom(t *testing.T) {
	for name, tt := range map[string]struct {
		end  func(m *Map[string, int], cancel context.CancelCauseFunc, release func())
		want error
	}{
		"room": {func(_ *Map[string, int], _ context.CancelCauseFunc, release func()) { release() }, nil},
		"ctx":  {func(_ *Map[string, int], cancel context.CancelCauseFunc, _ func()) { cancel(errDead) }, errDead},
		"shutdown": {func(m *Map[string, int], _ context.CancelCauseFunc, _ func()) {
			go func() { _ = m.Shutdown(context.Background()) }()
		}, ErrClosed},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := newGate[entry](t)
				m := newMap(t, MapOptions[string, int]{
					Process: g.process, Partitions: 1, Limits: Limits{Interval: never, Capacity: Weight{Items: 2, Bytes: 100}},
				})
				ctx, cancel := context.WithCancelCause(t.Context())
				all := entries{
					{Key: "a", Value: 7, Bytes: 7},
					{Key: "a", Version: 1, Value: 1, Bytes: 1},
					{Key: "b", Value: 2, Bytes: 2},
					{Key: "c", Value: 3, Bytes: 3},
					{Key: "d", Value: 4, Bytes: 4},
					{Key: "e", Value: 5, Bytes: 5},
				}
				verdicts := make([]Verdict, len(all))
				done := make(chan error, 1)
				go func() { done <- m.Exchange(ctx, all, verdicts) }()
				synctest.Wait()
				assert.Equal(t, []entries{{{Key: "a", Value: 1, Version: 1, Updates: 1, Bytes: 1}, {Key: "b", Value: 2, Bytes: 2}}}, g.items(), "full never means stuck")
				assert.Empty(t, done)
				tt.end(m, cancel, g.release)
				synctest.Wait()
				err := <-done
				require.ErrorIs(t, err, tt.want)
				g.release()
				if tt.want == nil {
					assert.Equal(t, []Verdict{Stored, Replaced, Stored, Stored, Stored, Stored}, verdicts)
					return
				}
				assert.Equal(t, []Verdict{Stored, Replaced, Stored, Refused, Refused, Refused}, verdicts)
				for i, want := range []int{0, 7, 0, 3, 4, 5} {
					assert.Equal(t, want, all[i].Value)
				}
				partial, ok := errors.AsType[*PartialError](err)
				require.True(t, ok)
				assert.Equal(t, Weight{Items: 3, Bytes: 10}, partial.Accepted)
				assert.Equal(t, Weight{Items: 3, Bytes: 12}, partial.Refused)
				assert.Equal(t, Weight{Items: 3, Bytes: 12}, m.Stats().Refused)
			})
		})
	}
}

// A value that becomes smaller frees room, and whoever waits for that gets it.
func TestASmallerValueWakesWhoWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate[entry](t)
		m := newMap(t, MapOptions[string, int]{
			Process: g.process, Partitions: 1, Limits: Limits{Interval: never, Capacity: Weight{Bytes: 20}},
		})
		exchanged(t, m, entry{Key: "a", Bytes: 5})
		go func() { _ = m.Flush(t.Context()) }() // now the partition is at work, and hands nothing over
		synctest.Wait()
		exchanged(t, m, entry{Key: "b", Bytes: 15})
		done := make(chan error)
		go func() { done <- m.Exchange(t.Context(), entries{{Key: "c", Bytes: 5}}, make([]Verdict, 1)) }()
		synctest.Wait()
		exchanged(t, m, entry{Key: "b", Bytes: 10, Version: 1})
		require.NoError(t, <-done)
		assert.Equal(t, Weight{Items: 3, Bytes: 20}, m.member.load())
		g.release()
	})
}

// Reject counts what is new across partitions before it stores anything, and what is larger than everything is
// admitted alone.
func TestRejectIsAllOrNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate[entry](t)
		m := newMap(t, MapOptions[string, int]{
			Process: g.process, Partitions: 3, Overflow: Reject, Limits: Limits{Interval: never, Capacity: Weight{Items: 8}},
		})
		var all entries
		for i := range 9 {
			all = append(all, entry{Key: strconv.Itoa(i), Value: i}, entry{Key: strconv.Itoa(i), Value: -i, Version: 1})
		}
		assert.NotContains(t, exchanged(t, m, all...), Refused, "alone")
		verdicts := make([]Verdict, 2)
		require.ErrorIs(t, m.Exchange(t.Context(), entries{{Key: "1", Version: 2}, {Key: "x"}}, verdicts), ErrFull)
		assert.Equal(t, []Verdict{Refused, Refused}, verdicts)
		value, _ := m.Get("1")
		assert.Equal(t, -1, value)
		synctest.Wait()
		assert.Empty(t, g.batches(), "the window goes on for the keys that are in it")
		g.release()
	})
}

// HandBack hands nothing over early: the window goes on for the keys that are in it.
func TestHandBackLeavesTheWindowAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger[entry]
		m := newMap(t, MapOptions[string, int]{
			Process: l.process, Partitions: 1, Overflow: HandBack, Limits: Limits{Interval: time.Second, Capacity: Weight{Items: 1}},
		})
		assert.Equal(t, []Verdict{Stored, HandedBack, Replaced}, exchanged(t, m, entry{Key: "a"}, entry{Key: "b"}, entry{Key: "a", Version: 1}))
		require.ErrorIs(t, m.Put(t.Context(), "b", 1), ErrFull)
		synctest.Wait()
		assert.Empty(t, l.batches())
		assert.Equal(t, 1, m.Stats().Refused.Items, "what is handed back is not refused")
	})
}

// A map that shares a group holds at most half of it, and leaves it when it ends.
func TestMapInAGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		group := NewGroup(Weight{Items: 4})
		var l ledger[entry]
		var lq ledger[int]
		q := newQueue(t, QueueOptions[int]{Process: lq.process, Group: group, Overflow: Reject, Limits: Limits{Interval: never}})
		m, err := NewMap(MapOptions[string, int]{
			Process: l.process, Partitions: 1, Group: group, Overflow: HandBack, Limits: Limits{Interval: never},
		})
		require.NoError(t, err)
		assert.Equal(t, []Verdict{Stored, Stored, HandedBack}, exchanged(t, m, entry{Key: "a"}, entry{Key: "b"}, entry{Key: "c"}))
		pushed(t, q, 1, 2)
		require.NoError(t, m.Reconfigure(Limits{Interval: time.Hour}))
		assert.Equal(t, Weight{Items: 4}, group.Capacity())
		require.NoError(t, m.Shutdown(t.Context()))
		assert.Equal(t, Weight{Items: 2}, group.Held())
		require.ErrorIs(t, q.Push(t.Context(), 3), ErrShareFull, "alone, and it leaves room for others")
	})
}

func TestMapOptionsAreCheckedTogether(t *testing.T) {
	_, err := NewMap(MapOptions[string, int]{
		Ties: 2, Remember: -1, Overflow: DropOldest, Group: NewGroup(Weight{}),
		Limits: Limits{Interval: 1, Capacity: Weight{Bytes: 1}, MaxBatch: Weight{Bytes: 1}},
	})
	for _, part := range []string{"Process", "Ties", "Remember", "Overflow", "Group", "MaxBatch.Bytes"} {
		require.ErrorContains(t, err, part)
	}
	_, err = NewQueue(QueueOptions[int]{Overflow: HandBack})
	require.ErrorContains(t, err, "Overflow is hand_back")
	var m Map[string, int]
	require.ErrorIs(t, m.Exchange(t.Context(), make(entries, 1), make([]Verdict, 1)), ErrNotRunning)
	require.ErrorContains(t, m.Exchange(t.Context(), make(entries, 1), nil), "0 verdicts for 1 entries")
}
