// SPDX-License-Identifier: Apache-2.0

package measure

import (
	"runtime"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"golang.org/x/sys/unix"

	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/load"
)

// Supply is where producers get their requests. Its methods are safe for concurrent use.
type Supply interface {
	// Requests is how many there are, for all producers together.
	Requests() int
	// Producer returns what producer i of n calls for its next requests. There are no more when it returns none.
	Producer(i, n int) func() ([]ptrace.Traces, error)
	// Making is the CPU time that it took to make requests since the last call of Producer.
	Making() time.Duration
}

// Prepared supplies requests that were made before.
func Prepared(requests []ptrace.Traces) Supply { return prepared(requests) }

type prepared []ptrace.Traces

func (p prepared) Requests() int { return len(p) }

func (p prepared) Making() time.Duration { return 0 }

func (p prepared) Producer(i, n int) func() ([]ptrace.Traces, error) {
	part := p[part(len(p), i, n):part(len(p), i+1, n)]
	return func() ([]ptrace.Traces, error) {
		next := part
		part = nil
		return next, nil
	}
}

func part(all, i, n int) int { return all * i / n }

// chunk is how many fresh requests are made at a time: few enough to be in the processor's cache when they are
// pushed, and enough for the clock not to be noticed.
const chunk = 64

// Fresh supplies n requests which producers make shortly before they push them, as a receiver does. What that
// costs is measured by the clock of the thread, to be told apart from what a subject costs.
func Fresh(source *load.Source, n int, seed uint64) Supply {
	return &fresh{source: source, requests: n, seed: seed}
}

type fresh struct {
	source   *load.Source
	requests int
	seed     uint64
	making   atomic.Int64
}

func (f *fresh) Requests() int { return f.requests }

func (f *fresh) Making() time.Duration { return time.Duration(f.making.Load()) }

func (f *fresh) Producer(i, n int) func() ([]ptrace.Traces, error) {
	left := part(f.requests, i+1, n) - part(f.requests, i, n)
	maker := f.source.NewMaker(f.seed, uint64(i))
	requests := make([]ptrace.Traces, chunk)
	return func() ([]ptrace.Traces, error) {
		next := requests[:min(left, chunk)]
		left -= len(next)
		if len(next) == 0 {
			return nil, nil
		}
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		begin := threadTime()
		err := maker.Make(next)
		f.making.Add(int64(threadTime() - begin))
		return next, err
	}
}

// threadTime is the CPU time that the calling thread has used.
func threadTime() time.Duration {
	var t unix.Timespec
	// It can only fail for a bad pointer or an unknown clock.
	_ = unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t)
	return time.Duration(t.Nano())
}
