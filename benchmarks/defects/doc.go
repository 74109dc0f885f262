// SPDX-License-Identifier: Apache-2.0

// Package defects has one test for each known defect of the stock batch processor and of its successor. A test
// takes the stock processor, an adapter of ours over exporterhelper's queue and batcher (which stands in for the
// queue_batch processor) and partbuffer through the same scenario, and asserts what each of them was observed to
// do. The table in the repository's README is made of what the tests declare:
//
//	go test ./defects -run TestREADME -update
package defects
