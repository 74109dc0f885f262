// SPDX-License-Identifier: Apache-2.0

package key

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

func TestNaturalIdentity(t *testing.T) {
	for signal, want := range map[Signal]string{
		Traces:  "trace_id, span_id",
		Logs:    "resource, scope, event_name, severity_number, body, attributes, trace_id, span_id",
		Metrics: "resource, scope, metric, attributes",
	} {
		k, err := Natural(signal)
		require.NoError(t, err)
		assert.Equal(t, want, k.String())
		assert.Equal(t, signal, k.Signal())
	}
	_, err := Natural(Profiles)
	require.EqualError(t, err, "profiles have no natural identity")
}

func TestSpanWithoutIdsHasNoIdentity(t *testing.T) {
	k, err := Natural(Traces)
	require.NoError(t, err)
	span := ptrace.NewSpan()
	span.SetName("n")
	_, hasValue, err := k.AppendSpan(nil, &Span{Span: span})
	require.NoError(t, err)
	assert.False(t, hasValue)
}
