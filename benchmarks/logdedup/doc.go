// SPDX-License-Identifier: Apache-2.0

// Command logdedup runs contrib's log_dedup processor in the scenarios that cmd/bench asks for on standard
// input, and answers with the results in Go's benchmark text format. It is a module of its own because log_dedup
// and partbuffer need versions of one module that exclude each other.
package main
