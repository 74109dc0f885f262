// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"maps"
	"math"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"pgregory.net/rapid"
)

// newestModel is newest per key, written down as simply as can be.
type newestModel struct {
	arrival, tieLast bool
	remember         time.Duration

	live       map[string]modelEntry
	remembered map[string]modelMemory
	arrivals   int64
	superseded int
}

type modelEntry struct {
	version int64
	received
}

type modelMemory struct {
	version int64
	until   time.Time
}

// put adds a sample and returns it where it passes through.
func (m *newestModel) put(s sample) (passes []received) {
	if s.key == "" || s.delta {
		return []received{{sample: s, updates: -1}}
	}
	version := int64(s.at)
	if m.arrivals++; m.arrival || s.at == 0 {
		version = math.MinInt64 + m.arrivals
	}
	k := s.key
	if old, ok := m.remembered[k]; ok && time.Now().Before(old.until) && !m.newer(version, old.version) {
		m.superseded++
		return nil
	}
	held, ok := m.live[k]
	updates := int64(0)
	if ok {
		m.superseded++
		if !m.newer(version, held.version) {
			return nil
		}
		updates = held.updates + 1
	}
	m.live[k] = modelEntry{version, received{s, updates}}
	return nil
}

func (m *newestModel) newer(a, b int64) bool { return a > b || a == b && m.tieLast }

func (m *newestModel) flush(at time.Time) (out []received) {
	for k, e := range m.live {
		out = append(out, e.received)
		m.remembered[k] = modelMemory{e.version, at.Add(m.remember)}
	}
	clear(m.live)
	return out
}

func TestWhatComesOutIsTheNewestOfEveryKey(t *testing.T) {
	forEachMapKind(t, newestOfEveryKey[ptrace.Traces], newestOfEveryKey[plog.Logs], newestOfEveryKey[pmetric.Metrics])
}

func newestOfEveryKey[D comparable](t *testing.T, k mapKind[D]) {
	rapid.Check(t, func(rt *rapid.T) {
		model := &newestModel{
			arrival:    rapid.Bool().Draw(rt, "arrival"),
			tieLast:    rapid.Bool().Draw(rt, "tie last"),
			remember:   rapid.SampledFrom([]time.Duration{0, 7 * time.Second, time.Hour}).Draw(rt, "remember"),
			remembered: map[string]modelMemory{}, live: map[string]modelEntry{},
		}
		cfg := mapConfig(func(c *Config) {
			c.Partitions = rapid.IntRange(1, 5).Draw(rt, "partitions")
			c.SendBatchSize = rapid.SampledFrom([]int{1, 3, 8192}).Draw(rt, "send_batch_size")
			c.SendBatchMaxBytes = rapid.SampledFrom([]int{0, 150, 1000}).Draw(rt, "send_batch_max_bytes")
			c.Map.Remember = model.remember
			if model.arrival {
				c.Map.Version = "arrival"
			}
			if model.tieLast {
				c.Map.Tie = "last"
			}
		})
		id := 0
		windows := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) [][][]sample {
			return drawWindow(rt, k.name == "metrics", &id)
		}), 1, 4).Draw(rt, "windows")

		synctest.Test(t, func(*testing.T) {
			r := newMapRig(rt, k, cfg)
			for _, producers := range windows {
				var want []received
				for _, requests := range producers {
					for _, s := range slices.Concat(requests...) {
						want = append(want, model.put(s)...)
					}
				}
				send(r, k, producers)
				flushed := time.Now().Add(cfg.Timeout)
				<-time.After(cfg.Timeout + time.Second)
				synctest.Wait()
				r.assertIdentity()
				want = append(want, model.flush(flushed)...)
				slices.SortFunc(want, func(a, b received) int { return a.id - b.id })
				assert.Equal(rt, want, k.received(r))
			}
			r.end()
			b := r.buffer.balance()
			assert.EqualValues(rt, id, b.accepted)
			assert.EqualValues(rt, model.superseded, b.superseded)
		})
	})
}

// send lets all producers send their requests at the same time.
func send[D comparable](r *rig[D], k mapKind[D], producers [][][]sample) {
	done := make(chan error)
	for _, requests := range producers {
		go func() {
			for _, samples := range requests {
				if err := r.consume(context.Background(), k.request(samples)); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range producers {
		assert.NoError(r.t, <-done)
	}
}

// drawWindow draws the requests of several producers. Each has keys of its own, so that the order in which the
// samples of a key arrive is known.
func drawWindow(rt *rapid.T, metrics bool, id *int) [][][]sample {
	producers := make([][][]sample, rapid.IntRange(1, 3).Draw(rt, "producers"))
	for p := range producers {
		sampleOf := rapid.Custom(func(rt *rapid.T) sample {
			s := sample{
				resource: rapid.SampledFrom([]string{"a", "bb"}).Draw(rt, "resource"),
				at:       rapid.SampledFrom([]uint64{0, 1, 2, 2, 3, 1000, math.MaxInt64}).Draw(rt, "timestamp"),
			}
			if key := rapid.IntRange(0, 5).Draw(rt, "key"); key > 0 {
				s.key = strconv.Itoa(p) + " "[:key%2] + strconv.Itoa(key)
			}
			s.delta = metrics && s.key != "" && rapid.IntRange(0, 4).Draw(rt, "delta") == 0
			return s
		})
		producers[p] = rapid.SliceOfN(rapid.SliceOfN(sampleOf, 1, 8), 0, 5).Draw(rt, "requests")
		for _, request := range producers[p] {
			for i := range request {
				*id++
				request[i].id = *id
			}
		}
	}
	return producers
}

// TestTheModelForgetsNothing keeps the model itself honest.
func TestTheModelForgetsNothing(t *testing.T) {
	m := &newestModel{live: map[string]modelEntry{}, remembered: map[string]modelMemory{}}
	m.put(sample{id: 1, key: "a", at: 2})
	m.put(sample{id: 2, key: "a", at: 1})
	m.put(sample{id: 3, key: "a", at: 3})
	assert.Len(t, m.put(sample{id: 4}), 1)
	assert.Equal(t, []string{"a"}, slices.Collect(maps.Keys(m.live)))
	assert.Equal(t, 3, m.live["a"].id)
	assert.EqualValues(t, 1, m.live["a"].updates)
	assert.Equal(t, 2, m.superseded)
}
