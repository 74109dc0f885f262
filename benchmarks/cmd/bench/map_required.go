// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"

	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/mapmode"
	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/report"
)

// requiredOfMap are the ratios that the project promises of Map mode.
func requiredOfMap() []report.Ratio {
	var all []report.Ratio
	for _, q := range []struct {
		signal, peer string
		producers    int
		bound        float64
	}{
		{"metrics", intervalName, 1, 4},
		{"metrics", intervalName, 64, 6},
		{"logs", logDedupName, 1, 4},
		{"logs", logDedupName, 64, 4},
	} {
		sc := mapmode.Scenario{Signal: q.signal, Keys: 10_000, Duplicates: 10, Attributes: 3, Producers: q.producers}
		all = append(all, report.Ratio{
			Title: fmt.Sprintf("map, %s, 10 k keys 10 times, %d producers: %s / partbuffer", q.signal, q.producers, q.peer),
			Unit:  mapmode.NsPerPoint,
			Of:    sc.Name(q.peer), By: sc.Name(partbufferName), Bound: q.bound, AtLeast: true,
		})
	}
	for _, signal := range []string{"metrics", "logs"} {
		for _, producers := range []int{1, 64} {
			sc := mapmode.Scenario{Signal: signal, Keys: 100, Duplicates: 100, Attributes: 3, Producers: producers}
			all = append(all, report.Ratio{
				Title: fmt.Sprintf("map, %s, 100 keys 100 times, %d producers: partbuffer", signal, producers),
				Unit:  mapmode.AllocsPerPoint, Of: sc.Name(partbufferName), Bound: 0.05,
			})
		}
	}
	return all
}
