// SPDX-License-Identifier: Apache-2.0

//go:build !race

package partbuffer

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// TestExchangeOfLiveKeysAllocatesNothing is not for the race detector, under which pools do not keep everything.
func TestExchangeOfLiveKeysAllocatesNothing(t *testing.T) {
	for _, overflow := range []Overflow{Block, Reject, HandBack} {
		m := newMap(t, MapOptions[int, int]{
			Process:  func(context.Context, Batch[Entry[int, int]]) error { return nil },
			Overflow: overflow, Remember: time.Hour, Limits: Limits{Interval: never, Capacity: Weight{Items: 100}},
		})
		ctx := t.Context()
		var all [50]Entry[int, int]
		verdicts := make([]Verdict, len(all))
		version := int64(0)
		put := func() {
			version++
			for i := range all {
				all[i] = Entry[int, int]{Key: i, Version: version}
			}
			_ = m.Exchange(ctx, all[:], verdicts)
		}
		put()
		assert.Zero(t, testing.AllocsPerRun(1000, put), "%v", overflow)
	}
}
