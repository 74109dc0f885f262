// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func traces(spans int) ptrace.Traces {
	td := ptrace.NewTraces()
	ss := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
	for range spans {
		ss.Spans().AppendEmpty().SetName("the same name in every span")
	}
	return td
}

func TestInstantCounts(t *testing.T) {
	d := NewInstant()
	require.NoError(t, d.ConsumeTraces(t.Context(), traces(3)))
	require.NoError(t, d.ConsumeTraces(t.Context(), traces(4)))
	assert.Equal(t, Counts{Spans: 7, Batches: 2}, d.Counts())
}

func TestSlowTakesItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := NewSlow(5 * time.Millisecond)
		start := time.Now()
		require.NoError(t, d.ConsumeTraces(t.Context(), traces(3)))
		assert.Equal(t, 5*time.Millisecond, time.Since(start))
		assert.Equal(t, Counts{Spans: 3, Batches: 1}, d.Counts())
	})
}

func TestSlowHonorsCancellation(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d := NewSlow(time.Hour)
	require.ErrorIs(t, d.ConsumeTraces(ctx, traces(3)), context.Canceled)
	assert.Zero(t, d.Counts())
}

func TestEncodingCountsBytes(t *testing.T) {
	var encode ptrace.ProtoMarshaler
	td := traces(100)
	d := NewEncoding()
	for range 2 {
		require.NoError(t, d.ConsumeTraces(t.Context(), td))
	}
	c := d.Counts()
	assert.Equal(t, int64(200), c.Spans)
	assert.Equal(t, int64(2), c.Batches)
	assert.Equal(t, int64(2*encode.TracesSize(td)), c.RawBytes)
	assert.Positive(t, c.CompressedBytes)
	assert.Less(t, c.CompressedBytes, c.RawBytes/2)
}
