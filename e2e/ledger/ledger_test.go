// SPDX-License-Identifier: Apache-2.0

package ledger_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"go.uber.org/goleak"

	"github.com/partbuffer/partbufferprocessor/e2e/ledger"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func items(ids ...int64) []ledger.Item {
	out := make([]ledger.Item, 0, len(ids))
	for _, id := range ids {
		out = append(out, ledger.Item{ID: id, Content: uint64(id) * 10})
	}
	return out
}

func TestReport(t *testing.T) {
	tests := map[string]struct {
		acked, delivered []ledger.Item
		want             ledger.Report
	}{
		"all arrived": {
			acked: items(1, 2, 3), delivered: items(3, 1, 2),
			want: ledger.Report{Issued: 3, Acknowledged: 3, Delivered: 3},
		},
		"acknowledged but missing": {
			acked: items(1, 2, 3), delivered: items(2),
			want: ledger.Report{Issued: 3, Acknowledged: 3, Delivered: 1, Missing: []int64{1, 3}},
		},
		"not acknowledged may be missing": {
			acked: items(1), delivered: items(1),
			want: ledger.Report{Issued: 3, Acknowledged: 1, Delivered: 1},
		},
		"not acknowledged may arrive": {
			acked: items(1), delivered: items(1, 2),
			want: ledger.Report{Issued: 3, Acknowledged: 1, Delivered: 2},
		},
		"twice": {
			acked: items(1, 2, 3), delivered: items(1, 2, 3, 2),
			want: ledger.Report{Issued: 3, Acknowledged: 3, Delivered: 3, Duplicated: []int64{2}},
		},
		"never issued": {
			acked: items(1), delivered: items(1, 9),
			want: ledger.Report{Issued: 3, Acknowledged: 1, Delivered: 2, Spurious: []int64{9}},
		},
		"changed": {
			acked: items(1), delivered: []ledger.Item{{ID: 1, Content: 11}},
			want: ledger.Report{Issued: 3, Acknowledged: 1, Delivered: 1, Corrupted: []int64{1}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var l ledger.Ledger
			l.Issue(items(1, 2, 3))
			l.Acknowledge(tt.acked)
			l.Deliver(tt.delivered)
			assert.Equal(t, tt.want, l.Report())
			assert.Equal(t, name == "all arrived", l.Report().Exact(3))
		})
	}
}

func TestReportNamesFaultsAndFewIDs(t *testing.T) {
	r := ledger.Report{
		Issued: 9, Acknowledged: 8, Delivered: 7,
		Missing: []int64{1, 2, 3, 4, 5, 6}, Corrupted: []int64{7},
	}
	assert.Equal(t, "9 issued, 8 acknowledged, 7 delivered, 6 missing [1 2 3 4 5], 1 corrupted [7]", r.String())
}
