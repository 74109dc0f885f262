// SPDX-License-Identifier: Apache-2.0

// Package failure says what an error of the next component means: whether trying again is of use, when, and with
// what. And it makes one error of those of several batches, as a sender may see it. All functions are safe for
// concurrent use.
package failure
