// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/pprofile/pprofileotlp"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
)

// decodable is a Request that can be filled from bytes.
type decodable interface {
	Request
	UnmarshalProto(data []byte) error
}

// encodable is the answer to a request.
type encodable interface {
	MarshalProto() ([]byte, error)
}

// httpHandler serves OTLP over HTTP with protobuf bodies.
func httpHandler(sink *Sink) http.Handler {
	mux := http.NewServeMux()
	handle := func(signal Signal, empty func() decodable, answer func(rejected int64) encodable) {
		mux.HandleFunc("POST "+signal.path(), func(w http.ResponseWriter, r *http.Request) {
			request := empty()
			err := decode(request, r)
			if err != nil {
				sink.fail(err)
			} else {
				err = sink.receive(r.Context(), request)
			}
			if err != nil {
				writeRefusal(w, err)
				return
			}
			body, err := answer(sink.rejected.Load()).MarshalProto()
			if err != nil {
				sink.fail(err)
			}
			w.Header().Set("Content-Type", contentTypeProtobuf)
			_, _ = w.Write(body) // a client that is gone has its own error
		})
	}
	handle(Traces, func() decodable { return ptraceotlp.NewExportRequest() }, func(rejected int64) encodable {
		answer := ptraceotlp.NewExportResponse()
		answer.PartialSuccess().SetRejectedSpans(rejected)
		return answer
	})
	handle(Logs, func() decodable { return plogotlp.NewExportRequest() }, func(rejected int64) encodable {
		answer := plogotlp.NewExportResponse()
		answer.PartialSuccess().SetRejectedLogRecords(rejected)
		return answer
	})
	handle(Metrics, func() decodable { return pmetricotlp.NewExportRequest() }, func(rejected int64) encodable {
		answer := pmetricotlp.NewExportResponse()
		answer.PartialSuccess().SetRejectedDataPoints(rejected)
		return answer
	})
	handle(Profiles, func() decodable { return pprofileotlp.NewExportRequest() }, func(rejected int64) encodable {
		answer := pprofileotlp.NewExportResponse()
		answer.PartialSuccess().SetRejectedProfiles(rejected)
		return answer
	})
	return mux
}

func decode(request decodable, r *http.Request) error {
	if got := r.Header.Get("Content-Type"); got != contentTypeProtobuf {
		return fmt.Errorf("receive %s: unexpected content type %q", r.URL.Path, got)
	}
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(r.Body)
		if err != nil {
			return fmt.Errorf("receive %s: %w", r.URL.Path, err)
		}
		body = unzipped
	}
	encoded, err := io.ReadAll(io.LimitReader(body, maxMessage))
	if err != nil {
		return fmt.Errorf("receive %s: %w", r.URL.Path, err)
	}
	if err := request.UnmarshalProto(encoded); err != nil {
		return fmt.Errorf("receive %s: %w", r.URL.Path, err)
	}
	return nil
}
