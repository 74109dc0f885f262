// SPDX-License-Identifier: Apache-2.0

package key

import (
	"sync"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl/contexts/ottldatapoint"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl/contexts/ottllog"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl/contexts/ottlspan"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl/ottlfuncs"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.uber.org/zap"
)

// What OTTL evaluates expressions and conditions on.
type (
	ottlSpan  = *ottlspan.TransformContext
	ottlLog   = *ottllog.TransformContext
	ottlPoint = *ottldatapoint.TransformContext
)

// The parsers know the functions of the filter processor. Without the option
// that demands context names, they take paths with and without.
var (
	spanParser = sync.OnceValues(func() (ottl.Parser[ottlSpan], error) {
		functions := ottlfuncs.StandardConverters[ottlSpan]()
		isRootSpan := ottlfuncs.NewIsRootSpanFactory()
		functions[isRootSpan.Name()] = isRootSpan
		return ottlspan.NewParser(functions, silent())
	})
	logParser = sync.OnceValues(func() (ottl.Parser[ottlLog], error) {
		return ottllog.NewParser(ottlfuncs.StandardConverters[ottlLog](), silent())
	})
	pointParser = sync.OnceValues(func() (ottl.Parser[ottlPoint], error) {
		return ottldatapoint.NewParser(ottlfuncs.StandardConverters[ottlPoint](), silent())
	})
)

// silent are the settings of a parser that reports by its errors alone.
func silent() component.TelemetrySettings {
	return component.TelemetrySettings{Logger: zap.NewNop()}
}

// The item as OTTL sees it; the caller closes what it gets, which returns it to
// a pool.

func (s *Span) ottl() ottlSpan {
	return ottlspan.NewTransformContext(s.Resource, s.Scope, s.Span)
}

func (r *LogRecord) ottl() ottlLog {
	return ottllog.NewTransformContext(r.Resource, r.Scope, r.Record)
}

func (p *DataPoint) ottl() ottlPoint {
	return ottldatapoint.NewTransformContext(p.Resource, p.Scope, p.Metric, p.point())
}

// point returns the point that is set, which costs an allocation.
func (p *DataPoint) point() any {
	switch p.Metric.Type() {
	case pmetric.MetricTypeHistogram:
		return p.Histogram
	case pmetric.MetricTypeExponentialHistogram:
		return p.Exponential
	case pmetric.MetricTypeSummary:
		return p.Summary
	default:
		return p.Number
	}
}
