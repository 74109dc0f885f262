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
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.opentelemetry.io/collector/processor/xprocessor"
	"go.uber.org/zap"

	"github.com/partbuffer/partbufferprocessor/internal/metadata"
)

var errDown = errors.New("destination is down")

// window lets the current window end, and a second more.
func window[D comparable](r *rig[D]) {
	<-time.After(r.buffer.cfg.Timeout + time.Second)
	synctest.Wait()
	r.assertIdentity()
}

func TestAFailedFlushMergesBack(t *testing.T) {
	forEachMapKind(t, failedFlush[ptrace.Traces], failedFlush[plog.Logs], failedFlush[pmetric.Metrics])
}

func failedFlush[D comparable](t *testing.T, k mapKind[D]) {
	inBubble(t, func(t *testing.T) {
		r := newMapRig(t, k, mapConfig(func(c *Config) { c.Map.Remember = time.Hour }))
		down := true
		r.react = func(context.Context, batch[D]) error {
			if down {
				return errDown
			}
			return nil
		}
		put := func(samples ...sample) { require.NoError(t, r.consume(context.Background(), k.request(samples))) }
		put(sample{id: 1, key: "a", at: 10}, sample{id: 2, key: "a", at: 20}, sample{id: 3, key: "b", at: 20}, sample{id: 4, key: "c", at: 20})
		window(r)
		assert.Len(t, k.received(r), 3, "the destination saw them and refused")
		assert.EqualValues(t, 3, r.metric("buffered_items"))
		assert.Zero(t, r.metric("dropped_items"))
		assert.NotEmpty(t, r.logs.FilterMessageSnippet("next window").All())

		down = false
		put(sample{id: 5, key: "a", at: 30}, sample{id: 6, key: "b", at: 10}, sample{id: 7, key: "c", at: 20})
		window(r)
		assert.Equal(t, []received{
			{sample{id: 3, key: "b", at: 20}, 0}, // an older one came meanwhile
			{sample{id: 4, key: "c", at: 20}, 0}, // the tie goes to the first
			{sample{id: 5, key: "a", at: 30}, 2}, // updates add up
		}, k.received(r))
		put(sample{id: 8, key: "a", at: 20})
		window(r)
		assert.Empty(t, k.received(r), "nothing goes back in time")
		r.end()
	})
}

func TestAPermanentFailureIsALoss(t *testing.T) {
	forEachMapKind(t, permanentFailure[ptrace.Traces], permanentFailure[plog.Logs], permanentFailure[pmetric.Metrics])
}

func permanentFailure[D comparable](t *testing.T, k mapKind[D]) {
	inBubble(t, func(t *testing.T) {
		r := newMapRig(t, k, mapConfig(func(c *Config) { c.Partitions = 1 }))
		r.react = func(context.Context, batch[D]) error { return consumererror.NewPermanent(errDown) }
		require.NoError(t, r.consume(context.Background(), k.request([]sample{{id: 1, key: "a", at: 1}, {id: 2, key: "b", at: 1}})))
		window(r)
		assert.EqualValues(t, 2, r.labeled("dropped_items", "reason", "permanent_error"))
		r.react = func(context.Context, batch[D]) error { panic("downstream") }
		require.NoError(t, r.consume(context.Background(), k.request([]sample{{id: 3, key: "a", at: 1}})))
		window(r)
		assert.EqualValues(t, 1, r.labeled("dropped_items", "reason", "panic"))
		r.react = func(context.Context, batch[D]) error { return errDown }
		require.NoError(t, r.consume(context.Background(), k.request([]sample{{id: 4, key: "a", at: 1}})))
		require.NoError(t, r.processor.Shutdown(context.Background()))
		r.assertEnded()
		assert.EqualValues(t, 1, r.buffer.balance().dropped[reasonError], "there is no next window")
		var lost int64
		for _, line := range r.logs.FilterMessage("Items were lost.").All() {
			lost += line.ContextMap()["items_since_last_log"].(int64)
		}
		assert.EqualValues(t, 4, lost, "also what the log was spared")
		assert.Len(t, r.logs.FilterMessage("Stopped.").FilterField(zap.Int64("dropped_items.error", 1)).All(), 1)
		require.Error(t, r.consume(context.Background(), k.request([]sample{{id: 5, key: "a", at: 1}})))
		require.NoError(t, r.telemetry.Shutdown(context.Background()))
	})
}

