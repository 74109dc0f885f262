// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/pprofile/pprofileotlp"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/grpc/metadata"
)

const (
	contentTypeProtobuf = "application/x-protobuf"
	contentTypeJSON     = "application/json"
)

type httpClient struct {
	endpoint string
	json     bool
	client   *http.Client
}

func newHTTPClient(endpoint string, json bool) *httpClient {
	return &httpClient{endpoint: endpoint, json: json, client: &http.Client{Transport: &http.Transport{}}}
}

func (c *httpClient) Close() error {
	c.Rest()
	return nil
}

func (c *httpClient) Rest() { c.client.CloseIdleConnections() }

func (c *httpClient) Send(ctx context.Context, request Request) error {
	signal, err := signalOf(request)
	if err != nil {
		return fmt.Errorf("send: %w", err)
	}
	marshal, contentType := request.MarshalProto, contentTypeProtobuf
	if c.json {
		marshal, contentType = request.MarshalJSON, contentTypeJSON
	}
	body, err := marshal()
	if err != nil {
		return fmt.Errorf("send %s: %w", signal, err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+c.endpoint+signal.path(), bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("send %s: %w", signal, err)
	}
	r.Header.Set("Content-Type", contentType)
	// A gRPC client sends these along by itself.
	outgoing, _ := metadata.FromOutgoingContext(ctx)
	for name, values := range outgoing {
		for _, value := range values {
			r.Header.Add(name, value)
		}
	}
	response, err := c.client.Do(r)
	if err != nil {
		return fmt.Errorf("send %s: %w", signal, err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("send %s: read the answer: %w", signal, err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("send %s: %w", signal, newHTTPError(response, answer))
	}
	// A partial success is the only thing an OTLP answer can hold; full success leaves it empty.
	if c.json && !bytes.Equal(answer, []byte(`{"partialSuccess":{}}`)) && !bytes.Equal(answer, []byte(`{}`)) {
		return fmt.Errorf("send %s: partial success: %s", signal, answer)
	}
	return nil
}

func signalOf(request Request) (Signal, error) {
	switch request.(type) {
	case ptraceotlp.ExportRequest:
		return Traces, nil
	case plogotlp.ExportRequest:
		return Logs, nil
	case pmetricotlp.ExportRequest:
		return Metrics, nil
	case pprofileotlp.ExportRequest:
		return Profiles, nil
	default:
		return "", fmt.Errorf("unknown request %T", request)
	}
}
