// SPDX-License-Identifier: Apache-2.0

package measure

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/goleak"

	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/destination"
	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/load"
	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/subject"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func requests(t *testing.T, n int) []ptrace.Traces {
	t.Helper()
	source, err := load.NewSource(2)
	require.NoError(t, err)
	all, err := source.Requests(n, 1)
	require.NoError(t, err)
	return all
}

// forgetful delivers nothing of every other request.
type forgetful struct{ next consumer.Traces }

func (f forgetful) Producer() consumer.ConsumeTracesFunc {
	n := 0
	return func(ctx context.Context, td ptrace.Traces) error {
		if n++; n%2 == 0 {
			return nil
		}
		return f.next.ConsumeTraces(ctx, td)
	}
}

func (forgetful) Shutdown(context.Context) error { return nil }

func TestRunReportsALossyOne(t *testing.T) {
	lossy := subject.Subject{Name: "forgetful", Start: func(_ context.Context, next consumer.Traces) (subject.Pipeline, error) {
		return forgetful{next}, nil
	}}
	_, err := Run(t.Context(), lossy, destination.NewInstant(), Prepared(requests(t, 10)), 2, 1)
	require.ErrorContains(t, err, "run forgetful: 10 of 20 spans were delivered")
}

func TestRunTellsPushFromDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, err := Run(t.Context(), subject.Floor(), destination.NewSlow(5*time.Millisecond), Prepared(requests(t, 100)), 2, 4)
		require.NoError(t, err)
		assert.Equal(t, 100, r.Requests)
		assert.Zero(t, r.Push, "nothing was full, so no push waited")
		assert.Equal(t, 4*5*time.Millisecond, r.Total, "one batch of each producer, one after the other")
		assert.Equal(t, int64(4), r.Batches)
		assert.Positive(t, r.Allocs)
	})
}

func TestFreshRequestsAreAllMadeAndTheirCostToldApart(t *testing.T) {
	const n, producers = 10*chunk + 3, 4
	source, err := load.NewSource(2)
	require.NoError(t, err)
	supply := Fresh(source, n, 1)
	r, err := Run(t.Context(), subject.Floor(), destination.NewInstant(), supply, source.Spans(), producers)
	require.NoError(t, err)
	assert.Equal(t, n, r.Requests)
	assert.Equal(t, int64(2*n), r.Spans)
	assert.Positive(t, supply.Making())
}

func TestPaceKeepsItsRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		counts, took, err := Pace(t.Context(), subject.Floor(), requests(t, 20), 50*time.Millisecond)
		require.NoError(t, err)
		assert.Equal(t, time.Second, took)
		assert.Equal(t, int64(40), counts.Spans)
		assert.Equal(t, int64(1), counts.Batches)
	})
}
