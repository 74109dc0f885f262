// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"errors"
	"slices"
	"sync"
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
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

// retrying tries again after exactly 1s, 2s, 4s, 8s, 8s and so on, for a minute, with a single partition.
func retrying(change func(*Config)) *Config {
	return testConfig(func(c *Config) {
		c.Partitions = 1
		r := &c.RetryOnFailure
		r.Enabled, r.InitialInterval, r.MaxInterval, r.Multiplier, r.RandomizationFactor = true, time.Second, 8*time.Second, 2, 0
		r.MaxElapsedTime = time.Minute
		if change != nil {
			change(c)
		}
	})
}

// attempts fails as often as it has errors, and notes when it was called.
type attempts struct {
	mu   sync.Mutex
	errs []error
	at   []time.Duration
	born time.Time
}

func failingWith(errs ...error) *attempts { return &attempts{errs: errs, born: time.Now()} }

func (a *attempts) next() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.at = append(a.at, time.Since(a.born))
	if len(a.errs) == 0 {
		return nil
	}
	err := a.errs[0]
	a.errs = a.errs[1:]
	return err
}

func (a *attempts) times() []time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.at)
}

func react[D any](a *attempts) func(context.Context, batch[D]) error {
	return func(context.Context, batch[D]) error { return a.next() }
}

func TestAFailedDeliveryIsTriedAgain(t *testing.T) {
	forEachKind(t, triedAgain[ptrace.Traces], triedAgain[plog.Logs], triedAgain[pmetric.Metrics], triedAgain[pprofile.Profiles])
}

// triedAgain also tries a next component that changes what it gets: it must get the same again. A request that passes
// through is released by its sender meanwhile.
func triedAgain[D comparable](t *testing.T, k kind[D]) {
	for name, mutates := range map[string]bool{"next reads": false, "next mutates": true} {
		for size, ids := range map[string][]int{"merged": numbers(0, 3), "passes through": numbers(0, 5)} {
			t.Run(name+"/"+size, func(t *testing.T) {
				inBubble(t, func(t *testing.T) {
					k := k
					k.mutates = mutates
					r := newRig(t, k, retrying(func(c *Config) { c.SendBatchSize = 5 }))
					if mutates {
						r.mangle = func(data D) { _, _ = r.buffer.signal.Split(data, 2, 0) }
					}
					a := failingWith(errDown, errDown, errDown, errDown, errDown)
					r.react = react[D](a)
					require.NoError(t, r.send("a", ids...))
					<-time.After(time.Second)
					begin := a.times()[0]
					assert.EqualValues(t, len(ids), r.metric("in_flight_items"), "it is on its way all the time")
					<-time.After(30 * time.Second)
					synctest.Wait()
					for i, want := range []int{0, 1, 3, 7, 15, 23} {
						assert.InDelta(t, want, (a.times()[i] - begin).Seconds(), 0, "attempt %d", i)
					}
					require.Len(t, r.got(), 6)
					for _, b := range r.got() {
						assert.Equal(t, ids, b.ids)
					}
					assert.EqualValues(t, len(ids), r.metric("delivered_items"))
					assert.EqualValues(t, 5, r.metric("retries"))
					assert.EqualValues(t, 1, r.metric("batch_items"), "one batch, however often it is tried")
					r.end()
				})
			})
		}
	}
}

func TestWhatIsOfNoUseIsNotTriedAgain(t *testing.T) {
	bad := consumererror.NewPermanent(errors.New("bad data"))
	hinted, err := status.New(codes.Unavailable, "later").WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(2 * time.Minute)})
	require.NoError(t, err)
	for name, tc := range map[string]struct {
		errs   []error
		tries  int
		reason string
	}{
		"a permanent error":              {[]error{bad}, 1, "permanent_error"},
		"one after another":              {[]error{errDown, bad}, 2, "permanent_error"},
		"a fan-out that failed for good": {[]error{errors.Join(bad, bad)}, 1, "permanent_error"},
		"a pause beyond the limit":       {[]error{hinted.Err()}, 1, "error"},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				r := newRig(t, tracesKind(), retrying(nil))
				a := failingWith(tc.errs...)
				r.react = react[ptrace.Traces](a)
				require.NoError(t, r.send("a", 1, 2))
				<-time.After(time.Hour)
				synctest.Wait()
				assert.Len(t, a.times(), tc.tries)
				assert.EqualValues(t, 2, r.labeled("dropped_items", "reason", tc.reason))
				assert.Equal(t, 1, r.logs.FilterMessage("Items were lost.").Len())
				r.end()
			})
		})
	}
}

