// SPDX-License-Identifier: Apache-2.0

// Package key turns key paths into canonical, unforgeable byte strings, and
// chooses items by conditions.
//
// A key is a list of paths such as resource, scope.name or
// attributes["order.id"], in the syntax that the Collector's filter and
// transform processors use. [Parse] compiles the paths once; the Append
// methods of [Key] then write the value of those paths as bytes. Two items
// have the same bytes exactly when every path has the same value with the
// same type in both, whatever the order of the attributes. [Natural] is the key
// that makes an item the same thing again at another time.
//
// The paths that people use most have an extractor of their own here, which
// allocates nothing. Any other OTTL value expression is left to OTTL, at the
// level of the item and at several times the cost.
//
// The bytes are built level by level (resource, scope, metric, item), so that
// the share of a resource is computed once for all of its items: a caller
// keeps one buffer and truncates it to the end of the level it returns to.
// Where those bytes would be repeated too often, a [Digest] of them stands for
// them.
//
// [Conditions] are the OTTL conditions of the filter processor.
package key
