// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"

	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/mapmode"
)

const memoryLimit = 8 << 30

func main() {
	gogc := flag.Int("gogc", -1, "GOGC while log_dedup runs; -1 = no collections, as documented")
	flag.Parse()
	debug.SetGCPercent(*gogc)
	debug.SetMemoryLimit(memoryLimit)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := mapmode.Serve(ctx, os.Stdin, os.Stdout, mapmode.Contend(mapmode.Logs(), logDedup())); err != nil {
		fmt.Fprintln(os.Stderr, "logdedup:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to undo
	}
}
