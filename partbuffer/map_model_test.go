// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"errors"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

type (
	entry   = Entry[string, int]
	entries = []entry
)

func sortedEntries(batches []Batch[entry]) (all []entry) {
	for _, b := range batches {
		all = append(all, b.Items...)
	}
	slices.SortFunc(all, func(a, b entry) int { return strings.Compare(a.Key, b.Key) })
	return all
}

// TestMapAgainstModel compares every window with the newest entry per key of what was put in it.
func TestMapAgainstModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		synctest.Test(t, func(*testing.T) {
			var l ledger[entry]
			m, err := NewMap(MapOptions[string, int]{
				Process: l.process, Partitions: rapid.IntRange(1, 4).Draw(rt, "partitions"),
				Limits: Limits{Interval: time.Second, MaxBatch: Weight{Items: rapid.IntRange(0, 3).Draw(rt, "batch")}},
			})
			require.NoError(rt, err)
			ctx := context.Background()
			for window := range rapid.IntRange(1, 3).Draw(rt, "windows") {
				model := map[string]entry{}
				put := func(e entry, newer bool) bool {
					held, ok := model[e.Key]
					switch {
					case !ok:
						model[e.Key] = e
					case !newer:
						model[e.Key] = entry{Key: e.Key, Value: e.Value}
					case e.Version > held.Version:
						e.Updates = held.Updates + 1
						model[e.Key] = e
					default:
						return false
					}
					return true
				}
				for i := range rapid.IntRange(0, 40).Draw(rt, "operations") {
					e := entry{
						Key: rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}).Draw(rt, "key"), Value: 100*window + i,
						Version: int64(rapid.IntRange(-2, 4).Draw(rt, "version")),
					}
					switch rapid.IntRange(0, 5).Draw(rt, "operation") {
					case 0:
						e.Version = 0
						put(e, false)
						require.NoError(rt, m.Put(ctx, e.Key, e.Value))
					case 1, 2:
						want := put(e, true)
						got, err := m.PutNewer(ctx, e.Key, e.Value, e.Version)
						require.NoError(rt, err)
						assert.Equal(rt, want, got)
					case 3:
						twice := entry{Key: e.Key, Value: -e.Value, Version: e.Version + 1}
						put(e, true)
						put(twice, true)
						require.NoError(rt, m.PutAllNewer(ctx, slices.Values(entries{e, twice})))
					case 4:
						_, there := model[e.Key]
						delete(model, e.Key)
						assert.Equal(rt, there, m.Delete(e.Key))
					case 5:
						e.Version = 0
						put(e, false)
						require.NoError(rt, m.PutAll(ctx, maps.All(map[string]int{e.Key: e.Value})))
					}
					held, want := model[e.Key]
					value, ok := m.Get(e.Key)
					assert.Equal(rt, want, ok)
					assert.Equal(rt, held.Value, value)
					assert.Equal(rt, len(model), m.Len())
				}
				l.mu.Lock()
				l.seen = nil
				l.mu.Unlock()
				<-time.After(time.Hour)
				synctest.Wait()
				want := slices.SortedFunc(maps.Values(model), func(a, b entry) int { return strings.Compare(a.Key, b.Key) })
				if got := sortedEntries(l.batches()); len(want)+len(got) > 0 {
					assert.Equal(rt, want, got)
				}
				s := m.Stats()
				assert.Equal(rt, s.Accepted.Items, s.Superseded+sum(s.Stats).Items, "accounting identity: %+v", s)
			}
			require.NoError(rt, m.Shutdown(ctx))
			assert.Zero(rt, m.member.group.Held())
		})
	})
}

func TestMapHandsOverInBatchesAndForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger[entry]
		m := newMap(t, MapOptions[string, int]{
			Process: l.process, Partitions: 1, Limits: Limits{Interval: time.Second, MaxBatch: Weight{Items: 2}},
		})
		for i, key := range []string{"a", "b", "c", "a", "d", "e"} {
			require.NoError(t, m.Put(t.Context(), key, i))
		}
		<-time.After(time.Second)
		synctest.Wait()
		assert.Equal(t, []entries{{{Key: "a", Value: 3}, {Key: "b", Value: 1}}, {{Key: "c", Value: 2}, {Key: "d", Value: 4}}, {{Key: "e", Value: 5}}}, l.items())
		_, ok := m.Get("a")
		assert.False(t, ok, "only what waits is seen")
		assert.False(t, m.Delete("a"))
		stored, err := m.PutNewer(t.Context(), "a", 1, -5)
		require.NoError(t, err)
		assert.True(t, stored, "a key that comes again begins anew")
	})
}

func TestMapFailureCostsItsBatchOnly(t *testing.T) {
	for name, fail := range map[string]func() error{
		"error":  func() error { return errors.New("boom") },
		"panic":  func() error { panic("boom") },
		"goexit": func() error { runtime.Goexit(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var l ledger[entry]
				m := newMap(t, MapOptions[string, int]{
					Process: func(ctx context.Context, b Batch[entry]) error {
						if b.Items[0].Key == "b" {
							return fail()
						}
						return l.process(ctx, b)
					},
					Partitions: 1, Limits: Limits{Interval: time.Second, MaxBatch: Weight{Items: 1}},
				})
				for _, key := range []string{"a", "b", "c"} {
					require.NoError(t, m.Put(t.Context(), key, 1))
				}
				require.Error(t, m.Flush(t.Context()))
				assert.Equal(t, []entries{{{Key: "a", Value: 1}}, {{Key: "c", Value: 1}}}, l.items(), "and none behind it")
				assert.Equal(t, 1, m.Stats().Failed.Items)
			})
		})
	}
}

func TestMapCapacityBoundsKeysNotUpdates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate[entry](t)
		m := newMap(t, MapOptions[string, int]{
			Process: g.process, Partitions: 1, Overflow: Reject, Limits: Limits{Interval: never, Capacity: Weight{Items: 2}},
		})
		require.NoError(t, m.Put(t.Context(), "a", 1))
		require.NoError(t, m.Put(t.Context(), "b", 1))
		require.NoError(t, m.Put(t.Context(), "a", 2), "a live key needs no room")
		require.ErrorIs(t, m.Put(t.Context(), "c", 1), ErrFull)
		synctest.Wait()
		assert.Empty(t, g.batches(), "the window goes on for the keys that are in it")
		assert.Equal(t, 1, m.Stats().Refused.Items)
		g.release()
		require.NoError(t, m.Shutdown(t.Context()))
		require.ErrorIs(t, m.Put(t.Context(), "a", 1), ErrClosed)
		require.ErrorIs(t, m.PutAll(t.Context(), maps.All(map[string]int{"a": 1})), ErrClosed)
	})
}

func TestMapNotRunning(t *testing.T) {
	var zero Map[string, int]
	require.ErrorIs(t, zero.Put(t.Context(), "a", 1), ErrNotRunning)
	require.ErrorIs(t, zero.PutAll(t.Context(), maps.All(map[string]int{"a": 1})), ErrNotRunning)
	_, ok := zero.Get("a")
	assert.False(t, ok)
	assert.False(t, zero.Delete("a"))
	require.NoError(t, zero.Shutdown(t.Context()))
	_, err := NewMap(MapOptions[string, int]{Overflow: DropOldest, Limits: Limits{Trigger: Weight{Bytes: 1}}})
	for _, part := range []string{"Process", "Interval", "drop_oldest", "Bytes"} {
		require.ErrorContains(t, err, part)
	}
}

func TestUpdateOfALiveKeyAllocatesNothing(t *testing.T) {
	m := newMap(t, MapOptions[int, int]{
		Process: func(context.Context, Batch[Entry[int, int]]) error { return nil }, Limits: Limits{Interval: never},
	})
	require.NoError(t, m.Put(t.Context(), 1, 1))
	ctx := t.Context()
	version := int64(0)
	assert.Zero(t, testing.AllocsPerRun(1000, func() { version++; _, _ = m.PutNewer(ctx, 1, 1, version) }))
}
