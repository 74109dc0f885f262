// SPDX-License-Identifier: Apache-2.0

package failure

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/goleak"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errDown = errors.New("down")
	errBad  = consumererror.NewPermanent(errors.New("bad data"))
)

func statusError(code codes.Code) error { return status.Error(code, code.String()) }

func TestPermanent(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"nil":                               {nil, false},
		"a plain error":                     {errDown, false},
		"marked":                            {errBad, true},
		"wrapped":                           {fmt.Errorf("send: %w", errBad), true},
		"downstream":                        {consumererror.NewDownstream(errBad), true},
		"a fan-out that failed for good":    {errors.Join(errBad, fmt.Errorf("b: %w", errBad)), true},
		"a fan-out of which one may go":     {errors.Join(errBad, errDown), false},
		"the same, wrapped":                 {fmt.Errorf("send: %w", errors.Join(errDown, errBad)), false},
		"the same, marked as a whole":       {consumererror.NewPermanent(errors.Join(errDown, errBad)), true},
		"one failure, said with two errors": {fmt.Errorf("%w: %w", errDown, errBad), true},
		"joined here":                       {Join(errBad, errBad), true},
		"joined here, and one may go":       {Join(errBad, errDown), false},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, Permanent(c.err)) })
	}
}

func TestJoinKeepsWhatASenderCanUse(t *testing.T) {
	require.NoError(t, Join(nil, nil))
	assert.Same(t, errDown, Join(nil, errDown))

	invalid := consumererror.NewPermanent(statusError(codes.InvalidArgument))
	exhausted := statusError(codes.ResourceExhausted)
	down := consumererror.NewDownstream(fmt.Errorf("send: %w", io.ErrUnexpectedEOF))
	for name, c := range map[string]struct {
		parts     []error
		permanent bool
		code      codes.Code // Unknown = none
	}{
		"one that may go":  {[]error{exhausted}, false, codes.ResourceExhausted},
		"one that may not": {[]error{invalid}, true, codes.InvalidArgument},
		"both, and the one that may go has a status": {[]error{invalid, exhausted}, false, codes.ResourceExhausted},
		"both, and it has none":                      {[]error{invalid, down}, false, codes.Unknown},
		"two that may not":                           {[]error{invalid, invalid}, true, codes.InvalidArgument},
		"two of which one says so by its code alone": {[]error{statusError(codes.Unimplemented), down}, false, codes.Unknown},
		"two that say so by their code alone":        {[]error{statusError(codes.Unimplemented), statusError(codes.NotFound)}, false, codes.Unimplemented},
		"a fan-out":                                  {[]error{errors.Join(invalid, exhausted)}, false, codes.ResourceExhausted},
		"a fan-out, wrapped":                         {[]error{fmt.Errorf("send: %w", errors.Join(invalid, down))}, false, codes.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			err := fmt.Errorf("consume: %w", Join(c.parts...))
			assert.Equal(t, c.permanent, consumererror.IsPermanent(err))
			s, ok := status.FromError(err)
			assert.Equal(t, c.code != codes.Unknown, ok)
			assert.Equal(t, c.code, s.Code())
			for _, part := range c.parts {
				require.ErrorIs(t, err, part)
				assert.Contains(t, err.Error(), part.Error())
			}
		})
	}

	err := Join(errBad, down, Join(context.Canceled, errDown))
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.ErrorIs(t, err, context.Canceled)
	assert.True(t, consumererror.IsDownstream(err))
	assert.Equal(t, "send: unexpected EOF; context canceled; down; Permanent error: bad data", err.Error())

	retryable := consumererror.NewRetryableError(errDown)
	notRetryable := consumererror.NewOTLPHTTPError(errDown, 400)
	for _, other := range []error{consumererror.NewPermanent(notRetryable), notRetryable} {
		found, ok := errors.AsType[*consumererror.Error](Join(other, retryable))
		require.True(t, ok)
		assert.True(t, found.IsRetryable(), "not that of the part that is final")
	}
}

