// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"maps"
	"testing"
	"time"
)

func BenchmarkQueuePush(b *testing.B) {
	newQueue := func(b *testing.B) *Queue[int] {
		q, err := NewQueue(QueueOptions[int]{
			Process: func(context.Context, Batch[int]) error { return nil },
			Limits:  Limits{Interval: time.Second, Trigger: Weight{Items: 8192}},
		})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = q.Shutdown(context.Background()) })
		return q
	}
	b.Run("producers=1", func(b *testing.B) {
		q := newQueue(b)
		ctx := context.Background()
		b.ReportAllocs()
		for b.Loop() {
			_ = q.Push(ctx, 1)
		}
	})
	b.Run("producers=64", func(b *testing.B) {
		q := newQueue(b)
		ctx := context.Background()
		b.SetParallelism(32)
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				_ = q.Push(ctx, 1)
			}
		})
	})
}

// The cases of the Elixir library's own benchmark: 1 and 10 entries a call, 100,000 keys, nothing to process.
func BenchmarkMapPut(b *testing.B) {
	const keys = 100_000
	newMap := func(b *testing.B) *Map[int, int] {
		m, err := NewMap(MapOptions[int, int]{
			Process: func(context.Context, Batch[Entry[int, int]]) error { return nil },
			Limits:  Limits{Interval: time.Second},
		})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = m.Shutdown(context.Background()) })
		return m
	}
	ctx := context.Background()
	b.Run("put/entries=1", func(b *testing.B) {
		m := newMap(b)
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			_ = m.Put(ctx, i%keys, i)
		}
	})
	b.Run("put_newer/entries=1", func(b *testing.B) {
		m := newMap(b)
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			_, _ = m.PutNewer(ctx, i%keys, i, int64(i))
		}
	})
	b.Run("put_all/entries=10", func(b *testing.B) {
		m := newMap(b)
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			ten := map[int]int{}
			for k := range 10 {
				ten[(i*10+k)%keys] = i
			}
			_ = m.PutAll(ctx, maps.All(ten))
		}
	})
	b.Run("put_all_newer/entries=10", func(b *testing.B) {
		m := newMap(b)
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			_ = m.PutAllNewer(ctx, func(yield func(Entry[int, int]) bool) {
				for k := range 10 {
					if !yield(Entry[int, int]{Key: (i*10 + k) % keys, Value: i, Version: int64(i)}) {
						return
					}
				}
			})
		}
	})
}

func BenchmarkMapExchange(b *testing.B) {
	const keys, batch = 100_000, 100
	for _, bb := range []struct {
		name     string
		live     bool
		remember time.Duration
	}{
		{"live", true, 0}, {"live/remember", true, time.Hour}, {"new", false, 0}, {"new/remember", false, time.Second},
	} {
		b.Run(bb.name, func(b *testing.B) {
			l := Limits{Interval: time.Hour, Capacity: Weight{Items: keys}}
			if !bb.live {
				l.Trigger.Items = 1000
			}
			m, err := NewMap(MapOptions[int, int]{
				Process: func(context.Context, Batch[Entry[int, int]]) error { return nil }, Limits: l, Remember: bb.remember,
			})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = m.Shutdown(context.Background()) })
			ctx := context.Background()
			entries, verdicts := make([]Entry[int, int], batch), make([]Verdict, batch)
			put := func(i int) {
				for k := range entries {
					key := i*batch + k
					if bb.live {
						key %= keys
					}
					entries[k] = Entry[int, int]{Key: key, Value: i, Version: int64(i)}
				}
				if err := m.Exchange(ctx, entries, verdicts); err != nil {
					b.Fatal(err)
				}
			}
			first := 0
			if bb.live {
				for ; first < keys/batch; first++ {
					put(first)
				}
			}
			b.ReportAllocs()
			for i := first; b.Loop(); i++ {
				put(i)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*batch), "ns/entry")
		})
	}
}
