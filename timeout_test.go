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
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// hangs is a destination that waits for the end of its context.
func hangs[D any](ctx context.Context, _ batch[D]) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

func TestAHungDestinationCostsOneAttempt(t *testing.T) {
	forEachKind(t, hungAttempt[ptrace.Traces], hungAttempt[plog.Logs], hungAttempt[pmetric.Metrics], hungAttempt[pprofile.Profiles])
}

func hungAttempt[D comparable](t *testing.T, k kind[D]) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, k, testConfig(func(c *Config) { c.DeliveryTimeout, c.Partitions = time.Minute, 1 }))
		r.react = hangs[D]
		require.NoError(t, r.send("a", 1, 2))
		<-time.After(59 * time.Second)
		synctest.Wait()
		assert.EqualValues(t, 2, r.metric("in_flight_items"))
		<-time.After(2 * time.Second)
		synctest.Wait()
		assert.EqualValues(t, 2, r.labeled("dropped_items", "reason", "error"))
		lost := r.logs.FilterMessage("Items were lost.").All()
		require.Len(t, lost, 1)
		assert.Contains(t, lost[0].ContextMap()["error"], "delivery_timeout of 1m0s")
		r.react = nil
		require.NoError(t, r.send("a", 3))
		r.end()
		assert.EqualValues(t, 1, r.buffer.balance().delivered)
	})
}

func TestShutdownEndsInTime(t *testing.T) {
	forEachKind(t, shutdownEnds[ptrace.Traces], shutdownEnds[plog.Logs], shutdownEnds[pmetric.Metrics], shutdownEnds[pprofile.Profiles])
}

func shutdownEnds[D comparable](t *testing.T, k kind[D]) {
	for name, limit := range map[string]time.Duration{"default": 30 * time.Second, "none": 0} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				r := newRig(t, k, testConfig(func(c *Config) { c.ShutdownTimeout, c.Partitions = limit, 1 }))
				r.react = hangs[D]
				require.NoError(t, r.send("a", 1, 2))
				<-time.After(time.Second)
				require.NoError(t, r.send("a", 3))
				ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
				defer cancel()
				begin := time.Now()
				err := r.processor.Shutdown(ctx)
				if limit == 0 {
					require.ErrorIs(t, err, context.DeadlineExceeded)
					assert.Equal(t, time.Hour-settleTime, time.Since(begin), "as long as the context says")
				} else {
					require.ErrorContains(t, err, "shutdown_timeout of 30s")
					assert.Equal(t, limit-settleTime, time.Since(begin))
				}
				b := r.buffer.balance()
				assert.EqualValues(t, 3, b.dropped[reasonShutdown], "what waited, and what was in flight and told to end")
				r.assertEnded()
				require.NoError(t, r.telemetry.Shutdown(context.Background()))
			})
		})
	}
}

// As the exporters of the Collector do it: the code says that a deadline passed, and nothing says which.
func TestTheDeadlineThatEndedADeliveryIsNamed(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		k := tracesKind()
		r := newRig(t, k, waiting(func(c *Config) { c.DeliveryTimeout = time.Minute }))
		r.react = func(ctx context.Context, _ batch[ptrace.Traces]) error {
			<-ctx.Done()
			return errors.Join(consumererror.NewPermanent(errDown), consumererror.NewTraces(status.FromContextError(ctx.Err()).Err(), k.build("a", 1)))
		}
		err := r.send("a", 1, 2)
		require.ErrorContains(t, err, "delivery_timeout of 1m0s: ")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, errDown)
		assert.Equal(t, codes.DeadlineExceeded, status.Code(err))
		assert.False(t, consumererror.IsPermanent(err), "one of two may be tried again")
		r.end()
	})
}
