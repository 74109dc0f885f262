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

// partial is the error of a destination that did not take left, as consumererror.Traces and its siblings are.
type partial[D any] struct {
	error
	left D
}

func (p partial[D]) Data() D { return p.left }

// rest returns items of what was sent, with all that they belong to, in data of its own.
func rest[D comparable](b *buffer[D], sent D, skip int) D {
	left := b.signal.Clone(sent)
	_, _ = b.signal.Split(left, skip, 0)
	return left
}

func TestOnlyTheRestIsSentAgain(t *testing.T) {
	forEachKind(t, onlyTheRest[ptrace.Traces], onlyTheRest[plog.Logs], onlyTheRest[pmetric.Metrics], func(*testing.T, kind[pprofile.Profiles]) {})
}

func onlyTheRest[D comparable](t *testing.T, k kind[D]) {
	for name, mutates := range map[string]bool{"next reads": false, "next may mutate": true} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				k := k
				k.mutates = mutates
				r := newRig(t, k, retrying(nil))
				takes := []int{2, 1, 0, 9}
				r.react = func(_ context.Context, b batch[D]) error {
					n := takes[0]
					if takes = takes[1:]; n < len(b.ids) {
						return partial[D]{errDown, rest(r.buffer, b.data, n)}
					}
					return nil
				}
				require.NoError(t, r.send("a", numbers(0, 5)...))
				<-time.After(time.Second)
				synctest.Wait()
				assert.EqualValues(t, 2, r.metric("delivered_items"), "counted when it is taken")
				assert.EqualValues(t, 3, r.metric("in_flight_items"))
				<-time.After(time.Minute)
				synctest.Wait()
				assert.Equal(t, []int{5, 3, 2, 2}, r.sizes())
				assert.Equal(t, numbers(3, 2), r.got()[3].ids)
				r.end()
				assert.EqualValues(t, 5, r.buffer.balance().delivered)
			})
		})
	}
}

// What comes back can not be sent again where it is not what was sent: a component in between changed it, and it would
// be changed twice, or it is for one destination of several. Then everything is sent again.
func TestWhatIsNotOursIsNotSentAgain(t *testing.T) {
	for name, left := range map[string]func(k kind[ptrace.Traces], sent ptrace.Traces) ptrace.Traces{
		"changed": func(k kind[ptrace.Traces], sent ptrace.Traces) ptrace.Traces {
			c := k.clone(sent)
			c.ResourceSpans().At(0).Resource().Attributes().PutStr("redacted", "yes")
			return c
		},
		"another's": func(k kind[ptrace.Traces], _ ptrace.Traces) ptrace.Traces { return k.build("b", 7) },
		"released by its owner": func(k kind[ptrace.Traces], sent ptrace.Traces) ptrace.Traces {
			c := k.clone(sent)
			k.mark(c)
			k.unref(c)
			return c
		},
		"nothing":       func(kind[ptrace.Traces], ptrace.Traces) ptrace.Traces { return ptrace.NewTraces() },
		"no data":       func(kind[ptrace.Traces], ptrace.Traces) ptrace.Traces { return ptrace.Traces{} },
		"more than all": func(k kind[ptrace.Traces], _ ptrace.Traces) ptrace.Traces { return k.build("a", numbers(0, 9)...) },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				k := tracesKind()
				r := newRig(t, k, retrying(nil))
				tries := 0
				r.react = func(_ context.Context, b batch[ptrace.Traces]) error {
					if tries++; tries < 3 {
						return consumererror.NewTraces(errDown, left(k, b.data))
					}
					return nil
				}
				require.NoError(t, r.send("a", 1, 2, 3))
				<-time.After(time.Minute)
				synctest.Wait()
				require.Len(t, r.got(), 3)
				for _, b := range r.got() {
					assert.Equal(t, []int{1, 2, 3}, b.ids)
				}
				r.end()
				assert.EqualValues(t, 3, r.buffer.balance().delivered)
			})
		})
	}
}

// The next component drops what it delivered from the data that it was given, and returns the same data.
func TestWhatIsLeftMayBeTheSameData(t *testing.T) {
	for name, retry := range map[string]bool{"tried again": true, "not": false} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				k := tracesKind()
				k.mutates = true
				r := newRig(t, k, retrying(func(c *Config) { c.RetryOnFailure.Enabled = retry }))
				var given ptrace.Traces
				r.mangle = func(td ptrace.Traces) {
					given = td
					_, _ = r.buffer.signal.Split(td, 1, 0)
				}
				tries := 0
				r.react = func(context.Context, batch[ptrace.Traces]) error {
					if tries++; tries < 3 {
						return consumererror.NewTraces(errDown, given)
					}
					return nil
				}
				require.NoError(t, r.send("a", 1, 2, 3))
				<-time.After(time.Minute)
				synctest.Wait()
				b := r.buffer.balance()
				if retry {
					assert.Equal(t, []int{3, 2, 1}, r.sizes())
					assert.EqualValues(t, 3, b.delivered)
				} else {
					assert.EqualValues(t, 1, b.delivered)
					assert.EqualValues(t, 2, b.dropped[reasonError])
				}
				r.end()
			})
		})
	}
}

func TestAFanOutThatFailedInPartIsSentWhole(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		k := tracesKind()
		r := newRig(t, k, retrying(nil))
		tries := 0
		r.react = func(_ context.Context, b batch[ptrace.Traces]) error {
			if tries++; tries == 1 {
				return errors.Join(consumererror.NewTraces(errDown, rest(r.buffer, b.data, 2)), errDown)
			}
			return nil
		}
		require.NoError(t, r.send("a", 1, 2, 3))
		<-time.After(time.Minute)
		synctest.Wait()
		assert.Equal(t, []int{3, 3}, r.sizes(), "the second destination took nothing")
		r.end()
	})
}

// Somebody behind us made one item of all, and did not deliver that: nothing of ours was taken.
func TestWhatIsLeftOfSomethingElseSaysNothing(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		k := tracesKind()
		r := newRig(t, k, testConfig(func(c *Config) { c.Partitions = 1 }))
		r.react = func(context.Context, batch[ptrace.Traces]) error {
			return consumererror.NewTraces(errDown, k.build("merged", 7))
		}
		require.NoError(t, r.send("a", 1, 2, 3))
		r.end()
		assert.EqualValues(t, 3, r.buffer.balance().dropped[reasonError])
	})
}
