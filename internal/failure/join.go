// SPDX-License-Identifier: Apache-2.0

package failure

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// joined stands for several failures. It is permanent only if all of them are, and nobody gets telemetry data out
// of it, which may be that of other senders.
//
// errors.Is and errors.As see its parts through its methods alone: it has no Unwrap.
type joined struct {
	parts     []error // those that may be tried again come first
	permanent bool    // all are marked so
	final     bool    // all say so in some way
}

// Join makes one error, as a sender may see it, of those of the batches that its data became part of. What
// errors.Is, errors.As and status.FromError find in a part they find in the whole, with two exceptions. The whole is
// permanent, and has a status that says so, only if every part is. And the data that consumererror.Traces and
// its siblings carry can not be had. Join returns nil where every error is.
func Join(errs ...error) error {
	var parts []error
	for _, err := range errs {
		switch e := err.(type) {
		case nil:
		case *joined:
			parts = append(parts, e.parts...)
		default:
			parts = append(parts, err)
		}
	}
	if len(parts) == 0 {
		return nil
	}
	j := &joined{
		parts:     parts,
		permanent: !slices.ContainsFunc(parts, func(e error) bool { return !Permanent(e) }),
		final:     !slices.ContainsFunc(parts, func(e error) bool { return !final(e) }),
	}
	if len(parts) == 1 && !carriesData(parts[0]) && j.permanent == consumererror.IsPermanent(parts[0]) {
		return parts[0]
	}
	slices.SortStableFunc(j.parts, func(a, b error) int { return order(a) - order(b) })
	return j
}

func order(err error) int {
	if final(err) {
		return 1
	}
	return 0
}

// final reports whether err says in some way that trying again is of no use: by the mark, or by a status.
func final(err error) bool {
	for err != nil {
		if several, ok := failures(err); ok {
			return len(several) > 0 && !slices.ContainsFunc(several, func(part error) bool { return !final(part) })
		}
		if reflect.TypeOf(err) == permanent {
			return true
		}
		switch e := err.(type) {
		case *consumererror.Error:
			return !e.IsRetryable()
		case interface{ GRPCStatus() *status.Status }:
			return !retryable(e.GRPCStatus().Code())
		case interface{ Unwrap() error }:
			err = e.Unwrap()
		default:
			return consumererror.IsPermanent(err)
		}
	}
	return false
}

// retryable is what OTLP says of a code. RESOURCE_EXHAUSTED is where it comes with a hint; without one a receiver answers
// 429 over HTTP, which is.
func retryable(code codes.Code) bool {
	switch code {
	case codes.Canceled, codes.DeadlineExceeded, codes.ResourceExhausted, codes.Aborted, codes.OutOfRange, codes.Unavailable, codes.DataLoss:
		return true
	default:
		return false
	}
}

// maxTexts is how many different texts the text of several failures has.
const maxTexts = 8

// Error is every different text once: batches that fail together mostly fail for the same reason.
func (j *joined) Error() string {
	var texts []string
	for _, part := range j.parts {
		if text := part.Error(); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	if more := len(texts) - maxTexts; more > 0 {
		texts = append(texts[:maxTexts], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(texts, "; ")
}

// Is is for errors.Is.
func (j *joined) Is(target error) bool {
	return slices.ContainsFunc(j.parts, func(part error) bool { return errors.Is(part, target) })
}

// As is for errors.As.
func (j *joined) As(target any) bool {
	wanted := reflect.TypeOf(target).Elem()
	if hasData(wanted) || unwraps(wanted) || wanted == permanent && !j.permanent {
		return false
	}
	if !j.final && classifies(wanted) {
		return retryableAs(j, target)
	}
	return slices.ContainsFunc(j.parts, func(part error) bool {
		if !errors.As(part, target) {
			return false
		}
		found := reflect.ValueOf(target).Elem()
		if hasData(reflect.TypeOf(found.Interface())) {
			found.SetZero()
			return false
		}
		return true
	})
}

// retryableAs is errors.As that leaves out what is final: it would say that trying again is of no use.
func retryableAs(err error, target any) bool {
	for err != nil {
		if several, ok := failures(err); ok {
			return slices.ContainsFunc(several, func(part error) bool { return !final(part) && retryableAs(part, target) })
		}
		if found := reflect.ValueOf(target).Elem(); reflect.TypeOf(err).AssignableTo(found.Type()) {
			found.Set(reflect.ValueOf(err))
			return true
		}
		switch e := err.(type) {
		case interface{ Unwrap() error }:
			err = e.Unwrap()
		default:
			return errors.As(err, target)
		}
	}
	return false
}

// unwraps reports whether somebody who gets a wanted out of an error goes on to look into it.
func unwraps(wanted reflect.Type) bool {
	if wanted.Kind() != reflect.Interface {
		return false
	}
	_, ok := wanted.MethodByName("Unwrap")
	return ok
}

// classifies reports whether somebody who gets a wanted out of an error decides by it whether to try again.
func classifies(wanted reflect.Type) bool {
	if _, ok := wanted.MethodByName("GRPCStatus"); ok {
		return true
	}
	return wanted == reflect.TypeFor[*consumererror.Error]()
}

var dataTypes = []reflect.Type{
	reflect.TypeFor[interface{ Data() ptrace.Traces }](),
	reflect.TypeFor[interface{ Data() pmetric.Metrics }](),
	reflect.TypeFor[interface{ Data() plog.Logs }](),
	reflect.TypeFor[interface{ Data() pprofile.Profiles }](),
}

func hasData(t reflect.Type) bool {
	return slices.ContainsFunc(dataTypes, func(d reflect.Type) bool { return t.Implements(d) })
}

func carriesData(err error) bool {
	for e := range tree(err) {
		if hasData(reflect.TypeOf(e)) {
			return true
		}
	}
	return false
}
