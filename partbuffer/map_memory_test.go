// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"math"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatWasHandedOverIsRemembered(t *testing.T) {
	for ties, equal := range map[Tie]Verdict{TieFirst: Superseded, TieLast: Stored} {
		t.Run(ties.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var l ledger[entry]
				m := newMap(t, MapOptions[string, int]{
					Process: l.process, Partitions: 1, Limits: Limits{Interval: never}, Remember: 10 * time.Second, Ties: ties,
				})
				for _, key := range []string{"a", "b", "c", "d"} {
					exchanged(t, m, entry{Key: key, Version: 5})
				}
				require.NoError(t, m.Flush(t.Context()))
				assert.Equal(t, 4, m.Stats().Remembered)
				<-time.After(10*time.Second - 1)
				assert.Equal(t, []Verdict{Superseded}, exchanged(t, m, entry{Key: "a", Version: 4}))
				stored, err := m.PutNewer(t.Context(), "b", 1, 4)
				require.NoError(t, err)
				assert.False(t, stored)
				assert.Equal(t, []Verdict{equal}, exchanged(t, m, entry{Key: "a", Version: 5}))
				require.NoError(t, m.Put(t.Context(), "c", 1), "which has no version")
				assert.False(t, m.Delete("d"), "nothing waits")
				assert.Equal(t, []Verdict{Stored}, exchanged(t, m, entry{Key: "d", Version: 1}), "and nothing is remembered")
				<-time.After(1)
				assert.Equal(t, []Verdict{Stored}, exchanged(t, m, entry{Key: "b", Version: 4}), "late ones do not extend it")
				assert.Equal(t, m.Len(), len(l.batches()[0].Items)-map[Tie]int{TieFirst: 1}[ties])
			})
		})
	}
}

// A key is remembered from its last hand-over on, also across rotations.
func TestRememberingOutlivesRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l ledger[entry]
		m := newMap(t, MapOptions[string, int]{
			Process: l.process, Partitions: 1, Limits: Limits{Interval: never}, Remember: 10 * time.Second,
		})
		<-time.After(9 * time.Second)
		exchanged(t, m, entry{Key: "a", Version: 5})
		require.NoError(t, m.Flush(t.Context()))
		for i := range 9 { // at 10s everything known becomes the previous window
			<-time.After(time.Second)
			exchanged(t, m, entry{Key: "other", Version: int64(i)})
			require.NoError(t, m.Flush(t.Context()))
			require.Equal(t, []Verdict{Superseded}, exchanged(t, m, entry{Key: "a", Version: 4}), "%ds later", i+1)
		}
		exchanged(t, m, entry{Key: "a", Version: 6})
		require.NoError(t, m.Flush(t.Context()))
		<-time.After(9 * time.Second)
		require.Equal(t, []Verdict{Superseded}, exchanged(t, m, entry{Key: "a", Version: 5}), "from its last hand-over on")
		assert.Equal(t, 2, m.Stats().Remembered)
	})
}

func TestRememberingIsBounded(t *testing.T) {
	for name, tt := range map[string]struct {
		capacity, most int
		rate           time.Duration
	}{
		// A window ends with a hand-over of its partition, which may be some keys late: their hashes are a matter of luck.
		"by time":     {most: 2 * (100 + 10), rate: 100 * time.Millisecond},
		"by capacity": {capacity: 40, most: 2 * (40 + 2), rate: time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var l ledger[entry]
				m := newMap(t, MapOptions[string, int]{
					Process: l.process, Partitions: 2, Remember: 10 * time.Second,
					Limits: Limits{Interval: time.Hour, Trigger: Weight{Items: 1}, Capacity: Weight{Items: tt.capacity}},
				})
				most := 0
				for i := range 2000 {
					exchanged(t, m, entry{Key: strconv.Itoa(i)})
					<-time.After(tt.rate)
					s := m.Stats()
					most = max(most, s.Remembered)
					require.LessOrEqual(t, s.Remembered, tt.most)
					for _, p := range m.parts {
						require.LessOrEqual(t, len(p.memory.handed), 2*(precision+1))
					}
				}
				assert.Greater(t, most, tt.most/2, "it remembers what it may")
			})
		})
	}
}

// Many hand-overs of the same few keys take no more memory than few.
func TestHandOversAreToldApartToAPrecision(t *testing.T) {
	m := memory[int]{keep: precision * time.Second, generation: math.MaxUint32 - 5000, first: math.MaxUint32 - 5000}
	for i := range 10_000 {
		m.index = map[int]slot{1: {generation: m.generation}}
		m.handOver(time.Duration(i)*time.Second/10, math.MaxInt)
		last := slot{generation: m.generation - 1}
		require.False(t, m.expired(last, time.Duration(i)*time.Second/10))
		require.True(t, m.expired(last, time.Duration(i+1)*time.Second/10+m.keep+time.Second))
	}
	assert.LessOrEqual(t, len(m.handed), 2*(precision+1))
}
