// SPDX-License-Identifier: Apache-2.0

// Package destination has the consumers that the benchmarks deliver to. They count what arrives, so that a run
// can be checked for completeness, and are safe for concurrent use.
package destination
