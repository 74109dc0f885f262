// SPDX-License-Identifier: Apache-2.0

package failure

import (
	"reflect"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

// RetryAfter returns how long the next component asks to be left alone, or 0 where it does not ask: by a method
// RetryAfter, by the retry information of a gRPC status, or by exporterhelper.NewThrottleRetry. Of several the
// longest counts.
func RetryAfter(err error) (wait time.Duration) {
	for e := range tree(err) {
		switch hint := e.(type) {
		case interface{ RetryAfter() time.Duration }:
			wait = max(wait, hint.RetryAfter())
		case interface{ GRPCStatus() *status.Status }:
			wait = max(wait, retryInfo(hint.GRPCStatus()))
		default:
			wait = max(wait, throttle(e))
		}
	}
	return wait
}

func retryInfo(s *status.Status) time.Duration {
	for _, detail := range s.Details() {
		if info, ok := detail.(*errdetails.RetryInfo); ok {
			return info.GetRetryDelay().AsDuration()
		}
	}
	return 0
}

// throttle returns the delay of the error that exporterhelper.NewThrottleRetry makes. That has neither a public type
// nor a method for it, and the HTTP exporter says it in no other way. The test of the benchmarks module, which
// depends on exporterhelper, fails if this no longer finds it.
func throttle(err error) time.Duration {
	v := reflect.ValueOf(err)
	if v.Kind() != reflect.Struct || v.Type().Name() != "throttleRetry" {
		return 0
	}
	delay := v.FieldByName("delay")
	if !delay.IsValid() || delay.Type() != reflect.TypeFor[time.Duration]() {
		return 0
	}
	return time.Duration(delay.Int())
}

// Hinted returns err with a gRPC status that says how long its sender is to wait, where err knows that and its status
// does not. A receiver passes on what a status says, and nothing else; without the hint a sender gives up on
// RESOURCE_EXHAUSTED.
func Hinted(err error) error {
	wait := RetryAfter(err)
	s, ok := status.FromError(err)
	if wait <= 0 || !ok || !retryable(s.Code()) || retryInfo(s) > 0 {
		return err
	}
	with, detailErr := s.WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(wait)})
	if detailErr != nil {
		return err
	}
	return &hintedError{err: err, status: with}
}

type hintedError struct {
	err    error
	status *status.Status
}

func (e *hintedError) Error() string { return e.err.Error() }

func (e *hintedError) Unwrap() error { return e.err }

// GRPCStatus is what status.FromError finds.
func (e *hintedError) GRPCStatus() *status.Status { return e.status }
