// SPDX-License-Identifier: Apache-2.0

package ledger_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/partbuffer/partbufferprocessor/e2e/ledger"
)

// keyOf gives items 10 to 19 the key 1, 20 to 29 the key 2, and those below 10 none.
func keyOf(id int64) (key int64, keyed bool) { return id / 10, id >= 10 }

func TestReportOfKeys(t *testing.T) {
	all := items(1, 11, 12, 13, 21)
	tests := map[string]struct {
		acked     []ledger.Item
		delivered [][]ledger.Item
		want      ledger.Report
		newest    bool
	}{
		"the newest of each": {
			acked: all, delivered: [][]ledger.Item{items(13, 1), items(21)},
			want:   ledger.Report{Issued: 5, Acknowledged: 5, Delivered: 3, Superseded: 2},
			newest: true,
		},
		"one after the other": {
			acked: all, delivered: [][]ledger.Item{items(11), items(12, 1), items(13, 21)},
			want:   ledger.Report{Issued: 5, Acknowledged: 5, Delivered: 5},
			newest: true,
		},
		"an older one last": {
			acked: all, delivered: [][]ledger.Item{items(13, 1), items(12, 21)},
			want: ledger.Report{Issued: 5, Acknowledged: 5, Delivered: 4, Superseded: 1, Backwards: []int64{12}},
		},
		"not the newest": {
			acked: all, delivered: [][]ledger.Item{items(12, 1), items(21)},
			want: ledger.Report{Issued: 5, Acknowledged: 5, Delivered: 3, Superseded: 1, Missing: []int64{13}},
		},
		"a newer one that was not acknowledged": {
			acked: items(1, 11, 21), delivered: [][]ledger.Item{items(12, 1), items(21)},
			want: ledger.Report{Issued: 5, Acknowledged: 3, Delivered: 3, Superseded: 1},
		},
		"without a key": {
			acked: all, delivered: [][]ledger.Item{items(13, 21)},
			want: ledger.Report{Issued: 5, Acknowledged: 5, Delivered: 2, Superseded: 2, Missing: []int64{1}},
		},
		"the newest twice": {
			acked: all, delivered: [][]ledger.Item{items(13, 1), items(13, 21)},
			want: ledger.Report{Issued: 5, Acknowledged: 5, Delivered: 3, Superseded: 2, Duplicated: []int64{13}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var l ledger.Ledger
			l.Supersede(keyOf)
			l.Issue(all)
			l.Acknowledge(tt.acked)
			for _, batch := range tt.delivered {
				l.Deliver(batch)
			}
			assert.Equal(t, tt.want, l.Report())
			assert.Equal(t, tt.newest, l.Report().Newest(len(all)))
		})
	}
}
