// SPDX-License-Identifier: Apache-2.0

// Package mapmode measures processors that keep the newest item of each key: the plan, the requests, and what a
// run costs. It knows no subject, so that a subject whose modules cannot live next to the others' is measured by
// the same code in a process of its own.
//
// All requests are made before the clock starts, and then garbage is collected; while the clock runs the
// collector is off, and what a subject allocates is measured instead. The cost of a point is the time until the
// last Consume returned, divided by the number of points.
package mapmode
