// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"errors"
	"fmt"
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

func waiting(change func(*Config)) *Config {
	return testConfig(func(c *Config) {
		c.WaitForResult = true
		if change != nil {
			change(c)
		}
	})
}

// failingOn fails batches that have an item, by that item.
func failingOn[D any](errs map[int]error) func(context.Context, batch[D]) error {
	return func(_ context.Context, b batch[D]) error {
		for _, id := range b.ids {
			if errs[id] != nil {
				return errs[id]
			}
		}
		return nil
	}
}

func TestASenderThatWaitsHearsOfItsDelivery(t *testing.T) {
	forEachKind(t, hearsOfItsDelivery[ptrace.Traces], hearsOfItsDelivery[plog.Logs],
		hearsOfItsDelivery[pmetric.Metrics], hearsOfItsDelivery[pprofile.Profiles])
}

func hearsOfItsDelivery[D comparable](t *testing.T, k kind[D]) {
	errDisk := errors.New("disk")
	invalid := consumererror.NewDownstream(consumererror.NewPermanent(fmt.Errorf("send: %w", errors.Join(errDisk, status.Error(codes.InvalidArgument, "bad")))))
	unavailable := consumererror.NewDownstream(status.Error(codes.Unavailable, "later"))
	for name, want := range map[string]error{"delivered": nil, "for good": invalid, "for now": unavailable} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				r := newRig(t, k, waiting(nil))
				r.react = func(context.Context, batch[D]) error { <-time.After(time.Second); return want }
				begin := time.Now()
				err := r.send("a", 1, 2)
				assert.Equal(t, 1200*time.Millisecond, time.Since(begin), "buffered for 200ms, and a second on its way")
				if want == nil {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, want)
					assert.Equal(t, consumererror.IsPermanent(want), consumererror.IsPermanent(err))
					assert.True(t, consumererror.IsDownstream(err))
					s, ok := status.FromError(err)
					wanted, _ := status.FromError(want)
					assert.True(t, ok)
					assert.Equal(t, wanted.Code(), s.Code())
				}
				r.end()
				assert.Zero(t, r.buffer.balance().refused, "it was accepted, whatever became of it")
			})
		})
	}
}

func TestASplitRequestGetsTheErrorsOfAllItsBatches(t *testing.T) {
	forEachKind(t, errorsOfAllBatches[ptrace.Traces], errorsOfAllBatches[plog.Logs],
		errorsOfAllBatches[pmetric.Metrics], errorsOfAllBatches[pprofile.Profiles])
}

func errorsOfAllBatches[D comparable](t *testing.T, k kind[D]) {
	bad := consumererror.NewPermanent(errors.New("bad data"))
	worse := consumererror.NewPermanent(errors.New("worse data"))
	for name, tc := range map[string]struct {
		errs      map[int]error
		permanent bool
	}{
		"none":                   {},
		"one of three":           {map[int]error{1: bad}, true},
		"for now and for good":   {map[int]error{1: bad, 5: errDown}, false},
		"two for good":           {map[int]error{1: bad, 5: worse}, true},
		"all, two times for now": {map[int]error{1: errDown, 3: errDown, 5: bad}, false},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				r := newRig(t, k, waiting(func(c *Config) { c.SendBatchSize, c.SendBatchMaxSize = 2, 2 }))
				r.react = failingOn[D](tc.errs)
				err := r.send("a", 1, 2, 3, 4, 5, 6)
				assert.Equal(t, len(tc.errs) > 0, err != nil)
				assert.Equal(t, tc.permanent, consumererror.IsPermanent(err))
				for _, want := range tc.errs {
					require.ErrorIs(t, err, want)
				}
				assert.Equal(t, []int{2, 2, 2}, r.sizes())
				r.end()
			})
		})
	}
}

func TestARoutedRequestGetsTheErrorsOfAllItsPartitions(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		k := tracesKind()
		r := newRig(t, k, waiting(func(c *Config) { c.PartitionBy, c.Partitions = []string{"resource"}, 64 }))
		r.react = failingOn[ptrace.Traces](map[int]error{3: errDown})
		td := ptrace.NewTraces()
		for i := range 6 {
			k.build(fmt.Sprint("service-", i), i).ResourceSpans().MoveAndAppendTo(td.ResourceSpans())
		}
		require.ErrorIs(t, r.consume(t.Context(), td), errDown)
		require.NoError(t, r.send("service-5", 6))
		r.end()
	})
}

// One batch has the data of two senders, and the next component says what it did not take of it.
func TestASenderHearsNothingOfTheDataOfOthers(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, tracesKind(), waiting(func(c *Config) { c.Partitions = 1 }))
		r.react = func(_ context.Context, b batch[ptrace.Traces]) error {
			return consumererror.NewTraces(errDown, rest(r.buffer, b.data, 1))
		}
		heard := make(chan error, 2)
		for id := range 2 {
			go func() { heard <- r.send("a", id) }()
		}
		for range 2 {
			err := <-heard
			require.ErrorIs(t, err, errDown)
			_, leaks := errors.AsType[consumererror.Traces](err)
			assert.False(t, leaks)
		}
		r.end()
		b := r.buffer.balance()
		assert.EqualValues(t, 1, b.delivered, "what is not left was taken")
		assert.EqualValues(t, 1, b.dropped[reasonError])
	})
}

func TestASenderThatGivesUpIsReleasedAndItsDataGoes(t *testing.T) {
	forEachKind(t, givesUp[ptrace.Traces], givesUp[plog.Logs], givesUp[pmetric.Metrics], givesUp[pprofile.Profiles])
}

func givesUp[D comparable](t *testing.T, k kind[D]) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, k, waiting(func(c *Config) { c.Timeout = time.Minute }))
		ctx, cancel := context.WithTimeoutCause(context.Background(), time.Second, errDown)
		defer cancel()
		begin := time.Now()
		require.ErrorIs(t, r.consume(ctx, k.build("a", 1, 2)), errDown)
		assert.Equal(t, time.Second, time.Since(begin))
		assert.Empty(t, r.got())
		<-time.After(time.Minute)
		synctest.Wait()
		assert.Equal(t, []int{1, 2}, r.gotIDs())
		assert.Zero(t, r.metric("refused_items"))
		r.end()
	})
}

func TestARightSizedRequestGetsItsOwnError(t *testing.T) {
	t.Run("traces", func(t *testing.T) { ownError(t, tracesKind()) })
	t.Run("logs", func(t *testing.T) { ownError(t, logsKind()) })
	t.Run("profiles", func(t *testing.T) { ownError(t, profilesKind()) })
}

func ownError[D comparable](t *testing.T, k kind[D]) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, k, waiting(func(c *Config) { c.SendBatchSize, c.Partitions = 4, 4 }))
		r.react = failingOn[D](map[int]error{10: errDown})
		small := make(chan error, 1)
		go func() { small <- r.send("a", 1) }()
		synctest.Wait()
		begin := time.Now()
		require.ErrorIs(t, r.send("b", numbers(10, 4)...), errDown)
		assert.Zero(t, time.Since(begin), "it does not wait for others")
		require.NoError(t, <-small)
		assert.EqualValues(t, 1, r.labeled("flushes", "trigger", "pass_through"))
		r.end()
	})
}
