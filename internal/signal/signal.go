// SPDX-License-Identifier: Apache-2.0

package signal

// Signal is what a buffer must know of one kind of telemetry data D. Its
// implementations have no state and are safe for concurrent use on different
// data.
type Signal[D any] interface {
	// Items counts the spans, log records, data points or samples of data.
	// It visits every scope, but no item.
	Items(data D) int

	// Bytes is the size of data in the OTLP protobuf encoding. It visits
	// everything in data.
	Bytes(data D) int

	// Split moves the leading items of data into head, as many as fit in
	// maxItems items and maxBytes protobuf bytes; zero means no limit. What
	// the items belong to (resource, scope, metric, profile, dictionary) is
	// moved or, where it is needed on both sides, copied. The remaining items
	// stay in data, in order. When everything fits, head is all of data's
	// content and data is left empty.
	//
	// It reports false, and leaves data as it was, when not even one item fits.
	//
	// Without maxBytes it looks at scopes only; with maxBytes it sizes each
	// item of head once and one more. Handles into data are invalid afterwards.
	Split(data D, maxItems, maxBytes int) (head D, ok bool)

	// NewMerger returns a Merger that, when equal is true, makes equal
	// resources, scopes and metrics of a batch one, and otherwise appends.
	NewMerger(equal bool) Merger[D]

	// Clone returns a copy of data, which may be read-only.
	Clone(data D) D

	// Contains reports whether part is a part of all: whether each of its items
	// is there with equal content, resource, scope and metric. It encodes both.
	// Of profiles, whose items share a dictionary, nobody can tell: false.
	Contains(all, part D) bool

	// Claim takes data over that somebody else made, and reports false where it
	// has, or had, another owner: then it may be gone.
	Claim(data D) bool

	// Ref adds a reference to data, which keeps its memory from being reused.
	Ref(data D)

	// Unref releases one reference. The last release may hand the memory back,
	// and one release too many panics.
	Unref(data D)
}

// Merger collects the content of several D into one. It is not safe for
// concurrent use, and can be used again after Take.
//
// Resources keep the order of their first appearance, and the items of one
// resource and scope the order of their arrival.
type Merger[D any] interface {
	// Add moves the content of data into the batch. The caller still owns its
	// reference to data, whose remains must only be released. Only profiles
	// can fail, and then data is whole and no part of it is in the batch.
	Add(data D) error

	// Take returns what was added and forgets it.
	Take() D
}
