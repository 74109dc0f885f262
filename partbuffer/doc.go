// SPDX-License-Identifier: Apache-2.0

// Package partbuffer provides partitioned, double-buffered containers that turn single writes into batches: a
// Queue, and a Map that keeps the newest entry of every key.
//
// Writers from any number of goroutines put items into the front buffer of a partition. When that buffer is
// large enough, old enough, flushed or shut down, it is swapped for an empty one and handed to a Process
// function, which runs in a goroutine of the partition while writers go on. At most one batch of a partition
// is being processed at a time, so that order holds inside a partition; different partitions are processed
// concurrently.
//
//	q, err := partbuffer.NewQueue(partbuffer.QueueOptions[string]{
//		Process: func(ctx context.Context, b partbuffer.Batch[string]) error { return store(ctx, b.Items) },
//		Limits: partbuffer.Limits{
//			Interval: 200 * time.Millisecond,            // no item waits longer
//			Trigger:  partbuffer.Weight{Items: 1000},    // a full batch does not wait
//			Capacity: partbuffer.Weight{Items: 100_000}, // then writers wait for room
//		},
//	})
//
// What is in a buffer is in memory only. Shutdown processes what is left.
//
// # Routing
//
// Without a routing function all writers fill the same partition and move on together when it is handed over,
// so that little load makes few batches; a writer that finds it locked takes another, so that much load
// spreads by itself. With QueueOptions.Route, or PushTo, equal keys go to the same partition and stay in order.
// A Map always routes by key.
//
// # Weights
//
// Items have a weight in two dimensions, a count and bytes. A batch never exceeds Limits.MaxBatch: an item that
// does not fit is cut in two with QueueOptions.Split, so that batches come out full and leave no small
// remainder, or it starts the next batch. What can not be cut and is larger than the cap is a batch of its own.
//
// # Versions
//
// Map.PutNewer and Map.Exchange keep the newest version of a key; MapOptions.Ties decides between equal ones, and
// MapOptions.Remember keeps an older version from following a newer one that was handed over already. Exchange
// returns the values that the map did not keep, so that their memory can be used again.
//
// # Failure
//
// An error or a panic of Process costs its batch, is reported to the Observer and to those who wait for the
// batch (PushWait, Flush), and nothing else. A Map's Process can give entries back with an *UnprocessedError error
// instead: they compete with what came meanwhile, and go again at the next interval. Every item is accounted for in
// Stats.
//
// The package follows the Elixir library PartitionedBuffer: partitions of two tables each, swapped by a timer.
// It adds size triggers, caps, capacity, results, and excludes a write from the swap that would lose it. It
// depends on the standard library only.
package partbuffer
