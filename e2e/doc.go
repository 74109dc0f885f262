// SPDX-License-Identifier: Apache-2.0

// Package e2e tests the real Collector binary from outside: real OTLP clients
// on one side, a recording sink on the other, and a ledger that compares what
// was acknowledged with what arrived.
//
// PARTBUFFER_BINARY names the binary (default ../dist/partbuffer-collector) and
// PROCESSOR the processor under test (default partbuffer; batch runs what the
// stock processor can do, to check the tests themselves; its splits lose
// Metric.Metadata, which the ledger reports as corrupted data points).
package e2e
