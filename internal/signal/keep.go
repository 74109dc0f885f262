// SPDX-License-Identifier: Apache-2.0

package signal

import "context"

// Keeper is what Map mode must know of one kind of telemetry data D: how its
// items are told apart, and how they live on outside of their requests, as
// values I. Its implementations have no state and are safe for concurrent use
// on different data.
type Keeper[D, I any] interface {
	// Plan decides what becomes of each item of data, by the rules that p was
	// begun with. It modifies nothing but p.
	Plan(ctx context.Context, p *Plan, data D)

	// Take moves the items that p keeps into items, in the plan's order. What
	// they belong to is looked up in places. Those that p drops are removed,
	// and data is left with the ones that pass.
	Take(p *Plan, data D, places *Places, items []I)

	// GiveBack puts refused, which Builder.Take returned, back into data after
	// Take, so that a request that is refused is whole again.
	GiveBack(p *Plan, data, refused D)

	// AppendItems appends n items for Take to dst. They can be used again and
	// again.
	AppendItems(dst []I, n int) []I

	// ItemBytes is the OTLP protobuf size of an item, without what it belongs
	// to.
	ItemBytes(item *I) int

	// NewBuilder returns a Builder. With an attribute, each item gets it with
	// the number of its updates.
	NewBuilder(attribute string) Builder[D, I]
}

// Builder puts copies of kept items together again, under one resource, scope
// and metric for all that belong to equal ones. It is not safe for concurrent
// use, and can be used again after Take.
type Builder[D, I any] interface {
	// Add copies an item, which replaced as many others as updates says.
	Add(item *I, updates int)

	// Take returns what was added and forgets it.
	Take() D
}
