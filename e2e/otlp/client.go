// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/pprofile/pprofileotlp"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// Client sends requests to a collector. It is safe for concurrent use.
type Client interface {
	// Send returns nil when the collector acknowledged the whole request.
	Send(ctx context.Context, request Request) error
	// Rest closes connections that no request uses.
	Rest()
	Close() error
}

// Transport names an OTLP transport and encoding.
type Transport string

// The transports that OTLP receivers serve.
const (
	GRPC         Transport = "grpc"
	HTTPProtobuf Transport = "http/protobuf"
	HTTPJSON     Transport = "http/json"
)

// Dial makes a client of transport; grpcEndpoint and httpEndpoint are host:port.
func Dial(transport Transport, grpcEndpoint, httpEndpoint string) (Client, error) {
	switch transport {
	case GRPC:
		conn, err := grpc.NewClient(grpcEndpoint, grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			return nil, fmt.Errorf("dial %s: %w", grpcEndpoint, err)
		}
		return &grpcClient{conn: conn}, nil
	case HTTPProtobuf, HTTPJSON:
		return newHTTPClient(httpEndpoint, transport == HTTPJSON), nil
	default:
		return nil, fmt.Errorf("unknown transport %q", transport)
	}
}

type grpcClient struct{ conn *grpc.ClientConn }

func (c *grpcClient) Close() error { return c.conn.Close() }

// Rest does nothing: the one connection is closed from the other side.
func (*grpcClient) Rest() {}

func (c *grpcClient) Send(ctx context.Context, request Request) error {
	var rejected int64
	var message string
	switch r := request.(type) {
	case ptraceotlp.ExportRequest:
		response, err := ptraceotlp.NewGRPCClient(c.conn).Export(ctx, r)
		if err != nil {
			return fmt.Errorf("send traces: %w", err)
		}
		rejected, message = response.PartialSuccess().RejectedSpans(), response.PartialSuccess().ErrorMessage()
	case plogotlp.ExportRequest:
		response, err := plogotlp.NewGRPCClient(c.conn).Export(ctx, r)
		if err != nil {
			return fmt.Errorf("send logs: %w", err)
		}
		rejected, message = response.PartialSuccess().RejectedLogRecords(), response.PartialSuccess().ErrorMessage()
	case pmetricotlp.ExportRequest:
		response, err := pmetricotlp.NewGRPCClient(c.conn).Export(ctx, r)
		if err != nil {
			return fmt.Errorf("send metrics: %w", err)
		}
		rejected, message = response.PartialSuccess().RejectedDataPoints(), response.PartialSuccess().ErrorMessage()
	case pprofileotlp.ExportRequest:
		response, err := pprofileotlp.NewGRPCClient(c.conn).Export(ctx, r)
		if err != nil {
			return fmt.Errorf("send profiles: %w", err)
		}
		rejected, message = response.PartialSuccess().RejectedProfiles(), response.PartialSuccess().ErrorMessage()
	default:
		return fmt.Errorf("send: unknown request %T", request)
	}
	if rejected > 0 {
		return fmt.Errorf("send: %d items rejected: %s", rejected, message)
	}
	return nil
}