func TestMaxKeys(t *testing.T) {
	forEachMapKind(t, maxKeys[ptrace.Traces], maxKeys[plog.Logs], maxKeys[pmetric.Metrics])
}

func maxKeys[D comparable](t *testing.T, k mapKind[D]) {
	flood := func(first, n int) (samples []sample) {
		for _, id := range numbers(first, n) {
			samples = append(samples, sample{id: id, key: "k" + string(rune('A'+id)), at: 1})
		}
		return samples
	}
	run := func(name, policy string, check func(*testing.T, *rig[D])) {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				r := newMapRig(t, k, mapConfig(func(c *Config) { c.Map.MaxKeys, c.Map.OnMaxKeys, c.Partitions = 10, policy, 2 }))
				require.NoError(t, r.consume(context.Background(), k.request(flood(0, 8))))
				check(t, r)
				r.end()
			})
		})
	}
	run("flush", "flush", func(t *testing.T, r *rig[D]) {
		require.NoError(t, r.consume(context.Background(), k.request(flood(8, 20))))
		assert.LessOrEqual(t, r.metric("live_keys"), int64(10))
		assert.Positive(t, r.labeled("flushes", "trigger", "max_keys"))
		window(r)
		assert.Len(t, k.received(r), 28, "early, and each once")
	})
	run("reject", "reject", func(t *testing.T, r *rig[D]) {
		data := k.request(flood(6, 5)) // two of them are live
		require.ErrorContains(t, r.consume(context.Background(), data), "map::max_keys is 10")
		assert.EqualValues(t, 8, r.metric("live_keys"), "nothing of it is stored")
		assert.EqualValues(t, 5, r.metric("refused_items"))
		require.NoError(t, r.consume(context.Background(), k.request(flood(6, 4))), "two new keys find room")
		window(r)
		require.Len(t, k.received(r), 10)
		require.NoError(t, r.consume(context.Background(), k.request(flood(6, 5))), "there is room again")
		window(r)
		assert.Len(t, k.received(r), 5)
	})
	run("pass through", "pass_through", func(t *testing.T, r *rig[D]) {
		require.NoError(t, r.consume(context.Background(), k.request(flood(6, 10))))
		<-time.After(time.Second)
		synctest.Wait()
		passed := k.received(r)
		require.Len(t, passed, 6, "8 + 2 fill the map")
		for _, p := range passed {
			assert.EqualValues(t, -1, p.updates, "it replaced nothing")
		}
		window(r)
		assert.Len(t, k.received(r), 10)
	})
}

func TestMissingKey(t *testing.T) {
	forEachMapKind(t, missingKey[ptrace.Traces], missingKey[plog.Logs], missingKey[pmetric.Metrics])
}

func missingKey[D comparable](t *testing.T, k mapKind[D]) {
	run := func(policy string, check func(*testing.T, *rig[D])) {
		t.Run(policy, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				r := newMapRig(t, k, mapConfig(func(c *Config) { c.Map.MissingKey = policy }))
				require.NoError(t, r.consume(context.Background(), k.request([]sample{{id: 1, at: 1}, {id: 2, at: 2}, {id: 3, key: "a", at: 1}})))
				check(t, r)
				r.end()
			})
		})
	}
	run("pass_through", func(t *testing.T, r *rig[D]) {
		<-time.After(passTimeout)
		synctest.Wait()
		assert.Equal(t, []received{{sample{id: 1, at: 1}, -1}, {sample{id: 2, at: 2}, -1}}, k.received(r), "they do not wait for the window")
		window(r)
		assert.Equal(t, []received{{sample{id: 3, key: "a", at: 1}, 0}}, k.received(r))
	})
	run("drop", func(t *testing.T, r *rig[D]) {
		window(r)
		assert.Equal(t, []received{{sample{id: 3, key: "a", at: 1}, 0}}, k.received(r))
		assert.EqualValues(t, 2, r.labeled("dropped_items", "reason", "missing_key"))
		assert.EqualValues(t, 3, r.metric("accepted_items"))
		assert.NotEmpty(t, r.logs.FilterMessageSnippet("map::key").All())
		require.NoError(t, r.processor.Shutdown(context.Background()))
		require.Error(t, r.consume(context.Background(), k.request([]sample{{id: 4, at: 1}})), "dropping is over, too")
	})
	run("group", func(t *testing.T, r *rig[D]) {
		window(r)
		assert.Equal(t, []received{{sample{id: 2, at: 2}, 1}, {sample{id: 3, key: "a", at: 1}, 0}}, k.received(r))
	})
}

