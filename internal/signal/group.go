// SPDX-License-Identifier: Apache-2.0

package signal

import "github.com/partbuffer/partbufferprocessor/internal/key"

// Part is the share of a request that one partition takes.
type Part[D any] struct {
	Data      D
	Partition int
}

// Grouper splits requests by key. Its implementations have no state and are
// safe for concurrent use on different data.
type Grouper[D any] interface {
	// Group appends to dst one Part for each of the n partitions that the keys
	// of data fall into, in the order of their first item. Equal keys fall into
	// the same partition, and the items of a partition keep their order and
	// everything they belong to.
	//
	// When a single partition takes everything, the Part holds data itself,
	// nothing is moved, and nothing is allocated but room in dst. Otherwise the
	// Parts are new, and data is left without resources: the caller still owns
	// its reference to data, and handles into it are invalid.
	//
	// Resources, scopes and metrics without items go where their neighbors go.
	// The key must have been compiled for this signal. Its bytes are computed
	// once for each thing of the level it reads; an item that leaves its
	// resource or scope behind costs an allocation.
	Group(dst []Part[D], data D, k *key.Key, n int) []Part[D]
}

// groupTarget is where the items of one partition go. Its resource, scope and
// metric are copies of those being moved from, if the number of the source
// matches; they are made when the first item needs them.
type groupTarget[R, S, M any] struct {
	part     int
	resource R
	scope    S
	metric   M

	resourceOf, scopeOf, metricOf int
}

func newGroupTargets[R, S, M any](n int) []groupTarget[R, S, M] {
	targets := make([]groupTarget[R, S, M], n)
	for i := range targets {
		t := &targets[i]
		t.part, t.resourceOf, t.scopeOf, t.metricOf = none, none, none, none
	}
	return targets
}

// groupItems moves each element of src to the slice that target names for its
// partition.
func groupItems[S slice[S, E], E movable[E]](p *groupPlan, src S, target func(partition int) S) {
	for i := range src.Len() {
		partition, _ := p.take()
		src.At(i).MoveTo(target(partition).AppendEmpty())
	}
}

// groupDone drops what is left of src once all of its content has moved.
func groupDone[S slice[S, E], E movable[E]](src S) {
	src.RemoveIf(func(E) bool { return true })
}
