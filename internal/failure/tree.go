// SPDX-License-Identifier: Apache-2.0

package failure

import (
	"errors"
	"iter"
	"reflect"

	"go.opentelemetry.io/collector/consumer/consumererror"
)

// permanent is the type of the mark that consumererror.NewPermanent makes, which has no name outside its package.
var permanent = reflect.TypeOf(consumererror.NewPermanent(errors.New("")))

// Permanent reports whether err says that trying again is of no use. It differs from consumererror.IsPermanent where
// err stands for several failures, as that of a fan-out to several exporters does: one of them that may be tried
// again is enough to try again.
func Permanent(err error) bool {
	for err != nil {
		if several, ok := failures(err); ok {
			for _, part := range several {
				if !Permanent(part) {
					return false
				}
			}
			return len(several) > 0
		}
		if reflect.TypeOf(err) == permanent {
			return true
		}
		switch e := err.(type) {
		case interface{ Unwrap() error }:
			err = e.Unwrap()
		default:
			return consumererror.IsPermanent(err)
		}
	}
	return false
}

// failures returns what err joins. An error that fmt.Errorf made of several is one failure, said with several.
func failures(err error) ([]error, bool) {
	if j, ok := err.(*joined); ok {
		return j.parts, true
	}
	multi, ok := err.(interface{ Unwrap() []error })
	if !ok || fromFmt(err) {
		return nil, false
	}
	return multi.Unwrap(), true
}

// tree yields err and everything in it.
func tree(err error) iter.Seq[error] {
	return func(yield func(error) bool) { visit(err, yield) }
}

func visit(err error, yield func(error) bool) bool {
	if err == nil {
		return true
	}
	if !yield(err) {
		return false
	}
	switch e := err.(type) {
	case *joined:
		return visitAll(e.parts, yield)
	case interface{ Unwrap() error }:
		return visit(e.Unwrap(), yield)
	case interface{ Unwrap() []error }:
		return visitAll(e.Unwrap(), yield)
	default:
		return true
	}
}

func visitAll(errs []error, yield func(error) bool) bool {
	for _, err := range errs {
		if !visit(err, yield) {
			return false
		}
	}
	return true
}

func fromFmt(err error) bool {
	t := reflect.TypeOf(err)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.PkgPath() == "fmt"
}