func TestConditions(t *testing.T) {
	forEachMapKind(t, conditions[ptrace.Traces], conditions[plog.Logs], conditions[pmetric.Metrics])
}

func conditions[D comparable](t *testing.T, k mapKind[D]) {
	inBubble(t, func(t *testing.T) {
		r := newMapRig(t, k, mapConfig(func(c *Config) {
			c.Map.Conditions = []string{`attributes["id"] == 1`, `Substring(attributes["key"], 0, 2) == "ke"`}
		}))
		require.NoError(t, r.consume(context.Background(), k.request([]sample{
			{id: 1, key: "a", at: 1}, // the first condition, although the second fails
			{id: 2, key: "a", at: 2}, // neither, and the second fails: "a" is too short
			{id: 3, key: "key", at: 3},
			{id: 4, key: "other", at: 3},
		})))
		<-time.After(passTimeout)
		synctest.Wait()
		assert.Equal(t, []received{{sample{id: 2, key: "a", at: 2}, -1}, {sample{id: 4, key: "other", at: 3}, -1}}, k.received(r))
		assert.EqualValues(t, 1, r.metric("failed_expressions"))
		assert.NotEmpty(t, r.logs.FilterMessageSnippet("expression").All())
		window(r)
		assert.Len(t, k.received(r), 2)
		r.end()
	})
}

func TestTenantsHaveKeysOfTheirOwn(t *testing.T) {
	forEachMapKind(t, tenantKeys[ptrace.Traces], tenantKeys[plog.Logs], tenantKeys[pmetric.Metrics])
}

func tenantKeys[D comparable](t *testing.T, k mapKind[D]) {
	inBubble(t, func(t *testing.T) {
		r := newMapRig(t, k, mapConfig(func(c *Config) {
			c.MetadataKeys, c.Map.Remember, c.MetadataIdleTimeout = []string{"tenant"}, 10*time.Minute, time.Minute
		}))
		require.NoError(t, r.consume(tenant("a"), k.request([]sample{{id: 1, key: "k", at: 2}})))
		require.NoError(t, r.consume(tenant("b"), k.request([]sample{{id: 2, key: "k", at: 1}})))
		window(r)
		require.Len(t, r.got(), 2)
		assert.Len(t, k.received(r), 2)
		<-time.After(5 * time.Minute)
		require.NoError(t, r.consume(tenant("a"), k.request([]sample{{id: 3, key: "k", at: 1}})))
		window(r)
		assert.Empty(t, k.received(r), "a lane lives as long as it remembers")
		assert.EqualValues(t, 2, r.metric("lanes"))
		<-time.After(time.Hour)
		synctest.Wait()
		assert.Zero(t, r.metric("lanes"))
		assert.Zero(t, r.metric("remembered_keys"))
		r.end()
	})
}

func TestWhatHasNoMapModeFailsAtStart(t *testing.T) {
	set := processortest.NewNopSettings(metadata.Type)
	_, err := NewFactory().(xprocessor.Factory).CreateProfiles(context.Background(), set, mapConfig(nil), consumertest.NewNop())
	require.ErrorContains(t, err, "mode")
	require.ErrorContains(t, err, "profiles")
	observed := mapConfig(func(c *Config) { c.Map.Version = "observed_timestamp"; c.Map.Key = nil })
	require.NoError(t, observed.Validate())
	_, err = NewFactory().CreateTraces(context.Background(), set, observed, consumertest.NewNop())
	require.ErrorContains(t, err, "map::version")
	_, err = NewFactory().CreateMetrics(context.Background(), set, observed, consumertest.NewNop())
	require.ErrorContains(t, err, "map::version")
	logs, err := NewFactory().CreateLogs(context.Background(), set, observed, consumertest.NewNop())
	require.NoError(t, err)
	require.NoError(t, logs.Shutdown(context.Background()))
}
