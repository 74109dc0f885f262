// SPDX-License-Identifier: Apache-2.0

// Package identity tells whether two pieces of telemetry describe the same
// thing, and hashes them so that equal things can be found quickly.
//
// Values are equal when they have the same type and the same content: the
// string "1" and the integer 1 differ, an absent attribute and an empty one
// differ, doubles are compared bit by bit. The order of attributes never
// matters, at any depth; the order of slice elements does.
//
// Hashes agree with equality, are seeded anew in every process and must not be
// stored. Nothing in this package allocates, and every function is safe for
// concurrent use as long as nobody modifies its arguments.
package identity
