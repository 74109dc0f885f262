// SPDX-License-Identifier: Apache-2.0

//go:build unix

package measure

import (
	"runtime"
	"syscall"
	"time"
)

// usage is what the process has used so far.
type usage struct {
	cpu           time.Duration
	allocs, bytes uint64
}

func usageNow() usage {
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	var r syscall.Rusage
	// It can only fail for a bad pointer or an unknown argument.
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return usage{
		cpu:    time.Duration(r.Utime.Nano() + r.Stime.Nano()),
		allocs: mem.Mallocs,
		bytes:  mem.TotalAlloc,
	}
}
