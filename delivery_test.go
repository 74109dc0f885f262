// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

type logsData = plog.Logs

func failing[D any](err error) func(context.Context, batch[D]) error {
	return func(context.Context, batch[D]) error { return err }
}

func TestLostItemsAreCountedByReasonAndLogged(t *testing.T) {
	forEachKind(t, lostItemsAreCounted[ptrace.Traces], lostItemsAreCounted[plog.Logs],
		lostItemsAreCounted[pmetric.Metrics], lostItemsAreCounted[pprofile.Profiles])
}

func lostItemsAreCounted[D comparable](t *testing.T, k kind[D]) {
	for reason, react := range map[string]func(context.Context, batch[D]) error{
		"error":           failing[D](errors.New("unavailable")),
		"permanent_error": failing[D](consumererror.NewPermanent(errors.New("bad data"))),
		"panic":           func(context.Context, batch[D]) error { panic("oh no") },
	} {
		t.Run(reason, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				r := newRig(t, k, testConfig(func(c *Config) { c.Partitions = 1 }))
				r.react = react
				require.NoError(t, r.send("a", 1, 2, 3), "it was accepted")
				<-time.After(time.Second)
				synctest.Wait()
				assert.EqualValues(t, 3, r.labeled("dropped_items", "reason", reason))
				lines := r.logs.FilterMessage("Items were lost.").All()
				require.Len(t, lines, 1)
				fields := lines[0].ContextMap()
				assert.Equal(t, reason, fields["reason"])
				assert.Equal(t, k.name, fields["signal"])
				assert.EqualValues(t, 3, fields["items"])

				r.react = nil
				require.NoError(t, r.send("a", 4))
				<-time.After(time.Second)
				synctest.Wait()
				assert.EqualValues(t, 1, r.metric("delivered_items"), "the partition goes on")
				r.end()
			})
		})
	}
}

func TestLossLogIsRateLimitedAndAddsUp(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, tracesKind(), testConfig(func(c *Config) { c.Timeout, c.Partitions = 0, 1 }))
		r.react = failing[ptrace.Traces](errors.New("unavailable"))
		for i := range 50 {
			require.NoError(t, r.send("a", i))
		}
		<-time.After(lossLogInterval)
		require.NoError(t, r.send("a", 50))
		synctest.Wait()
		entries := r.logs.FilterMessage("Items were lost.").All()
		require.Len(t, entries, 2)
		assert.EqualValues(t, 1, entries[0].ContextMap()["items_since_last_log"])
		assert.EqualValues(t, 50, entries[1].ContextMap()["items_since_last_log"])
		r.end()
	})
}

func TestOverflowPolicies(t *testing.T) {
	for policy, tc := range map[string]struct {
		refused, dropped int64
		delivered        []int
	}{
		"reject":      {refused: 2, delivered: []int{0, 1, 2, 3, 4}},
		"drop_oldest": {dropped: 2, delivered: []int{0, 3, 4, 5, 6}}, // 0 is in flight, 1 and 2 are the oldest that wait
	} {
		t.Run(policy, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				r := newRig(t, tracesKind(), testConfig(func(c *Config) {
					c.OnOverflow, c.MaxBufferedItems, c.SendBatchSize, c.Partitions, c.Timeout = policy, 5, 5, 1, time.Second
				}))
				hang := make(chan struct{})
				r.react = func(context.Context, batch[ptrace.Traces]) error { <-hang; return nil }
				require.NoError(t, r.send("a", 0))
				<-time.After(time.Second)
				synctest.Wait()
				for i := range 6 {
					err := r.send("a", i+1)
					if policy == "reject" && i >= 4 {
						require.Error(t, err)
						assert.False(t, consumererror.IsPermanent(err))
					} else {
						require.NoError(t, err)
					}
				}
				assert.Equal(t, tc.refused, r.metric("refused_items"))
				assert.Equal(t, tc.dropped, r.labeled("dropped_items", "reason", "overflow"))
				close(hang)
				r.end()
				assert.Equal(t, tc.delivered, r.gotIDs())
			})
		})
	}
}

func TestBlockWaitsForRoomContextOrShutdown(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		k := tracesKind()
		r := newRig(t, k, testConfig(func(c *Config) { c.MaxBufferedItems, c.Timeout, c.Partitions = 2, 0, 1 }))
		hang := make(chan struct{})
		r.react = func(context.Context, batch[ptrace.Traces]) error { <-hang; return nil }
		require.NoError(t, r.send("a", 1, 2))
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		require.ErrorIs(t, r.consume(ctx, k.build("a", 3)), context.DeadlineExceeded)

		room := make(chan error, 1)
		go func() { room <- r.send("a", 4) }()
		synctest.Wait()
		hang <- struct{}{}
		require.NoError(t, <-room)

		closing := make(chan error, 1)
		go func() { closing <- r.send("a", 5, 6) }()
		synctest.Wait()
		ended := make(chan error, 1)
		go func() { ended <- r.processor.Shutdown(context.Background()) }()
		require.ErrorIs(t, <-closing, errShutDown)
		close(hang)
		require.NoError(t, <-ended)
		assert.Equal(t, []int{1, 2, 4}, r.gotIDs())
		assert.EqualValues(t, 3, r.buffer.balance().refused)
		r.assertEnded()
	})
}

func TestARequestLargerThanTheLimitIsAdmittedPieceByPiece(t *testing.T) {
	forEachKind(t, admittedPieceByPiece[ptrace.Traces], admittedPieceByPiece[plog.Logs],
		admittedPieceByPiece[pmetric.Metrics], admittedPieceByPiece[pprofile.Profiles])
}

func admittedPieceByPiece[D comparable](t *testing.T, k kind[D]) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, k, testConfig(func(c *Config) {
			c.MaxBufferedItems, c.SendBatchSize, c.SendBatchMaxSize, c.Partitions = 10, 4, 4, 1
		}))
		require.NoError(t, r.send("a", numbers(0, 33)...))
		r.end()
		assert.Len(t, r.gotIDs(), 33)
		for _, n := range r.sizes() {
			assert.LessOrEqual(t, n, 4)
		}
	})
}

func TestShutdownThatGivesUpSaysWhatIsLost(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, tracesKind(), testConfig(func(c *Config) { c.Partitions, c.Timeout = 1, 0 }))
		hang := make(chan struct{})
		r.react = func(context.Context, batch[ptrace.Traces]) error { <-hang; return nil }
		require.NoError(t, r.send("a", 1))
		require.NoError(t, r.send("a", 2, 3))
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		err := r.processor.Shutdown(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "2 items were lost, 1 are in flight")
		b := r.buffer.balance()
		assert.EqualValues(t, 2, b.dropped[reasonShutdown])
		assert.EqualValues(t, 1, b.inFlight)
		assert.Equal(t, 1, r.logs.FilterMessage("Items were lost.").Len())
		close(hang)
		synctest.Wait()
		r.assertEnded()
	})
}
