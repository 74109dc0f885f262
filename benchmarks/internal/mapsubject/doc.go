// SPDX-License-Identifier: Apache-2.0

// Package mapsubject has what the Map mode benchmarks compare, one file each: partbuffer, the interval processor,
// and the floor below which no such processor can go.
package mapsubject
