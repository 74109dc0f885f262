// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

// Refusal makes the error with which a destination refuses a request. With a
// delay it tells the sender when to try again.
func Refusal(code codes.Code, message string, delay time.Duration) error {
	s := status.New(code, message)
	if delay > 0 {
		detailed, err := s.WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(delay)})
		if err != nil {
			panic(fmt.Sprintf("a refusal of code %s has no details: %v", code, err))
		}
		s = detailed
	}
	return s.Err()
}

// httpStatusOf gives a refusal's code the HTTP status that the OTLP specification has for it.
func httpStatusOf(code codes.Code) int {
	switch code {
	case codes.Unavailable, codes.DeadlineExceeded, codes.Canceled:
		return http.StatusServiceUnavailable
	case codes.ResourceExhausted:
		return http.StatusTooManyRequests
	case codes.Internal:
		return http.StatusInternalServerError
	default:
		return http.StatusBadRequest
	}
}

func retryDelayOf(s *status.Status) (delay time.Duration, found bool) {
	for _, detail := range s.Details() {
		if info, ok := detail.(*errdetails.RetryInfo); ok {
			return info.GetRetryDelay().AsDuration(), true
		}
	}
	return 0, false
}

// writeRefusal answers as OTLP over HTTP has it, except for the body, which is plain text.
func writeRefusal(w http.ResponseWriter, err error) {
	s := status.Convert(err)
	if delay, ok := retryDelayOf(s); ok {
		w.Header().Set("Retry-After", strconv.Itoa(int(delay/time.Second)))
	}
	http.Error(w, s.Message(), httpStatusOf(s.Code()))
}
