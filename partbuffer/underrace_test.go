// SPDX-License-Identifier: Apache-2.0

//go:build race

package partbuffer

// Under the race detector a sync.Pool forgets some of what it gets, to bring out races.
func init() { underRace = true }
