// SPDX-License-Identifier: Apache-2.0

package partbuffer

import "sync/atomic"

// gauge is a Weight that many goroutines change.
type gauge struct {
	items atomic.Int64
	bytes atomic.Int64
}

func (g *gauge) load() Weight {
	return Weight{Items: int(g.items.Load()), Bytes: int(g.bytes.Load())}
}

func (g *gauge) add(w Weight) {
	g.items.Add(int64(w.Items))
	if w.Bytes != 0 {
		g.bytes.Add(int64(w.Bytes))
	}
}

// addWithin adds w unless that exceeds limit in a dimension in which w has weight.
func (g *gauge) addWithin(w Weight, limit *Weight) bool {
	if !addWithin(&g.items, int64(w.Items), int64(limit.Items)) {
		return false
	}
	if !addWithin(&g.bytes, int64(w.Bytes), int64(limit.Bytes)) {
		g.items.Add(-int64(w.Items))
		return false
	}
	return true
}

// addWithin looks before it adds, so that what can not be granted is not seen by others, who would fail for it. Where
// several add at the same moment it may still be, until it is taken back.
func addWithin(sum *atomic.Int64, n, limit int64) bool {
	if n == 0 {
		return true
	}
	if sum.Load() > limit-n {
		return false
	}
	if sum.Add(n) > limit {
		sum.Add(-n)
		return false
	}
	return true
}
