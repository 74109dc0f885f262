// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"encoding/json"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partbuffer/partbufferprocessor/e2e/otlp"
)

// A probe of the health_check extension sees the first failed delivery of a
// pipeline, and that the next one works.
func TestHealthCheckSeesFailedDeliveries(t *testing.T) {
	endpoint := freeEndpoint(t)
	r := start(t, setup{processor: partbuffer, health: endpoint, options: []string{"timeout: 10ms"}})
	client := r.dial(t, otlp.GRPC)
	probe := func() (int, string) { return statusOf(t, endpoint, otlp.Traces) }
	require.Eventually(t, func() bool { code, _ := probe(); return code == http.StatusOK }, patience, interval)

	r.sink.Refuse(true)
	require.NoError(t, r.send(t.Context(), client, otlp.Spec{Signal: otlp.Traces, Count: 10}))
	require.Eventually(t, func() bool { _, status := probe(); return status == "StatusRecoverableError" }, patience, interval)
	code, _ := probe()
	assert.Equal(t, http.StatusInternalServerError, code)
	_, status := statusOf(t, endpoint, otlp.Logs)
	assert.Equal(t, "StatusOK", status, "another pipeline is another instance")

	r.sink.Refuse(false)
	require.NoError(t, r.send(t.Context(), client, otlp.Spec{Signal: otlp.Traces, First: 1000, Count: 10}))
	require.Eventually(t, func() bool { _, status := probe(); return status == "StatusOK" }, patience, interval)
	code, _ = probe()
	assert.Equal(t, http.StatusOK, code)
	assert.Equal(t, terms{accepted: 20, delivered: 10, dropped: 10}, r.requireSettled(t, otlp.Traces))
	r.stop(t)
}

func freeEndpoint(t *testing.T) string {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, l.Close()) }()
	return l.Addr().String()
}

// statusOf asks for the status of partbuffer in a pipeline: the HTTP code for the pipeline, and the component's status.
func statusOf(t *testing.T, endpoint string, signal otlp.Signal) (code int, status string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
		"http://"+endpoint+"/status?verbose&pipeline="+string(signal), http.NoBody)
	require.NoError(t, err)
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return 0, ""
	}
	defer func() { _ = response.Body.Close() }()
	var answer struct {
		Components map[string]struct{ Status string }
	}
	require.NoError(t, json.NewDecoder(response.Body).Decode(&answer))
	return response.StatusCode, answer.Components["processor:partbuffer"].Status
}
