// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

func TestASecondInstanceWorksWhileTheFirstDrains(t *testing.T) {
	forEachKind(t, secondInstance[ptrace.Traces], secondInstance[plog.Logs], secondInstance[pmetric.Metrics], secondInstance[pprofile.Profiles])
}

// secondInstance reloads a pipeline: both instances have one name and one telemetry.
func secondInstance[D comparable](t *testing.T, k kind[D]) {
	inBubble(t, func(t *testing.T) {
		first := newRig(t, k, testConfig(nil))
		drain := make(chan struct{})
		first.react = func(context.Context, batch[D]) error { <-drain; return nil }
		require.NoError(t, first.send("a", 1, 2))
		<-time.After(time.Second)
		ended := make(chan error, 1)
		go func() { ended <- first.processor.Shutdown(context.Background()) }()
		synctest.Wait()

		second := newRigWith(t, k, testConfig(nil), first.telemetry)
		require.Error(t, first.send("a", 3), "it is over")
		require.NoError(t, second.send("a", 3))
		<-time.After(time.Second)
		synctest.Wait()
		assert.Equal(t, []int{3}, second.gotIDs())
		assert.Empty(t, ended)

		close(drain)
		require.NoError(t, <-ended)
		first.assertEnded()
		assert.Equal(t, []int{1, 2}, first.gotIDs())
		require.NoError(t, second.send("a", 4))
		second.end()
		assert.Equal(t, []int{3, 4}, second.gotIDs())
		assert.EqualValues(t, 1, first.buffer.balance().refused)
	})
}

func TestTheMetricsOfAnInstanceGoWithIt(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		first := newRig(t, tracesKind(), testConfig(nil))
		require.NoError(t, first.send("a", 1, 2))
		require.NoError(t, first.processor.Shutdown(context.Background()))
		second := newRigWith(t, tracesKind(), testConfig(nil), first.telemetry)
		require.NoError(t, second.send("a", 3))
		assert.EqualValues(t, 1, second.metric("accepted_items"), "the first is not asked any more")
		second.end()
	})
}

func TestAnInstanceMayBeShutDownBeforeItIsStarted(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		tel := componenttest.NewTelemetry()
		p, b, err := tracesKind().create(settingsOf(tel), testConfig(nil), false, func(context.Context, ptrace.Traces) error { return nil })
		require.NoError(t, err)
		for range 3 {
			require.NoError(t, p.Shutdown(context.Background()))
		}
		require.ErrorIs(t, b.consume(t.Context(), tracesKind().build("a", 1)), errShutDown)
		require.NoError(t, tel.Shutdown(context.Background()))
	})
}
