// SPDX-License-Identifier: Apache-2.0

package otlp

// perKey is how many items a key can have, and the first id of the first key.
const perKey = 1_000_000

// ItemOf is the id of a key's item at a step. Its timestamp is higher the
// higher the step is. Keys begin with 1.
func ItemOf(key, step int64) (id int64) { return key*perKey + step }

// KeyOf is the reverse of ItemOf. Lower ids have no key.
func KeyOf(id int64) (key int64, keyed bool) { return id / perKey, id >= perKey }