// A receiver that finds consumererror.Traces sends the data in it again: that of all senders of the batch.
func TestJoinHidesTheDataOfOthers(t *testing.T) {
	partial := consumererror.NewTraces(errDown, ptrace.NewTraces())
	for name, err := range map[string]error{
		"alone":      Join(partial),
		"wrapped":    Join(fmt.Errorf("send: %w", partial)),
		"of several": Join(errBad, partial),
	} {
		t.Run(name, func(t *testing.T) {
			_, ok := errors.AsType[consumererror.Traces](err)
			assert.False(t, ok)
			var dataful interface{ Data() ptrace.Traces }
			assert.NotErrorAs(t, err, &dataful)
			require.ErrorIs(t, err, errDown)
			var wrapper interface{ Unwrap() error }
			assert.NotErrorAs(t, err, &wrapper, "the next one would be it")
		})
	}
	assert.True(t, consumererror.IsDownstream(Join(consumererror.NewDownstream(partial))), "marks are not data")
}

func TestJoinSaysEveryTextOnceAndNotTooMany(t *testing.T) {
	var errs []error
	for i := range 30 {
		errs = append(errs, fmt.Errorf("error %d", i%10))
	}
	assert.Equal(t, "error 0; error 1; error 2; error 3; error 4; error 5; error 6; error 7; and 2 more", Join(errs...).Error())
}

type hinted struct{ error }

func (hinted) RetryAfter() time.Duration { return 3 * time.Second }

type throttleRetry struct { //nolint:errname // of the shape that exporterhelper's has
	err   error
	delay time.Duration
}

func (e throttleRetry) Error() string { return e.err.Error() }
func (e throttleRetry) Unwrap() error { return e.err }

func TestRetryAfter(t *testing.T) {
	s, err := status.New(codes.Unavailable, "later").WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(2 * time.Second)})
	require.NoError(t, err)
	for name, c := range map[string]struct {
		err  error
		want time.Duration
	}{
		"nil":                        {nil, 0},
		"none":                       {statusError(codes.Unavailable), 0},
		"a method":                   {fmt.Errorf("send: %w", hinted{errDown}), 3 * time.Second},
		"a status":                   {fmt.Errorf("send: %w", s.Err()), 2 * time.Second},
		"a throttle":                 {fmt.Errorf("send: %w", throttleRetry{errDown, time.Second}), time.Second},
		"a throttle around a status": {throttleRetry{s.Err(), time.Second}, 2 * time.Second},
		"the longest of two":         {errors.Join(hinted{errDown}, s.Err()), 3 * time.Second},
		"one of those joined":        {Join(errDown, hinted{errDown}), 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, RetryAfter(c.err)) })
	}
}

func TestHinted(t *testing.T) {
	busy := statusError(codes.ResourceExhausted)
	err := Hinted(fmt.Errorf("send: %w", throttleRetry{busy, 7 * time.Second}))
	require.ErrorIs(t, err, busy)
	s, ok := status.FromError(fmt.Errorf("consume: %w", err))
	require.True(t, ok)
	assert.Equal(t, codes.ResourceExhausted, s.Code())
	assert.Equal(t, 7*time.Second, RetryAfter(s.Err()))

	for name, err := range map[string]error{
		"nil":          nil,
		"no hint":      busy,
		"no status":    hinted{errDown},
		"not to retry": throttleRetry{statusError(codes.InvalidArgument), time.Second},
		"says so":      s.Err(),
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, err, Hinted(err)) })
	}
}

func TestLeft(t *testing.T) {
	data := ptrace.NewTraces()
	partial := consumererror.NewTraces(errDown, data)
	for name, err := range map[string]error{
		"alone":            partial,
		"wrapped":          fmt.Errorf("send: %w", consumererror.NewDownstream(partial)),
		"permanent":        consumererror.NewPermanent(partial),
		"a fan-out to one": errors.Join(partial),
	} {
		t.Run(name, func(t *testing.T) {
			left, ok := Left[ptrace.Traces](err)
			assert.True(t, ok)
			assert.Equal(t, data, left)
		})
	}
	for name, err := range map[string]error{
		"nil":                nil,
		"none":               errDown,
		"of another signal":  consumererror.NewLogs(errDown, plog.NewLogs()),
		"a fan-out to two":   errors.Join(partial, errDown),
		"of several batches": Join(partial, errDown),
	} {
		t.Run(name, func(t *testing.T) {
			_, ok := Left[ptrace.Traces](err)
			assert.False(t, ok)
		})
	}
}
