// SPDX-License-Identifier: Apache-2.0

package mapmode

import (
	"context"
	"errors"
	"sync"
)

// deal gives each producer its requests, in the order of the rounds. A key has one producer, so that every point
// is newer than the last one of its key; where there are fewer groups of keys than producers, all producers send
// the same keys, and most of the points come too late.
func deal[T any](requests []Request[T], groups, producers int) [][]Request[T] {
	hands := make([][]Request[T], producers)
	for i, r := range requests {
		to := i % producers
		if groups >= producers {
			to = r.Group % producers
		}
		hands[to] = append(hands[to], r)
	}
	return hands
}

// prepare starts a producer for each hand and returns a function that lets them push and returns when all have.
// No request is referred to any more then.
func prepare[T any](ctx context.Context, p Pipeline[T], hands [][]Request[T]) func() error {
	errs := make([]error, len(hands))
	begin := make(chan struct{})
	var ready, done sync.WaitGroup
	ready.Add(len(hands))
	for i, hand := range hands {
		consume := p.Producer()
		done.Go(func() {
			ready.Done()
			<-begin
			for _, r := range hand {
				if errs[i] = consume(ctx, r); errs[i] != nil {
					return
				}
			}
		})
	}
	ready.Wait()
	return func() error {
		close(begin)
		done.Wait()
		clear(hands)
		return errors.Join(errs...)
	}
}
