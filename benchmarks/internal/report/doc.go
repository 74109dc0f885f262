// SPDX-License-Identifier: Apache-2.0

// Package report writes results in Go's benchmark text format, which benchstat reads, reads them back, and makes
// tables of medians and of ratios between them.
package report
