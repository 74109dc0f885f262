// SPDX-License-Identifier: Apache-2.0

package defects

import (
	"slices"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// defect is a row of the table: what is wrong, and what each subject was observed to do.
type defect struct {
	test     string // the name of its test
	what     string
	upstream string
	want     want
	alone    bool // may end the process, or leave goroutines that never end: each subject gets a process of its own
}

type want struct{ stock, adapter, partbuffer cell }

// cell is what one subject does: at its defaults, and with settings that change that.
type cell []finding

type finding struct {
	settings string // as in a configuration file, in one line; "" = defaults
	is       outcome
	// frame is a function of the subject that the stack of a process must show which ended by a panic.
	frame string
}

// scenario is what all subjects are taken through.
type scenario func(t *testing.T, s subject) outcome

// observe takes every subject through the scenario and compares what it did with the table.
func (d defect) observe(t *testing.T, run scenario) {
	t.Helper()
	require.Equal(t, d.test, t.Name(), "the table names another test")
	require.True(t, slices.ContainsFunc(defects, func(o defect) bool { return o.test == d.test }), "the defect is missing in the table")
	for _, column := range []struct {
		subject subject
		cell    cell
	}{
		{stock, d.want.stock}, {adapter, d.want.adapter}, {partbuffer, d.want.partbuffer},
	} {
		require.NotEmpty(t, column.cell)
		for _, f := range column.cell {
			s := column.subject
			s.settings = f.settings
			name := s.name
			if f.settings != "" {
				name += "/" + f.settings
			}
			t.Run(name, func(t *testing.T) {
				if d.alone {
					observeAlone(t, s, run, f)
					return
				}
				assert.Equal(t, f.is, observed(t, s, run))
			})
		}
	}
}

// observed runs a scenario in virtual time.
func observed(t *testing.T, s subject, run scenario) (got outcome) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { got = run(t, s) })
	return got
}
