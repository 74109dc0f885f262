// SPDX-License-Identifier: Apache-2.0

package mapmode

import (
	"context"
	"time"
)

// Window is longer than any run: what a subject holds leaves at Shutdown.
const Window = time.Minute

// Key identifies a point. Only the floor uses it: the other subjects find out themselves.
type Key [2]uint64

// Request is data with the key of each of its points.
type Request[T any] struct {
	Data  T
	Group int // the same for all requests that have these keys
	Keys  []Key
}

// Deliver takes what a subject delivers.
type Deliver[T any] func(context.Context, T) error

// Subject is one way of keeping one item for each key.
type Subject[T any] struct {
	Name string
	// Start returns a running pipeline that delivers to next.
	Start func(ctx context.Context, next Deliver[T]) (Pipeline[T], error)
}

// Pipeline is a running subject.
type Pipeline[T any] interface {
	// Producer returns what one producer calls with its requests. Producers run concurrently.
	Producer() func(context.Context, Request[T]) error
	// Shutdown returns when everything is delivered. No producer may be running.
	Shutdown(ctx context.Context) error
}
