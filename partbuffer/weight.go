// SPDX-License-Identifier: Apache-2.0

package partbuffer

import "math"

// Weight measures what a buffer holds, in two dimensions: how many items, and how many bytes.
// Where a Weight is a limit, a zero dimension means no limit.
type Weight struct {
	Items int
	Bytes int
}

func (w Weight) plus(o Weight) Weight {
	return Weight{Items: w.Items + o.Items, Bytes: w.Bytes + o.Bytes}
}

func (w Weight) minus(o Weight) Weight {
	return Weight{Items: w.Items - o.Items, Bytes: w.Bytes - o.Bytes}
}

func (w Weight) isZero() bool { return w == Weight{} }

// within reports whether w stays at or below limit in both dimensions; limit must be unbounded-form.
func (w Weight) within(limit Weight) bool {
	return w.Items <= limit.Items && w.Bytes <= limit.Bytes
}

// reaches reports whether w is at or above limit in either dimension; limit must be unbounded-form.
func (w Weight) reaches(limit Weight) bool {
	return w.Items >= limit.Items || w.Bytes >= limit.Bytes
}

// unbounded turns the public form of a limit, where zero means none, into the form that the hot path
// compares with: a dimension without a limit is the largest int.
func (w Weight) unbounded() Weight {
	if w.Items == 0 {
		w.Items = math.MaxInt
	}
	if w.Bytes == 0 {
		w.Bytes = math.MaxInt
	}
	return w
}

// public is the reverse of unbounded.
func (w Weight) public() Weight {
	if w.Items == math.MaxInt {
		w.Items = 0
	}
	if w.Bytes == math.MaxInt {
		w.Bytes = 0
	}
	return w
}

func (w Weight) lower(o Weight) Weight {
	return Weight{Items: min(w.Items, o.Items), Bytes: min(w.Bytes, o.Bytes)}
}

// above returns by how much w exceeds limit, which must be unbounded-form.
func (w Weight) above(limit Weight) Weight {
	return Weight{Items: max(0, w.Items-limit.Items), Bytes: max(0, w.Bytes-limit.Bytes)}
}

// half returns half of w, which must be in unbounded form, rounded up. No limit has no half.
func (w Weight) half() Weight {
	half := func(n int) int {
		if n == math.MaxInt {
			return n
		}
		return n/2 + n%2
	}
	return Weight{Items: half(w.Items), Bytes: half(w.Bytes)}
}
