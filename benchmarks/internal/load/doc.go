// SPDX-License-Identifier: Apache-2.0

// Package load makes the trace requests that the benchmarks send: as an OTLP receiver hands them on, so freshly
// unmarshaled, without sharing memory, from 20 resources of 10 attributes.
package load
