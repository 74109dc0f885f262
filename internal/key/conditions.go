// SPDX-License-Identifier: Apache-2.0

package key

import (
	"context"
	"errors"
	"fmt"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl"
)

// Conditions is a list of OTTL conditions of which any is enough. Safe for
// concurrent use. The zero value has no conditions and matches everything; make
// others with [ParseConditions]. Items of another signal than that of the
// conditions match none.
type Conditions struct {
	spans  []*ottl.Condition[ottlSpan]
	logs   []*ottl.Condition[ottlLog]
	points []*ottl.Condition[ottlPoint]
}

// ParseConditions compiles conditions for one signal, with the functions that
// the filter processor has for it; paths may leave their context name out.
// Safe for concurrent use. The error names every condition that is wrong.
// Profiles take none.
func ParseConditions(signal Signal, expressions []string) (*Conditions, error) {
	c := &Conditions{}
	if len(expressions) == 0 {
		return c, nil
	}
	var err error
	switch signal {
	case Traces:
		c.spans, err = compileConditions(spanParser, expressions)
	case Logs:
		c.logs, err = compileConditions(logParser, expressions)
	case Metrics:
		c.points, err = compileConditions(pointParser, expressions)
	default:
		err = fmt.Errorf("%s take no conditions", signal)
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

func compileConditions[K any](
	parser func() (ottl.Parser[K], error), expressions []string,
) ([]*ottl.Condition[K], error) {
	p, err := parser()
	if err != nil {
		return nil, err
	}
	var errs []error
	compiled := make([]*ottl.Condition[K], len(expressions))
	for i, text := range expressions {
		if compiled[i], err = p.ParseCondition(text); err != nil {
			errs = append(errs, fmt.Errorf("condition %q: %w", text, err))
		}
	}
	return compiled, errors.Join(errs...)
}

// Empty tells whether there are no conditions, so that everything matches.
func (c *Conditions) Empty() bool {
	return len(c.spans)+len(c.logs)+len(c.points) == 0
}

// Span tells whether a span matches. It does not block; conditions may read the
// client of ctx. An error means that no condition matches and that the one it
// names failed, perhaps quoting what it failed on. It costs what OTTL costs,
// and without conditions nothing.
func (c *Conditions) Span(ctx context.Context, s *Span) (bool, error) {
	if c.Empty() {
		return true, nil
	}
	item := s.ottl()
	defer item.Close()
	return anyMatch(ctx, c.spans, item)
}

// LogRecord tells whether a log record matches; see [Conditions.Span].
func (c *Conditions) LogRecord(ctx context.Context, r *LogRecord) (bool, error) {
	if c.Empty() {
		return true, nil
	}
	item := r.ottl()
	defer item.Close()
	return anyMatch(ctx, c.logs, item)
}

// DataPoint tells whether a data point matches; see [Conditions.Span].
func (c *Conditions) DataPoint(ctx context.Context, p *DataPoint) (bool, error) {
	if c.Empty() {
		return true, nil
	}
	item := p.ottl()
	defer item.Close()
	return anyMatch(ctx, c.points, item)
}

func anyMatch[K any](ctx context.Context, conditions []*ottl.Condition[K], item K) (bool, error) {
	var failed *ottl.Condition[K]
	var failure error
	for _, condition := range conditions {
		match, err := condition.Eval(ctx, item)
		switch {
		case err == nil && match:
			return true, nil
		case err != nil && failed == nil:
			failed, failure = condition, err
		}
	}
	if failed != nil {
		return false, fmt.Errorf("condition %q: %w", failed, failure)
	}
	return false, nil
}
