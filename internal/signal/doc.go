// SPDX-License-Identifier: Apache-2.0

// Package signal holds what a buffer needs to know of each kind of telemetry:
// how to count it, size it, split it and merge it.
//
// An item is a span, a log record, a metric data point or a profile sample.
// Elements that hold no item, such as an empty scope or a metric without data,
// are kept: they travel with the item that follows them or, at the end, with
// the last item.
//
// References: Split and Merger move content between containers and leave
// reference counts alone. Whoever holds a reference to a source still releases
// it, and a head or a taken batch is a new container with one reference.
package signal
