// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"google.golang.org/grpc/metadata"

	"github.com/stretchr/testify/require"

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
		for _, b := range r.sink.Batches(signal) {
			for _, item := range b.Items {
				assert.Equal(t, b.Items[0].ID/perTenant, item.ID/perTenant, "%s: tenants of one batch", signal)
			}
		}
		assert.Less(t, len(r.sink.Batches(signal)), tenants*requests, "%s is batched", signal)
	}
	r.stop(t)
}
