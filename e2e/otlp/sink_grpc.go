// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"context"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/pprofile/pprofileotlp"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/grpc"
)

func registerGRPC(server *grpc.Server, sink *Sink) {
	ptraceotlp.RegisterGRPCServer(server, &traceServer{sink: sink})
	plogotlp.RegisterGRPCServer(server, &logServer{sink: sink})
	pmetricotlp.RegisterGRPCServer(server, &metricServer{sink: sink})
	pprofileotlp.RegisterGRPCServer(server, &profileServer{sink: sink})
}

type traceServer struct {
	ptraceotlp.UnimplementedGRPCServer
	sink *Sink
}

func (s *traceServer) Export(ctx context.Context, r ptraceotlp.ExportRequest) (ptraceotlp.ExportResponse, error) {
	answer := ptraceotlp.NewExportResponse()
	answer.PartialSuccess().SetRejectedSpans(s.sink.rejected.Load())
	return answer, s.sink.receive(ctx, r)
}

type logServer struct {
	plogotlp.UnimplementedGRPCServer
	sink *Sink
}

func (s *logServer) Export(ctx context.Context, r plogotlp.ExportRequest) (plogotlp.ExportResponse, error) {
	answer := plogotlp.NewExportResponse()
	answer.PartialSuccess().SetRejectedLogRecords(s.sink.rejected.Load())
	return answer, s.sink.receive(ctx, r)
}

type metricServer struct {
	pmetricotlp.UnimplementedGRPCServer
	sink *Sink
}

func (s *metricServer) Export(ctx context.Context, r pmetricotlp.ExportRequest) (pmetricotlp.ExportResponse, error) {
	answer := pmetricotlp.NewExportResponse()
	answer.PartialSuccess().SetRejectedDataPoints(s.sink.rejected.Load())
	return answer, s.sink.receive(ctx, r)
}

type profileServer struct {
	pprofileotlp.UnimplementedGRPCServer
	sink *Sink
}

func (s *profileServer) Export(ctx context.Context, r pprofileotlp.ExportRequest) (pprofileotlp.ExportResponse, error) {
	answer := pprofileotlp.NewExportResponse()
	answer.PartialSuccess().SetRejectedProfiles(s.sink.rejected.Load())
	return answer, s.sink.receive(ctx, r)
}
