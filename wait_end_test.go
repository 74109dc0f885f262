// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func TestWhatGaveWayIsToldToItsSenderAlone(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, tracesKind(), waiting(func(c *Config) {
			c.OnOverflow, c.MaxBufferedItems, c.Partitions, c.Timeout = "drop_oldest", 3, 1, time.Minute
		}))
		heard := map[int]chan error{}
		for id := range 4 {
			heard[id] = make(chan error, 1)
			go func() { heard[id] <- r.send("a", id) }()
			synctest.Wait()
		}
		<-time.After(time.Hour)
		for id, c := range heard {
			if err := <-c; id == 0 {
				require.ErrorContains(t, err, "dropped to make room")
				assert.False(t, consumererror.IsPermanent(err))
				assert.Equal(t, codes.Unavailable, status.Code(err))
			} else {
				require.NoError(t, err, id)
			}
		}
		r.end()
	})
}

// The destination does not even look at its context: nobody will ever know.
func TestShutdownThatGivesUpReleasesSenders(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, tracesKind(), waiting(func(c *Config) { c.Partitions = 1 }))
		hang := make(chan struct{})
		r.react = func(context.Context, batch[ptrace.Traces]) error { <-hang; return nil }
		heard := make(chan error, 2)
		for id := range 2 {
			go func() { heard <- r.send("a", id) }()
			<-time.After(time.Second)
		}
		begin := time.Now()
		require.ErrorContains(t, r.processor.Shutdown(context.Background()), "1 items were lost, 1 are in flight")
		assert.Equal(t, 30*time.Second, time.Since(begin))
		stopped := r.logs.FilterMessage("Stopped.").All()
		require.Len(t, stopped, 1)
		assert.EqualValues(t, 1, stopped[0].ContextMap()["in_flight_items"], "the last line adds up as well")
		for range 2 {
			require.ErrorContains(t, <-heard, "shutdown_timeout of 30s")
		}
		close(hang)
		synctest.Wait()
		r.assertEnded()
	})
}

func TestAPanicIsToldWithoutItsValue(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, tracesKind(), waiting(nil))
		r.react = func(context.Context, batch[ptrace.Traces]) error { panic("card number 1234") }
		err := r.send("a", 1)
		require.ErrorContains(t, err, "panicked")
		assert.NotContains(t, err.Error(), "1234")
		assert.False(t, consumererror.IsPermanent(err))
		r.end()
		assert.EqualValues(t, 1, r.buffer.balance().dropped[reasonPanic])
	})
}

// Twice as many senders as the buffer has room for, each of which waits.
func TestSendersThatWaitMakeBatchesTogether(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, tracesKind(), waiting(func(c *Config) { c.MaxBufferedItems, c.SendBatchSize, c.Partitions = 50, 10, 4 }))
		r.react = func(context.Context, batch[ptrace.Traces]) error { <-time.After(time.Second); return nil }
		heard := make(chan error, 100)
		for id := range 100 {
			go func() { heard <- r.send("a", id) }()
		}
		for range 100 {
			require.NoError(t, <-heard)
		}
		ids := r.gotIDs()
		slices.Sort(ids)
		assert.Equal(t, numbers(0, 100), ids)
		r.end()
	})
}

// A receiver in this process tries the very same data again after an error.
func TestASenderInThisProcessKeepsItsData(t *testing.T) {
	forEachKind(t, keepsItsData[ptrace.Traces], keepsItsData[plog.Logs], keepsItsData[pmetric.Metrics], keepsItsData[pprofile.Profiles])
}

func keepsItsData[D comparable](t *testing.T, k kind[D]) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, k, waiting(nil))
		a := failingWith(errDown, errDown)
		r.react = react[D](a)
		data := k.build("a", 1, 2, 3)
		require.ErrorIs(t, r.buffer.consume(t.Context(), data), errDown)
		assert.Equal(t, []int{1, 2, 3}, k.ids(data))
		fromClient := client.NewContext(t.Context(), client.Info{Addr: &net.IPAddr{}})
		require.ErrorIs(t, r.buffer.consume(fromClient, data), errDown, "a failover behind a server has its context")
		assert.Equal(t, []int{1, 2, 3}, k.ids(data))
		require.NoError(t, r.consume(t.Context(), data))
		assert.Equal(t, []int{1, 2, 3}, r.got()[2].ids)
		r.end()
	})
}

// Of a request above the limit a part was taken: the sender has the rest, and nothing but the rest unless it waits.
func TestASenderInThisProcessHasLeftWhatWasRefused(t *testing.T) {
	forEachKind(t, hasLeft[ptrace.Traces], hasLeft[plog.Logs], hasLeft[pmetric.Metrics], hasLeft[pprofile.Profiles])
}

func hasLeft[D comparable](t *testing.T, k kind[D]) {
	for name, wait := range map[string]bool{"waits": true, "does not": false} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				r := newRig(t, k, testConfig(func(c *Config) {
					c.WaitForResult, c.MaxBufferedItems, c.SendBatchSize, c.Partitions = wait, 8, 4, 1
				}))
				hang := make(chan struct{})
				r.react = func(context.Context, batch[D]) error { <-hang; return nil }
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				data := k.build("a", numbers(0, 20)...)
				require.ErrorContains(t, r.buffer.consume(ctx, data), "refused 12 of 20 items")
				if wait {
					assert.Equal(t, numbers(0, 20), k.ids(data), "nobody knows yet what becomes of the rest")
				} else {
					assert.Equal(t, numbers(8, 12), k.ids(data))
				}
				close(hang)
				synctest.Wait()
				require.NoError(t, r.consume(t.Context(), data))
				r.end()
				ids := r.gotIDs()
				slices.Sort(ids)
				assert.Equal(t, numbers(0, 20), slices.Compact(ids))
			})
		})
	}
}
