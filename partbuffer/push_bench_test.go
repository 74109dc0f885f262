// SPDX-License-Identifier: Apache-2.0

package partbuffer

import (
	"context"
	"sync/atomic"
	"testing"
	"time"
)

func BenchmarkQueuePushTo(b *testing.B) {
	opts := QueueOptions[int]{
		Process: func(context.Context, Batch[int]) error { return nil },
		Limits:  Limits{Interval: time.Second, Trigger: Weight{Items: 8192}},
	}
	b.Run("producers=1", func(b *testing.B) {
		q := newQueue(b, opts)
		ctx := context.Background()
		b.ReportAllocs()
		for key := uint64(0); b.Loop(); key++ {
			_ = q.PushTo(ctx, key, 1)
		}
	})
	b.Run("producers=64", func(b *testing.B) {
		q := newQueue(b, opts)
		ctx := context.Background()
		var key atomic.Uint64
		b.SetParallelism(32)
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			mine := key.Add(1)
			for pb.Next() {
				_ = q.PushTo(ctx, mine, 1)
			}
		})
	})
}

// Writers that wait for room nearly all the time: what a push costs where every one of them goes the long way.
func BenchmarkQueuePushFull(b *testing.B) {
	q := newQueue(b, QueueOptions[int]{
		Process: func(context.Context, Batch[int]) error { return nil },
		Limits:  Limits{Interval: time.Second, Trigger: Weight{Items: 64}, Capacity: Weight{Items: 64}},
	})
	ctx := context.Background()
	b.SetParallelism(32)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			_ = q.Push(ctx, 1)
		}
	})
}
