// SPDX-License-Identifier: Apache-2.0

// Package collector runs the Collector binary as a process of its own and reads
// its telemetry.
package collector
