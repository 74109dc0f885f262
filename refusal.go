// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/partbuffer/partbufferprocessor/partbuffer"
)

// retryHint is when a refused sender is asked to come again. OTLP over HTTP has no smaller unit than a second.
const retryHint = time.Second

// refusal is the error of a request that was not taken and may be sent again. An OTLP receiver answers it with its
// code, over HTTP with 503 or 429, and with the hint when to try again.
type refusal struct {
	err  error
	code codes.Code
}

func (r *refusal) Error() string { return r.err.Error() }

func (r *refusal) Unwrap() error { return r.err }

// RetryAfter is the hint for those who look for it without gRPC.
func (*refusal) RetryAfter() time.Duration { return retryHint }

// GRPCStatus is what status.FromError finds.
func (r *refusal) GRPCStatus() *status.Status {
	s := status.New(r.code, r.err.Error())
	if hinted, err := s.WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(retryHint)}); err == nil {
		return hinted
	}
	return s
}

// refused returns what the sender of a request hears that was not taken. Where the limit is one of its tenant alone, it
// hears that it sends too much, else that the processor can take nothing now.
func refused(err error) error {
	switch {
	case consumererror.IsPermanent(err):
		return err
	case errors.Is(err, partbuffer.ErrClosed):
		return &refusal{errShutDown, codes.Unavailable}
	case errors.Is(err, partbuffer.ErrShareFull), errors.Is(err, errTooManyLanes):
		return &refusal{err, codes.ResourceExhausted}
	case errors.Is(err, partbuffer.ErrFull), errors.Is(err, partbuffer.ErrDropped), errors.Is(err, partbuffer.ErrGaveUp), errors.Is(err, errShutDown):
		return &refusal{err, codes.Unavailable}
	default:
		return err
	}
}

// limitError is the error of a full buffer, in the words of the configuration.
type limitError struct {
	text string
	err  error
}

func (e *limitError) Error() string { return e.text }

func (e *limitError) Unwrap() error { return e.err }

// explain says of the error of a full buffer which limit that is.
func (c *Config) explain(err error, limit func() string) error {
	part := "everything"
	switch {
	case errors.Is(err, partbuffer.ErrPartitionFull):
		part = "this partition, which may hold half of what its lane may hold,"
	case errors.Is(err, partbuffer.ErrShareFull):
		part = "this metadata_keys combination, which may hold half,"
	case !errors.Is(err, partbuffer.ErrFull):
		return err
	}
	return &limitError{part + " is full: " + limit(), err}
}

func (c *Config) queueLimitText() string { return limitText("max_buffered_items", c.capacity()) }

func (c *Config) keyLimitText() string {
	limit, name := c.keyCapacity(), "max_buffered_items"
	if limit.Items == c.Map.MaxKeys {
		name = "map::max_keys"
	}
	return limitText(name, limit)
}

func limitText(name string, limit partbuffer.Weight) string {
	text := fmt.Sprintf("%s is %d", name, limit.Items)
	if limit.Bytes > 0 {
		text += fmt.Sprintf(", max_buffered_bytes is %d", limit.Bytes)
	}
	return text
}
