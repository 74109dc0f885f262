// SPDX-License-Identifier: Apache-2.0

package load

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRequestsHaveTheSizeAndResourcesAsked(t *testing.T) {
	source, err := NewSource(20)
	require.NoError(t, err)
	requests, err := source.Requests(1001, 7)
	require.NoError(t, err)
	require.Len(t, requests, 1001)

	pods := map[string]bool{}
	ids := map[pcommon.SpanID]bool{}
	for _, td := range requests {
		require.Equal(t, 20, td.SpanCount())
		attrs := td.ResourceSpans().At(0).Resource().Attributes()
		require.Equal(t, 10, attrs.Len())
		pod, _ := attrs.Get("k8s.pod.name")
		pods[pod.Str()] = true
		spans := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
		require.True(t, spans.At(0).ParentSpanID().IsEmpty())
		for _, span := range spans.All() {
			ids[span.SpanID()] = true
			require.Equal(t, spans.At(0).TraceID(), span.TraceID())
			require.Equal(t, 3, span.Attributes().Len())
		}
	}
	assert.Len(t, pods, Resources)
	assert.Len(t, ids, 1001*20, "every span has an id of its own")
}

func TestSameSeedMakesSameRequests(t *testing.T) {
	source, err := NewSource(1)
	require.NoError(t, err)
	first, err := source.Requests(10, 3)
	require.NoError(t, err)
	again, err := source.Requests(10, 3)
	require.NoError(t, err)
	other, err := source.Requests(10, 4)
	require.NoError(t, err)

	assert.Equal(t, first, again)
	assert.NotEqual(t, first, other)
}
