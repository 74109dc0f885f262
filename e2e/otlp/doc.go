// SPDX-License-Identifier: Apache-2.0

// Package otlp builds, sends and receives the telemetry of the end-to-end
// tests: every signal, over every OTLP transport.
package otlp
