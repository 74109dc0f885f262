// SPDX-License-Identifier: Apache-2.0

package partbuffer_test

import (
	"context"
	"fmt"
	"time"

	"github.com/partbuffer/partbufferprocessor/partbuffer"
)

// A Queue hands over a batch when it has three items, and what is left when it is shut down.
func ExampleQueue() {
	ctx := context.Background()
	q, err := partbuffer.NewQueue(partbuffer.QueueOptions[string]{
		Process: func(_ context.Context, b partbuffer.Batch[string]) error {
			fmt.Println(b.Trigger, b.Items)
			return nil
		},
		Partitions: 1,
		Limits: partbuffer.Limits{
			Interval: time.Minute,
			Trigger:  partbuffer.Weight{Items: 3},
			Capacity: partbuffer.Weight{Items: 100},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := q.PushWait(ctx, "a", "b", "c"); err != nil {
		fmt.Println(err)
	}
	if err := q.Push(ctx, "d"); err != nil {
		fmt.Println(err)
	}
	if err := q.Shutdown(ctx); err != nil {
		fmt.Println(err)
	}
	fmt.Println(q.Push(ctx, "e"))
	// Output:
	// size [a b c]
	// shutdown [d]
	// partbuffer: closed
}

// A Map hands over the newest entry of every key. Here versions come out of order.
func ExampleMap() {
	ctx := context.Background()
	m, err := partbuffer.NewMap(partbuffer.MapOptions[string, string]{
		Process: func(_ context.Context, b partbuffer.Batch[partbuffer.Entry[string, string]]) error {
			for _, e := range b.Items {
				fmt.Printf("%s is %s (version %d, %d updates)\n", e.Key, e.Value, e.Version, e.Updates)
			}
			return nil
		},
		Partitions: 1,
		Limits:     partbuffer.Limits{Interval: time.Minute},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, change := range []struct {
		status  string
		version int64
	}{{"placed", 1}, {"shipped", 3}, {"paid", 2}} {
		if _, err := m.PutNewer(ctx, "order 7", change.status, change.version); err != nil {
			fmt.Println(err)
		}
	}
	if err := m.Shutdown(ctx); err != nil {
		fmt.Println(err)
	}
	// Output:
	// order 7 is shipped (version 3, 1 updates)
}
