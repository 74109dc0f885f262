// SPDX-License-Identifier: Apache-2.0

package defects

import (
	"bytes"
	"runtime"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"
)

var idleTenants = defect{
	test: "TestIdleTenants", what: "100 tenants that sent nothing for 10 minutes", upstream: "#15079",
	want: want{
		stock:      cell{{is: keepsAll}},
		adapter:    cell{{is: keepsNone}},
		partbuffer: cell{{is: keepsNone}},
	},
}

func TestIdleTenants(t *testing.T) {
	idleTenants.observe(t, func(t *testing.T, s subject) outcome {
		const tenants = 100
		r := begin(t, s, s.tenants)
		for i := range tenants {
			require.NoError(t, r.send(tenant(t.Context(), strconv.Itoa(i)), spans(1)))
		}
		synctest.Wait()
		require.EqualValues(t, tenants, r.gauge(s.tenantCount))
		<-time.After(10 * time.Minute)
		synctest.Wait()
		require.Equal(t, tenants, r.delivered())
		alive, goroutines := r.gauge(s.tenantCount), countGoroutines(s.tenantFrame)
		if alive == tenants {
			require.Equal(t, tenants, goroutines)
			return keepsAll
		}
		require.Zero(t, alive)
		require.Zero(t, goroutines)
		return keepsNone
	})
}

// countGoroutines returns how many goroutines are somewhere below a function.
func countGoroutines(frame string) (n int) {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	for stack := range bytes.SplitSeq(stacks, []byte("\n\n")) {
		if bytes.Contains(stack, []byte(frame)) {
			n++
		}
	}
	return n
}

var evictionDeadlock = defect{
	test: "TestEvictionDeadlock", what: "a second tenant where there is room for one, and the first has data waiting",
	upstream: "#14531, #15894", alone: true,
	want: want{
		stock: cell{{settings: "metadata_cardinality_limit: 1", is: refusedForGood}},
		adapter: cell{
			{settings: "batch: {partition: {cache_size: 1}}", is: deadlock, frame: "queuebatch.(*workerPool).execute"},
			{settings: "num_consumers: 2, batch: {partition: {cache_size: 1}}", is: bothDelivered},
		},
		partbuffer: cell{{settings: "metadata_cardinality_limit: 1", is: refusedForNow}},
	},
}

func TestEvictionDeadlock(t *testing.T) {
	evictionDeadlock.observe(t, func(t *testing.T, s subject) outcome {
		r := begin(t, s, s.tenants)
		require.NoError(t, r.send(tenant(t.Context(), "a"), spans(7)))
		err := r.send(tenant(t.Context(), "b"), spans(5))
		if consumererror.IsPermanent(err) {
			r.settle()
			require.Error(t, r.send(tenant(t.Context(), "b"), spans(5)))
			return refusedForGood
		}
		if err != nil {
			r.settle()
			require.NoError(t, r.send(tenant(t.Context(), "b"), spans(5)))
			r.settle()
			require.Equal(t, 12, r.delivered())
			return refusedForNow
		}
		<-time.After(never)
		if r.delivered() == 0 {
			require.NoError(t, r.shutdown(t.Context())) // which never returns
		}
		require.Equal(t, 12, r.delivered())
		return bothDelivered
	})
}

var stuckTenant = defect{
	test: "TestStuckTenant", what: "one tenant's deliveries hang: the others", upstream: none,
	want: want{
		stock:      cell{{is: othersDelivered}},
		adapter:    cell{{is: othersWait}, {settings: "num_consumers: 8", is: othersWait}},
		partbuffer: cell{{is: othersDelivered}},
	},
}

func TestStuckTenant(t *testing.T) {
	stuckTenant.observe(t, func(t *testing.T, s subject) outcome {
		r := begin(t, s, s.tenants, s.batchesOf100)
		require.NoError(t, r.send(tenant(t.Context(), "other"), spans(100)))
		r.settle()
		return besideStuckTenant(t, r)
	})
}

var stuckTenantFirst = defect{
	test: "TestStuckTenantFirst", what: "the same, where no other tenant sent anything before", upstream: none,
	want: want{
		stock:      cell{{is: othersDelivered}},
		adapter:    cell{{is: othersWait}, {settings: "num_consumers: 8", is: othersWait}},
		partbuffer: cell{{is: othersDelivered}},
	},
}

func TestStuckTenantFirst(t *testing.T) {
	stuckTenantFirst.observe(t, func(t *testing.T, s subject) outcome {
		return besideStuckTenant(t, begin(t, s, s.tenants, s.batchesOf100))
	})
}

// besideStuckTenant lets one tenant send until nothing of it is taken any more, then another one once.
func besideStuckTenant(t *testing.T, r *rig) outcome {
	t.Helper()
	const enough = 1000
	before := r.delivered()
	r.hangsFor("stuck")
	taken := 0
	for taken < enough && r.taken(tenant(t.Context(), "stuck"), spans(100)) {
		taken++
	}
	require.Less(t, taken, enough, "the buffer has no limit")
	taken = 0
	if r.taken(tenant(t.Context(), "other"), spans(100)) {
		taken = 100
	}
	r.settle()
	switch r.delivered() - before {
	case 100:
		require.Equal(t, 100, taken)
		return othersDelivered
	case 0:
		return othersWait
	default:
		require.Fail(t, "a part is delivered")
		return ""
	}
}
