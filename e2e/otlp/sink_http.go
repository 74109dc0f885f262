// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"compress/gzip"
	"errors"
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

// httpHandler serves OTLP over HTTP with protobuf bodies. An empty body is the
// protobuf encoding of full success.
func httpHandler(sink *Sink) http.Handler {
	mux := http.NewServeMux()
	handle := func(signal Signal, empty func() decodable) {
		mux.HandleFunc("POST "+signal.path(), func(w http.ResponseWriter, r *http.Request) {
			request := empty()
			err := decode(request, r)
			if err != nil {
				sink.fail(err)
			} else {
				err = sink.receive(r.Context(), request)
			}
			if err != nil {
				http.Error(w, err.Error(), statusOf(err))
				return
			}
			w.Header().Set("Content-Type", contentTypeProtobuf)
			w.WriteHeader(http.StatusOK)
		})
	}
	handle(Traces, func() decodable { return ptraceotlp.NewExportRequest() })
	handle(Logs, func() decodable { return plogotlp.NewExportRequest() })
	handle(Metrics, func() decodable { return pmetricotlp.NewExportRequest() })
	handle(Profiles, func() decodable { return pprofileotlp.NewExportRequest() })
	return mux
}

func statusOf(err error) int {
	if errors.Is(err, errRefused) {
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
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
