// SPDX-License-Identifier: Apache-2.0

// Package subject has what the benchmarks compare, one file each, behind one small interface: partbuffer, the
// stock batch processor, an adapter of ours over exporterhelper's queue and batcher, and the floor below which
// no buffer can go.
package subject
