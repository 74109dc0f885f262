// SPDX-License-Identifier: Apache-2.0

// Package usage reads what the process has used: processor time, allocations, live heap.
package usage
