// SPDX-License-Identifier: Apache-2.0

package key

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl"
)

// expression is a compiled OTTL value expression. Only the one for the signal
// of its key is set.
type expression struct {
	text  string
	span  evaluator[ottlSpan]
	log   evaluator[ottlLog]
	point evaluator[ottlPoint]
}

// evaluator returns the value of an expression for an item. It has no context
// to give, since no expression may read one.
type evaluator[K any] func(item K) (value any, err error)

// errRequestContext refuses what would be absent from every item: a key is
// computed from the item, away from the request that brought it.
var errRequestContext = errors.New("a key cannot read otelcol; use metadata_keys to keep clients apart")

var (
	quotedStrings = regexp.MustCompile(`"(\\.|[^"\\])*"`)
	requestPath   = regexp.MustCompile(`\botelcol\b`)
)

func compile(signal Signal, text string) (e *expression, err error) {
	if requestPath.MatchString(quotedStrings.ReplaceAllString(text, `""`)) {
		return nil, errRequestContext
	}
	e = &expression{text: text}
	switch signal {
	case Traces:
		e.span, err = compileWith(spanParser, text)
	case Logs:
		e.log, err = compileWith(logParser, text)
	case Metrics:
		e.point, err = compileWith(pointParser, text)
	default:
		err = fmt.Errorf("%s have no such path", signal)
	}
	return e, err
}

func compileWith[K any](parser func() (ottl.Parser[K], error), text string) (evaluator[K], error) {
	p, err := parser()
	if err != nil {
		return nil, err
	}
	compiled, err := p.ParseValueExpression(text)
	if err != nil {
		return nil, err
	}
	return func(item K) (any, error) { return compiled.Eval(context.Background(), item) }, nil
}

func (e *expression) appendSpan(dst []byte, s *Span) (key []byte, present bool, err error) {
	item := s.ottl()
	defer item.Close()
	return appendExpression(dst, e, e.span, item)
}

func (e *expression) appendLogRecord(dst []byte, r *LogRecord) (key []byte, present bool, err error) {
	item := r.ottl()
	defer item.Close()
	return appendExpression(dst, e, e.log, item)
}

func (e *expression) appendDataPoint(dst []byte, p *DataPoint) (key []byte, present bool, err error) {
	item := p.ottl()
	defer item.Close()
	return appendExpression(dst, e, e.point, item)
}

// appendExpression writes the value of e for an item, and an absent value if
// there is none.
func appendExpression[K any](
	dst []byte, e *expression, evaluate evaluator[K], item K,
) (key []byte, present bool, err error) {
	value, err := evaluate(item)
	if err == nil && !isAbsent(value) {
		written, err := appendRaw(dst, value)
		if err == nil {
			return written, true, nil
		}
		return append(dst, tagAbsent), false, e.failed(err)
	}
	if err != nil {
		err = e.failed(err)
	}
	return append(dst, tagAbsent), false, err
}

func (e *expression) failed(err error) error {
	return fmt.Errorf("key expression %q: %w", e.text, err)
}
