// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/metadata"

	"github.com/partbuffer/partbufferprocessor/e2e/ledger"
	"github.com/partbuffer/partbufferprocessor/e2e/otlp"
)

func TestTenantsNeverShareABatch(t *testing.T) {
	const (
		tenants, requests, items = 5, 40, 3
		perTenant                = 1_000_000
	)
	r := start(t, setup{options: []string{"metadata_keys: [X-Tenant]"}})
	client := r.dial(t, otlp.GRPC)
	for _, signal := range signals(r.processor) {
		for i := range requests {
			for tenant := range tenants {
				ctx := metadata.AppendToOutgoingContext(t.Context(), "x-tenant", strconv.Itoa(tenant))
				spec := otlp.Spec{Signal: signal, First: int64(tenant*perTenant + i*items), Count: items}
				require.NoError(t, r.send(ctx, client, spec))
			}
		}
		r.awaitDelivery(t, signal)
		r.requireExact(t, signal, tenants*requests*items)
		r.requireIdentity(t, signal, tenants*requests*items)
		mixed := 0
		for _, b := range r.sink.Batches(signal) {
			if slices.ContainsFunc(b.Items, func(item ledger.Item) bool {
				return item.ID/perTenant != b.Items[0].ID/perTenant
			}) {
				mixed++
			}
		}
		assert.Zero(t, mixed, "%s: batches with several tenants", signal)
		assert.Less(t, len(r.sink.Batches(signal)), tenants*requests, "%s is batched", signal)
	}
	r.stop(t)
}