func TestTryingAgainEnds(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, tracesKind(), retrying(func(c *Config) { c.WaitForResult = true }))
		r.react = failing[ptrace.Traces](errDown)
		begin := time.Now()
		require.ErrorIs(t, r.send("a", 1), errDown)
		// Tried at 0, 1, 3, 7, 15, 23, 31, 39, 47 and 55 seconds; the next would be past the minute.
		assert.Equal(t, 55*time.Second+200*time.Millisecond, time.Since(begin))
		assert.Len(t, r.got(), 10)
		r.end()
		assert.EqualValues(t, 1, r.buffer.balance().dropped[reasonError])
	})
}

func TestThePauseThatTheDestinationAsksForIsKept(t *testing.T) {
	hinted, err := status.New(codes.ResourceExhausted, "later").WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(20 * time.Second)})
	require.NoError(t, err)
	inBubble(t, func(t *testing.T) {
		r := newRig(t, tracesKind(), retrying(nil))
		a := failingWith(consumererror.NewDownstream(hinted.Err()), errDown)
		r.react = react[ptrace.Traces](a)
		require.NoError(t, r.send("a", 1))
		<-time.After(time.Minute)
		synctest.Wait()
		at := a.times()
		require.Len(t, at, 3)
		assert.Equal(t, 20*time.Second, at[1]-at[0])
		assert.Equal(t, 2*time.Second, at[2]-at[1], "as long as the second pause is")
		r.end()
	})
}

func TestRetriesOfAPartitionHoldBackThatPartitionOnly(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, tracesKind(), retrying(func(c *Config) { c.Partitions, c.Timeout = 4, 0 }))
		r.react = failingOn[ptrace.Traces](map[int]error{0: errDown})
		for id := range 40 {
			require.NoError(t, r.send("a", id))
			synctest.Wait()
		}
		assert.EqualValues(t, 39, r.metric("delivered_items"))
		assert.EqualValues(t, 1, r.metric("in_flight_items"))
		<-time.After(time.Hour)
		r.end()
		assert.EqualValues(t, 1, r.buffer.balance().dropped[reasonError])
	})
}

func TestShutdownEndsThePauseAndTriesOnceMore(t *testing.T) {
	for name, tc := range map[string]struct {
		errs      []error
		delivered int64
	}{"it works by then": {[]error{errDown}, 4}, "it does not": {[]error{errDown, errDown, errDown, errDown}, 0}} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				r := newRig(t, tracesKind(), retrying(func(c *Config) { c.RetryOnFailure.InitialInterval = 8 * time.Second }))
				a := failingWith(tc.errs...)
				r.react = react[ptrace.Traces](a)
				require.NoError(t, r.send("a", 1, 2))
				<-time.After(time.Second)
				require.NoError(t, r.send("a", 3, 4))
				synctest.Wait()
				require.Len(t, a.times(), 1)
				begin := time.Now()
				require.NoError(t, r.processor.Shutdown(context.Background()))
				assert.Zero(t, time.Since(begin))
				assert.Len(t, a.times(), 3, "what was being tried once more, and what waited behind it once")
				r.assertEnded()
				assert.Equal(t, tc.delivered, r.buffer.balance().delivered)
			})
		})
	}
}

func TestAPanicIsTriedAgain(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, tracesKind(), retrying(nil))
		first := true
		r.react = func(context.Context, batch[ptrace.Traces]) error {
			if first {
				first = false
				panic("once")
			}
			return nil
		}
		require.NoError(t, r.send("a", 1))
		<-time.After(time.Minute)
		synctest.Wait()
		assert.EqualValues(t, 1, r.metric("delivered_items"))
		r.end()
	})
}
