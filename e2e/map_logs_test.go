// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partbuffer/partbufferprocessor/e2e/otlp"
)

// orderState is the newest status of an order, and how many it replaced.
type orderState struct{ newest, updates int64 }

// orders keeps what a window of one sender's statuses must come to.
type orders map[int64]*orderState

// shuffled returns steps first to first+steps-1 of every order, in an order of
// their own.
func shuffled(random *rand.Rand, count, first, steps int64) (ids []int64) {
	for order := int64(1); order <= count; order++ {
		for step := first; step < first+steps; step++ {
			ids = append(ids, otlp.ItemOf(order, step))
		}
	}
	random.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	return ids
}

// add is what one status does: a newer one replaces an older one, which counts;
// an older one does nothing.
func (o orders) add(id int64) {
	key, _ := otlp.KeyOf(id)
	switch held := o[key]; {
	case held == nil:
		o[key] = &orderState{newest: id}
	case id > held.newest:
		held.newest, held.updates = id, held.updates+1
	}
}

// send sends statuses a few at a time and notes them.
func (o orders) send(t *testing.T, r *rig, client otlp.Client, ids []int64) {
	t.Helper()
	const perRequest = 90
	for len(ids) > 0 {
		n := min(perRequest, len(ids))
		require.NoError(t, r.sendRequest(t.Context(), client, otlp.Logs, otlp.BuildStatuses(ids[:n]...)))
		for _, id := range ids[:n] {
			o.add(id)
		}
		ids = ids[n:]
	}
}

// arrived returns what arrived of orders from batch number from on, and how
// many others did.
func (r *rig) arrived(from int) (got map[int64][]orderState, others int) {
	got = make(map[int64][]orderState)
	for _, b := range r.sink.Batches(otlp.Logs)[from:] {
		for _, item := range b.Items {
			key, keyed := otlp.KeyOf(item.ID)
			if keyed {
				got[key] = append(got[key], orderState{newest: item.ID, updates: item.Updates})
				continue
			}
			others++
		}
	}
	return got, others
}

// Statuses come in any order; of each order one leaves per window, and says how many it replaced.
func TestMapLogsOfOrders(t *testing.T) {
	const (
		window     = time.Second
		count      = 40
		steps      = 10
		windows    = 3
		other      = 5
		eachWindow = count*steps + other
	)
	r := startExample(t, otlp.Logs, "timeout: 1s")
	client := r.dial(t, otlp.GRPC)
	random := rand.New(rand.NewPCG(1, 2))
	begin := time.Now()
	for w := range int64(windows) {
		before := len(r.sink.Batches(otlp.Logs))
		want := make(orders)
		first := time.Now()
		want.send(t, r, client, shuffled(random, count, 1+w*steps, steps))
		require.Less(t, time.Since(first), window, "what is meant for one window is sent in less")
		require.NoError(t, r.send(t.Context(), client, otlp.Spec{Signal: otlp.Logs, First: w * other, Count: other}))
		r.awaitDelivery(t, otlp.Logs)
		got, others := r.arrived(before)
		assert.Equal(t, other, others, "what is about no order passes through")
		require.Len(t, got, count)
		for key, wanted := range want {
			assert.Equal(t, []orderState{*wanted}, got[key], "order %d in window %d", key, w)
		}
	}

	// A status older than all comes after all: it does not follow them.
	late := shuffled(random, count, 0, 1)
	make(orders).send(t, r, client, late)
	delivered := windows * (count + other)
	r.requireAccount(t, otlp.Logs, account{
		terms: terms{
			accepted:   windows*eachWindow + count,
			delivered:  float64(delivered),
			superseded: windows*count*(steps-1) + count,
		},
		remembered: count,
	})
	r.requireOncePerWindow(t, otlp.Logs, begin, window)
	r.stop(t)
	r.requireNewest(t, otlp.Logs, windows*eachWindow+count)
	assert.Equal(t, delivered, r.ledger(otlp.Logs).Report().Delivered)
	for _, b := range r.sink.Batches(otlp.Logs) {
		for _, item := range b.Items {
			if _, keyed := otlp.KeyOf(item.ID); !keyed {
				assert.EqualValues(t, -1, item.Updates, "what passes through says nothing of updates")
			}
		}
	}
}
