// SPDX-License-Identifier: Apache-2.0

// Package ledger keeps the books of an end-to-end run: what was issued, what
// was acknowledged and what arrived, item by item.
package ledger
