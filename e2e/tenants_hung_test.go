// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	"github.com/partbuffer/partbufferprocessor/e2e/ledger"
	"github.com/partbuffer/partbufferprocessor/e2e/otlp"
)

// ofHung is the first item id of the tenant whose deliveries hang.
const ofHung = 1_000_000_000

func isOfHung(b otlp.Batch) bool { return b.Items[0].ID >= ofHung }

// startTenants runs a collector that keeps tenants apart. Its destination has a
// capacity that the well tenants alone use up, and hangs for the other one.
func startTenants(t *testing.T, policy string) (r *rig, release func()) {
	t.Helper()
	r = start(t, setup{processor: partbuffer, options: []string{
		"metadata_keys: [x-tenant]", "on_overflow: " + policy, "max_buffered_items: 4000",
		"send_batch_size: 200", "send_batch_max_size: 200",
	}})
	r.sink.Pace(capacity, 8)
	release = r.sink.HoldIf(isOfHung)
	t.Cleanup(release)
	return r, release
}

// A tenant whose deliveries hang fills its half of the room, and is told so. The
// others do not notice: they get through as much as with a collector in which
// there is no such tenant, at the same time on the same machine.
func TestAHungTenantDoesNotStopTheOthers(t *testing.T) {
	const (
		duration = 4 * time.Second
		settled  = time.Second
	)
	with, release := startTenants(t, "block")
	without, _ := startTenants(t, "block")
	loads := func(r *rig, tenants ...string) (loads []load) {
		client := r.dial(t, otlp.GRPC)
		for i, tenant := range tenants {
			loads = append(loads, load{
				clients: []otlp.Client{client}, signal: otlp.Traces, first: int64(i) * ofHung / 10,
				items: 50, perSecond: capacity, deadline: time.Second, tenant: tenant,
			})
		}
		return loads
	}
	begin := time.Now()
	ctx, cancel := context.WithDeadline(t.Context(), begin.Add(duration))
	defer cancel()
	var senders sync.WaitGroup
	for _, r := range []*rig{with, without} {
		for _, l := range loads(r, "a", "b") {
			senders.Go(func() { r.offer(ctx, l) })
		}
	}
	hung := loads(with, "hung")[0]
	hung.first = ofHung
	var told *answers
	senders.Go(func() { told = with.offer(ctx, hung) })
	senders.Wait()

	from, to := begin.Add(settled), begin.Add(duration)
	goodput, alone := with.goodput(from, to), without.goodput(from, to)
	t.Logf("the others get %.0f items/s through, %.0f without the hung tenant; it was told: %s", goodput, alone, told)
	assert.GreaterOrEqual(t, goodput, 0.9*alone)
	assert.GreaterOrEqual(t, alone, 0.9*capacity, "the destination is kept busy")
	for _, b := range with.sink.Batches(otlp.Traces) {
		require.False(t, isOfHung(b), "nothing of the hung tenant gets through")
	}
	require.NotEmpty(t, with.sink.Held())
	for _, b := range with.sink.Held() {
		require.True(t, isOfHung(b), "only it hangs")
	}
	assert.Contains(t, told.kinds(), otlp.DeadlineExceeded, "its half of the room is full")
	assert.Positive(t, told.acknowledged())
	assert.Empty(t, without.sink.Held())

	release()
	for _, r := range []*rig{with, without} {
		r.sink.Pace(0, 0)
		end := r.requireSettled(t, otlp.Traces)
		report := r.ledger(otlp.Traces).Report()
		assert.Empty(t, report.Missing, "%s", report)
		assert.InDelta(t, end.delivered, report.Delivered, 0)
		assert.Zero(t, end.dropped)
		r.stop(t)
	}
}

// With on_overflow: reject, a tenant that has used up its half is told that it
// is the one who must wait. Others are taken.
func TestATenantOverItsHalfIsToldSo(t *testing.T) {
	const half, items = 2000, 500
	r, release := startTenants(t, "reject")
	as := func(tenant string) context.Context {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		t.Cleanup(cancel)
		return metadata.AppendToOutgoingContext(ctx, "x-tenant", tenant)
	}
	client := r.dial(t, otlp.GRPC)
	spec := otlp.Spec{Signal: otlp.Traces, Count: 1}
	require.NoError(t, r.send(as("well"), client, spec), "there is more than one tenant")
	spec = otlp.Spec{Signal: otlp.Traces, First: ofHung, Count: items}
	for range half / items {
		require.NoError(t, r.send(as("hung"), client, spec))
		spec.First += items
	}
	refusal := otlp.AnswerOf(r.send(as("hung"), client, spec))
	assert.Equal(t, codes.ResourceExhausted, refusal.Code)
	assert.True(t, refusal.Hint, "%s says when to try again", refusal)
	assert.Positive(t, refusal.RetryAfter)

	refusal = otlp.AnswerOf(r.send(as("hung"), r.dial(t, otlp.HTTPProtobuf), spec))
	assert.Equal(t, http.StatusTooManyRequests, refusal.HTTP)
	assert.True(t, refusal.Hint, "%s says when to try again", refusal)
	assert.Positive(t, refusal.RetryAfter)

	require.NoError(t, r.send(as("well"), client, otlp.Spec{Signal: otlp.Traces, First: 1, Count: items}))
	assert.InDelta(t, 2*items, r.counted(t, otlp.Traces, "refused_items", nil), 0)
	release()
	end := r.requireSettled(t, otlp.Traces)
	assert.Equal(t, terms{accepted: 1 + half + items, delivered: 1 + half + items}, end)
	assert.Equal(t, ledger.Report{Issued: 1 + half + 2*items, Acknowledged: 1 + half + items, Delivered: 1 + half + items},
		r.ledger(otlp.Traces).Report())
	r.stop(t)
}
