// SPDX-License-Identifier: Apache-2.0

// Package partbufferprocessor is an OpenTelemetry Collector processor that batches traces, metrics, logs and
// profiles, and takes the place of the batch processor: component type partbuffer.
//
// A reader finds the parts in this order: factory.go makes a buffer (buffer.go) for a pipeline and its signal
// (internal/signal); the buffer puts each request (request.go) into its tenant's lane (lanes.go), which is a
// partbuffer.Queue; the queue hands batches back to be merged and delivered (deliver.go); account.go and
// telemetry.go say what became of every item.
package partbufferprocessor
