// SPDX-License-Identifier: Apache-2.0

// Package measure runs one subject under one load and returns what that cost.
//
// All requests are made before the clock starts, and then garbage is collected once; while the clock runs the
// collector is off. What the collector costs depends on how much memory is live, and here nearly all of that
// would be requests that wait for their turn, which no Collector has. What a subject allocates is measured
// instead.
//
// The cost of a push is the time from the moment at which all producers may start to the return of the last
// push, divided by the number of requests: back pressure is part of it, and it is the same for every subject.
// Draining is the time until the subject's shutdown has returned, when everything is delivered.
package measure
