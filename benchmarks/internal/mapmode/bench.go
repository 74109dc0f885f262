// SPDX-License-Identifier: Apache-2.0

package mapmode

import (
	"context"
	"fmt"
	"io"

	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/report"
)

// Units of the results.
const (
	NsPerPoint     = "ns/point"
	CPUPerPoint    = "cpu-ns/point"
	AllocsPerPoint = "allocs/point"
	BytesPerPoint  = "alloc-B/point"
	LivePerKey     = "B/live-key"
)

// Contender is a subject that Measure can run in a scenario, wherever it is.
type Contender interface {
	// Name is the subject's name.
	Name() string
	// Measure runs the subject in a scenario, shrunk by a factor, and writes its result to out.
	Measure(ctx context.Context, out io.Writer, sc Scenario, shrink int, seed uint64) error
}

// Contend returns a contender that runs in this process.
func Contend[T any](signal Signal[T], s Subject[T]) Contender { return &local[T]{signal, s} }

type local[T any] struct {
	signal  Signal[T]
	subject Subject[T]
}

func (l *local[T]) Name() string { return l.subject.Name }

// Measure makes a source of its own, so that none is in memory when another one's subject runs.
func (l *local[T]) Measure(ctx context.Context, out io.Writer, sc Scenario, shrink int, seed uint64) error {
	name := sc.Name(l.subject.Name)
	sc = sc.Shrunk(shrink)
	source, err := NewSource(l.signal, sc.Keys, sc.Attributes, sc.Duplicates)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	r, err := Run(ctx, l.subject, source, sc, seed)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	points := float64(r.Points)
	return report.Line(out, name, r.Points,
		report.Value{Amount: float64(r.Intake.Nanoseconds()) / points, Unit: NsPerPoint},
		report.Value{Amount: float64(r.CPU.Nanoseconds()) / points, Unit: CPUPerPoint},
		report.Value{Amount: float64(r.Allocs) / points, Unit: AllocsPerPoint},
		report.Value{Amount: float64(r.Bytes) / points, Unit: BytesPerPoint},
		report.Value{Amount: float64(r.Live) / float64(r.Keys), Unit: LivePerKey})
}
