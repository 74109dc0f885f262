// SPDX-License-Identifier: Apache-2.0

package otlp_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"

	"github.com/partbuffer/partbufferprocessor/e2e/otlp"
)

// The sink stands in for a collector here: what it answers is what a client reads.
func TestClientsReadTheAnswer(t *testing.T) {
	tests := map[string]struct {
		says       error
		grpc, http otlp.Answer
	}{
		"success": {},
		"not again": {
			says: otlp.Refusal(codes.InvalidArgument, "bad", 0),
			grpc: otlp.Answer{Code: codes.InvalidArgument},
			http: otlp.Answer{HTTP: http.StatusBadRequest},
		},
		"again": {
			says: otlp.Refusal(codes.Unavailable, "busy", 0),
			grpc: otlp.Answer{Code: codes.Unavailable},
			http: otlp.Answer{HTTP: http.StatusServiceUnavailable},
		},
		"again, but later": {
			says: otlp.Refusal(codes.ResourceExhausted, "full", 2*time.Second),
			grpc: otlp.Answer{Code: codes.ResourceExhausted, Hint: true, RetryAfter: 2 * time.Second},
			http: otlp.Answer{HTTP: http.StatusTooManyRequests, Hint: true, RetryAfter: 2 * time.Second},
		},
	}
	sink, err := otlp.StartSink(func(otlp.Batch) {})
	require.NoError(t, err)
	defer func() { require.NoError(t, sink.Close()) }()
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			sink.Answer(func(otlp.Batch) error { return tt.says })
			for transport, want := range map[otlp.Transport]otlp.Answer{otlp.GRPC: tt.grpc, otlp.HTTPProtobuf: tt.http} {
				client, err := otlp.Dial(transport, sink.GRPCEndpoint, sink.HTTPEndpoint)
				require.NoError(t, err)
				got := otlp.AnswerOf(client.Send(t.Context(), otlp.Build(otlp.Spec{Signal: otlp.Logs, Count: 1})))
				assert.Equal(t, want, got, "%s", transport)
				require.NoError(t, client.Close())
			}
		})
	}
}

// Two callers at a time share the capacity, a third one waits.
func TestASlowSinkTakesItsCapacity(t *testing.T) {
	const perSecond, calls, callers, items = 1000, 2, 3, 100
	sink, err := otlp.StartSink(func(otlp.Batch) {})
	require.NoError(t, err)
	defer func() { require.NoError(t, sink.Close()) }()
	sink.Pace(perSecond, calls)
	client, err := otlp.Dial(otlp.GRPC, sink.GRPCEndpoint, sink.HTTPEndpoint)
	require.NoError(t, err)
	defer func() { require.NoError(t, client.Close()) }()
	begin := time.Now()
	errs := make(chan error, callers)
	for range callers {
		go func() { errs <- client.Send(t.Context(), otlp.Build(otlp.Spec{Signal: otlp.Logs, Count: items})) }()
	}
	for range callers {
		require.NoError(t, <-errs)
	}
	assert.GreaterOrEqual(t, time.Since(begin), callers*items*time.Second/perSecond)
	assert.Len(t, sink.Batches(otlp.Logs), callers)
}
