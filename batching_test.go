// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/partbuffer/partbufferprocessor/internal/metadata"
)

func TestTimeoutSendsOneBatch(t *testing.T) {
	forEachKind(t, timeoutSendsOneBatch[ptrace.Traces], timeoutSendsOneBatch[plog.Logs],
		timeoutSendsOneBatch[pmetric.Metrics], timeoutSendsOneBatch[pprofile.Profiles])
}

func timeoutSendsOneBatch[D comparable](t *testing.T, k kind[D]) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, k, testConfig(nil))
		require.NoError(t, r.send("a", 1, 2))
		require.NoError(t, r.send("a", 3))
		<-time.After(199 * time.Millisecond)
		synctest.Wait()
		assert.Empty(t, r.got(), "before the timeout")
		assert.EqualValues(t, 3, r.metric("buffered_items"))
		<-time.After(time.Millisecond)
		synctest.Wait()
		require.Equal(t, []int{3}, r.sizes())
		assert.Equal(t, []int{1, 2, 3}, r.gotIDs())
		assert.EqualValues(t, 1, r.labeled("flushes", "trigger", "timeout"))
		r.end()
	})
}

func TestSizeTriggersAndMaxSizeCaps(t *testing.T) {
	forEachKind(t, sizeTriggersAndMaxSizeCaps[ptrace.Traces], sizeTriggersAndMaxSizeCaps[plog.Logs],
		sizeTriggersAndMaxSizeCaps[pmetric.Metrics], sizeTriggersAndMaxSizeCaps[pprofile.Profiles])
}

func sizeTriggersAndMaxSizeCaps[D comparable](t *testing.T, k kind[D]) {
	for name, tc := range map[string]struct {
		size, maxSize int
		requests      []int
		want          []int // sizes at once
		later         []int // and after the timeout
	}{
		"trigger is no cap":         {size: 10, requests: []int{6, 6}, want: []int{12}},
		"cap cuts at the door":      {size: 10, maxSize: 10, requests: []int{6, 6}, want: []int{10}, later: []int{2}},
		"cap above the trigger":     {size: 10, maxSize: 12, requests: []int{9, 5}, want: []int{12}, later: []int{2}},
		"one request, many batches": {size: 10, maxSize: 10, requests: []int{37}, want: []int{10, 10, 10}, later: []int{7}},
		"whole request passes":      {size: 10, maxSize: 20, requests: []int{15}, want: []int{15}},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				r := newRig(t, k, testConfig(func(c *Config) {
					c.SendBatchSize, c.SendBatchMaxSize, c.Partitions = tc.size, tc.maxSize, 1
				}))
				sent := 0
				for _, n := range tc.requests {
					require.NoError(t, r.send("a", numbers(sent, n)...))
					sent += n
				}
				synctest.Wait()
				assert.Equal(t, tc.want, r.sizes())
				<-time.After(time.Second)
				synctest.Wait()
				assert.Equal(t, append(tc.want, tc.later...), r.sizes())
				ids := r.gotIDs()
				if k.name == "metrics" { // merging puts the points of a metric together
					slices.Sort(ids)
				}
				assert.Equal(t, numbers(0, sent), ids, "one partition keeps arrival order")
				r.end()
			})
		})
	}
}

func TestZeroTimeoutOrSizeSendsAtOnceAndOnlySplits(t *testing.T) {
	forEachKind(t, zeroSendsAtOnce[ptrace.Traces], zeroSendsAtOnce[plog.Logs], zeroSendsAtOnce[pmetric.Metrics], zeroSendsAtOnce[pprofile.Profiles])
}

func zeroSendsAtOnce[D comparable](t *testing.T, k kind[D]) {
	for name, change := range map[string]func(*Config){
		"timeout":         func(c *Config) { c.Timeout = 0 },
		"send_batch_size": func(c *Config) { c.SendBatchSize = 0; c.Timeout = 10 * time.Second },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				r := newRig(t, k, testConfig(func(c *Config) { change(c); c.Partitions = 1 }))
				require.NoError(t, r.send("a", 1))
				require.NoError(t, r.send("a", 2, 3))
				synctest.Wait()
				assert.Equal(t, []int{1, 2}, r.sizes(), "request boundaries stay")
				r.end()
			})
			inBubble(t, func(t *testing.T) {
				r := newRig(t, k, testConfig(func(c *Config) {
					c.SendBatchSize = 5
					change(c)
					c.SendBatchMaxSize, c.Partitions = 5, 1
				}))
				require.NoError(t, r.send("a", numbers(0, 12)...))
				synctest.Wait()
				assert.Equal(t, []int{5, 5, 2}, r.sizes())
				assert.Equal(t, numbers(0, 12), r.gotIDs())
				r.end()
			})
		})
	}
}

func TestEmptyRequestsAreDroppedWithoutACall(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, tracesKind(), testConfig(func(c *Config) { c.Timeout = 0 }))
		require.NoError(t, r.consume(t.Context(), ptrace.NewTraces()))
		require.NoError(t, r.send("a"))
		synctest.Wait()
		assert.Empty(t, r.got())
		assert.Zero(t, r.metric("accepted_items"))
		r.end()
	})
}

func TestLowLoadMakesOneBatchPerInterval(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, tracesKind(), testConfig(nil))
		for i := range 200 { // 20 a second, for 10 seconds
			require.NoError(t, r.send("a", i))
			<-time.After(51 * time.Millisecond) // never at the instant of the timer
		}
		<-time.After(time.Second)
		synctest.Wait()
		assert.Len(t, r.got(), 50, "the 4 requests of the 200 ms that the first of them begins")
		assert.Equal(t, numbers(0, 200), r.gotIDs())
		r.end()
	})
}

func TestShutdownDeliversWhatIsBuffered(t *testing.T) {
	processortest.VerifyShutdown(t, NewFactory(), NewFactory().CreateDefaultConfig())
	forEachKind(t, shutdownDelivers[ptrace.Traces], shutdownDelivers[plog.Logs], shutdownDelivers[pmetric.Metrics], shutdownDelivers[pprofile.Profiles])
	assert.Equal(t, "partbuffer", metadata.Type.String())
}

func shutdownDelivers[D comparable](t *testing.T, k kind[D]) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, k, testConfig(nil))
		require.NoError(t, r.send("a", 1, 2))
		begin := time.Now()
		r.end()
		assert.Zero(t, time.Since(begin), "it does not wait for the timeout")
		assert.Equal(t, []int{1, 2}, r.gotIDs())
		require.ErrorIs(t, r.send("a", 3), errShutDown)
		require.NoError(t, r.processor.Shutdown(context.Background()), "twice")
	})
}
