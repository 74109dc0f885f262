// SPDX-License-Identifier: Apache-2.0

//go:build unix

package usage

import (
	"runtime"
	"syscall"
	"time"
)

// Usage is what the process has used so far.
type Usage struct {
	CPU           time.Duration // user and system time
	Allocs, Bytes uint64        // objects and bytes allocated
}

// Now returns what the process has used until now. It stops the world for a moment.
func Now() Usage {
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	var r syscall.Rusage
	// It can only fail for a bad pointer or an unknown argument.
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return Usage{
		CPU:    time.Duration(r.Utime.Nano() + r.Stime.Nano()),
		Allocs: mem.Mallocs,
		Bytes:  mem.TotalAlloc,
	}
}

// Since is what was used from before to u.
func (u Usage) Since(before Usage) Usage {
	return Usage{CPU: u.CPU - before.CPU, Allocs: u.Allocs - before.Allocs, Bytes: u.Bytes - before.Bytes}
}

// LiveHeap collects garbage and returns the bytes of what is left. Twice, because a sync.Pool lets go of what it
// holds in the second collection.
func LiveHeap() uint64 {
	runtime.GC()
	runtime.GC()
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	return mem.HeapAlloc
}
