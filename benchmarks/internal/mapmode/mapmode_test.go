// SPDX-License-Identifier: Apache-2.0

package mapmode

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEveryRoundHasEveryKeyOnce(t *testing.T) {
	t.Run("metrics", func(t *testing.T) { checkRounds(t, Metrics(), pointsOf) })
	t.Run("logs", func(t *testing.T) { checkRounds(t, Logs(), recordsOf) })
}

func checkRounds[T any](t *testing.T, signal Signal[T], itemsOf func(T) []item) {
	const keys, rounds = 5_230, 6
	source, err := NewSource(signal, keys, 20, rounds)
	require.NoError(t, err)
	requests, err := source.Requests(rounds, 1)
	require.NoError(t, err)
	require.Len(t, requests, rounds*source.Groups())

	pods, groups, computed := map[string]string{}, map[string]int{}, map[string]Key{}
	for round := range rounds {
		seen := map[string]bool{}
		for _, r := range requests[round*source.Groups() : (round+1)*source.Groups()] {
			items := itemsOf(r.Data)
			require.Len(t, items, signal.Count(r.Data))
			require.LessOrEqual(t, len(items), requestPoints)
			for i, it := range items {
				require.Equal(t, roundTime(round), it.time)
				require.Equal(t, 20, it.attributes)
				if round == 0 {
					pods[it.key], groups[it.key], computed[it.key] = it.pod, r.Group, r.Keys[i]
				}
				require.Equal(t, pods[it.key], it.pod, "a key always has the same resource")
				require.Equal(t, groups[it.key], r.Group, "and is in the same request")
				require.Equal(t, computed[it.key], r.Keys[i])
				seen[it.key] = true
			}
		}
		assert.Len(t, seen, keys)
	}
	distinct := map[Key]bool{}
	for _, key := range computed {
		distinct[key] = true
	}
	assert.Len(t, distinct, keys)
}

func TestEveryProducerKeepsTheOrderOfItsKeys(t *testing.T) {
	source, err := NewSource(Metrics(), 1000, 3, 5)
	require.NoError(t, err)
	requests, err := source.Requests(5, 1)
	require.NoError(t, err)
	for _, producers := range []int{1, 4, 10, 64} {
		sent := 0
		owner := map[int]int{}
		for i, hand := range deal(requests, source.Groups(), producers) {
			sent += len(hand)
			for _, r := range hand {
				if _, ok := owner[r.Group]; !ok {
					owner[r.Group] = i
				}
				if producers <= source.Groups() {
					require.Equal(t, owner[r.Group], i)
				}
			}
		}
		assert.Len(t, requests, sent)
	}
}

func TestRunReportsALossyOne(t *testing.T) {
	source, err := NewSource(Metrics(), 200, 3, 2)
	require.NoError(t, err)
	sc := Scenario{Signal: "metrics", Keys: 200, Duplicates: 2, Attributes: 3, Producers: 2}
	_, err = Run(t.Context(), passThrough(nil), source, sc, 1)
	require.ErrorContains(t, err, "run through: 400 items were delivered for 200 keys")
	_, err = Run(t.Context(), passThrough(errors.New("no room")), source, sc, 1)
	require.ErrorContains(t, err, "no room")
}

func TestFloodTellsWhereEachPointIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, err := Flood(t.Context(), Metrics(), passThrough(nil), 1050)
		require.NoError(t, err)
		assert.Equal(t, int64(1050), r.Early)
		r, err = Flood(t.Context(), Metrics(), passThrough(errors.New("no room")), 1050)
		require.NoError(t, err)
		assert.Equal(t, 1050, r.Refused)
		assert.Zero(t, r.Early+r.AtShutdown)
	})
}

func TestServeAnswersEveryOrder(t *testing.T) {
	var orders, answers bytes.Buffer
	write := json.NewEncoder(&orders)
	good := Scenario{Signal: "metrics", Keys: 300, Duplicates: 1, Attributes: 3, Producers: 1}
	lossy := good
	lossy.Duplicates = 2
	for _, sc := range []Scenario{good, lossy, good} {
		require.NoError(t, write.Encode(order{sc, 1, 1}))
	}
	require.NoError(t, Serve(t.Context(), &orders, &answers, Contend(Metrics(), passThrough(nil))))
	lines := strings.Split(strings.TrimSpace(answers.String()), "\n")
	require.Len(t, lines, 3)
	assert.True(t, strings.HasPrefix(lines[0], "Benchmark"+good.Name("through")+"\t300\t"), lines[0])
	assert.Contains(t, lines[0], LivePerKey)
	assert.Contains(t, lines[1], "600 items were delivered for 300 keys")
	assert.Equal(t, strings.Count(lines[0], "\t"), strings.Count(lines[2], "\t"))
	require.ErrorContains(t, Serve(t.Context(), strings.NewReader("{"), io.Discard, nil), "read an order")
}

func TestPlansStayBelowTheirBounds(t *testing.T) {
	for _, plan := range [][]Scenario{Plan("metrics"), FullPlan("logs")} {
		names := map[string]bool{}
		for _, sc := range plan {
			assert.False(t, names[sc.Name("x")], sc.Name("x"))
			names[sc.Name("x")] = true
			assert.Positive(t, sc.Points())
			assert.LessOrEqual(t, sc.Points(), maxPoints)
		}
	}
	assert.Len(t, FullPlan("logs"), 3*(3+3+2)+3*(3+3), "1 M keys with 20 attributes are left out")
}

// passThrough delivers or refuses everything at once.
func passThrough(refuse error) Subject[pmetric.Metrics] {
	return Subject[pmetric.Metrics]{Name: "through", Start: func(_ context.Context, next Deliver[pmetric.Metrics]) (Pipeline[pmetric.Metrics], error) {
		return through{next, refuse}, nil
	}}
}

type through struct {
	next   Deliver[pmetric.Metrics]
	refuse error
}

func (p through) Producer() func(context.Context, Request[pmetric.Metrics]) error {
	return func(ctx context.Context, r Request[pmetric.Metrics]) error {
		if p.refuse != nil {
			return p.refuse
		}
		return p.next(ctx, r.Data)
	}
}

func (through) Shutdown(context.Context) error { return nil }
