// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// inBubble carries a failure of f, which rapid raises as a panic, out of the bubble.
func inBubble(t *testing.T, rt *rapid.T, f func()) {
	t.Helper()
	var failure any
	synctest.Test(t, func(*testing.T) {
		defer func() { failure = recover() }()
		f()
	})
	switch { // in lines of their own, by which rapid tells failures from data that has come to its end
	case rt.Failed():
		rt.FailNow()
	case failure != nil:
		panic(failure)
	}
}

// TestMapExchangeAgainstModel runs writes, hand-overs, failures that give entries back, and time.
func TestMapExchangeAgainstModel(t *testing.T) {
	errDead := errors.New("dead")
	keys := []string{"a", "b", "c", "d", "e"}
	rapid.Check(t, func(rt *rapid.T) {
		inBubble(t, rt, func() {
			var m *Map[string, int]
			var got entries
			var back []string
			during := func() {} // what is written while Process runs
			isBack := func(key string) bool { return slices.Contains(back, key) }
			model := &mapModel{front: map[string]entry{}, plain: map[string]bool{}, remembered: map[string]memo{}}
			model.opts = MapOptions[string, int]{
				Process: func(_ context.Context, b Batch[entry]) error {
					during()
					kept := b.Items[:0]
					for _, e := range b.Items {
						if isBack(e.Key) {
							kept = append(kept, e)
						} else {
							got = append(got, e)
						}
					}
					if len(kept) > 0 {
						return fmt.Errorf("sending: %w", &UnprocessedError[string, int]{Entries: kept, Err: errDead})
					}
					return nil
				},
				Partitions: 1, Limits: Limits{Interval: never},
				Overflow: rapid.SampledFrom([]Overflow{Reject, HandBack}).Draw(rt, "overflow"),
				Ties:     rapid.SampledFrom([]Tie{TieFirst, TieLast}).Draw(rt, "ties"),
				Remember: time.Duration(rapid.SampledFrom([]int{0, 3}).Draw(rt, "remember")) * time.Second,
			}
			switch rapid.IntRange(0, 2).Draw(rt, "capacity") {
			case 1: // with few items the oldest would be forgotten earlier
				model.opts.Limits.Capacity.Items = 3
				model.opts.Remember = 0
			case 2:
				model.opts.Limits.Capacity.Bytes = 20
			}
			var err error
			m, err = NewMap(model.opts)
			require.NoError(rt, err)
			ctx := context.Background()
			value := 0
			draw := func() (all entries) {
				for range rapid.IntRange(1, 6).Draw(rt, "entries") {
					value++
					all = append(all, entry{
						Key: rapid.SampledFrom(keys).Draw(rt, "key"), Value: value,
						Version: int64(rapid.IntRange(-2, 3).Draw(rt, "version")), Bytes: rapid.SampledFrom([]int{0, 1, 3, 5, 9, 25}).Draw(rt, "bytes"), Updates: 7,
					})
				}
				return all
			}
			type result struct {
				entries  entries
				verdicts []Verdict
				err      error
			}
			exchange := func(all entries) (want, got result) {
				want.entries, got.entries, got.verdicts = slices.Clone(all), all, make([]Verdict, len(all))
				want.verdicts, want.err = model.exchangeAll(want.entries)
				got.err = m.Exchange(ctx, all, got.verdicts)
				return want, got
			}
			check := func() {
				synctest.Wait()
				s := m.Stats()
				require.Equal(rt, s.Accepted.Items, s.Superseded+sum(s.Stats).Items, "accounting identity: %+v", s)
				require.Equal(rt, model.accepted, s.Accepted.Items)
				require.Equal(rt, model.superseded, s.Superseded)
				require.Equal(rt, model.held(), m.member.load())
				require.Equal(rt, model.held().Items, m.Len())
				require.ElementsMatch(rt, model.processed, got)
				for _, key := range keys {
					value, ok := m.Get(key)
					held, want := model.front[key]
					require.Equal(rt, want, ok)
					require.Equal(rt, held.Value, value)
				}
			}
			for range rapid.IntRange(1, 30).Draw(rt, "operations") {
				switch rapid.IntRange(0, 6).Draw(rt, "operation") {
				case 0, 1, 2:
					want, got := exchange(draw())
					require.Equal(rt, want, got)
				case 3:
					key := rapid.SampledFrom(keys).Draw(rt, "key")
					require.Equal(rt, model.remove(key), m.Delete(key))
				case 4:
					value++
					key := rapid.SampledFrom(keys).Draw(rt, "key")
					want := model.put(key, value)
					require.Equal(rt, want, m.Put(ctx, key, value))
				case 5:
					back = rapid.SliceOfDistinct(rapid.SampledFrom(keys), rapid.ID[string]).Draw(rt, "back")
					meanwhile := draw()
					empty := len(model.front) == 0
					failed := slices.ContainsFunc(slices.Collect(maps.Keys(model.front)), isBack)
					var want, got result
					var wantPut, gotPut error
					plain := rapid.SampledFrom(append(keys, "")).Draw(rt, "plain")
					during = func() { // in a goroutine of the map, which would capture a failure
						model.handOver()
						if plain != "" {
							wantPut, gotPut = model.put(plain, -1), m.Put(ctx, plain, -1)
						}
						want, got = exchange(meanwhile)
					}
					err := m.Flush(ctx)
					during = func() {}
					require.Equal(rt, wantPut, gotPut)
					require.Equal(rt, want, got)
					require.Equal(rt, failed, errors.Is(err, errDead), "%v", err)
					if !empty {
						model.end(isBack)
					}
				case 6:
					<-time.After(time.Duration(rapid.IntRange(1, 4).Draw(rt, "seconds")) * time.Second)
				}
				check()
			}
			back = nil
			if len(model.front) > 0 {
				model.handOver()
				model.end(isBack)
			}
			require.NoError(rt, m.Shutdown(ctx))
			check()
			assert.Zero(rt, m.member.load())
			require.ErrorIs(rt, m.Exchange(ctx, make(entries, 1), make([]Verdict, 1)), ErrClosed)
		})
	})
}
