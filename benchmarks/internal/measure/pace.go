// SPDX-License-Identifier: Apache-2.0

package measure

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/destination"
	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/subject"
)

// Pace pushes one request per interval, all from one producer, and returns how many batches were delivered and
// how long it took.
func Pace(ctx context.Context, s subject.Subject, requests []ptrace.Traces, interval time.Duration) (destination.Counts, time.Duration, error) {
	dest := destination.NewInstant()
	p, err := s.Start(ctx, dest)
	if err != nil {
		return destination.Counts{}, 0, fmt.Errorf("pace %s: %w", s.Name, err)
	}
	consume := p.Producer()
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	start := time.Now()
	var errs []error
	for _, td := range requests {
		errs = append(errs, consume(ctx, td))
		<-ticker.C
	}
	took := time.Since(start)
	errs = append(errs, p.Shutdown(ctx))
	if err := errors.Join(errs...); err != nil {
		return destination.Counts{}, 0, fmt.Errorf("pace %s: %w", s.Name, err)
	}
	return dest.Counts(), took, nil
}
