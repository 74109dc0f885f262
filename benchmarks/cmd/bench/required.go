// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"

	"github.com/partbuffer/partbufferprocessor/benchmarks/internal/report"
)

// required are the ratios that the project promises.
func required() []report.Ratio {
	var all []report.Ratio
	for _, producers := range []int{1, 64} {
		of := func(subject string) string { return benchName("push", 1, producers, subject) }
		title := fmt.Sprintf("push of 1 span, %d producers: ", producers)
		all = append(all,
			report.Ratio{
				Title: title + "batch / partbuffer", Unit: nsPerRequest,
				Of: of(stockName), By: of(partbufferName), Bound: 4, AtLeast: true,
			},
			report.Ratio{
				Title: title + "exporterhelper tuned / partbuffer", Unit: nsPerRequest,
				Of: of(exporterHelperTuned), By: of(partbufferName), Bound: 8, AtLeast: true,
			})
	}
	all = append(all, report.Ratio{
		Title: "push of 1 span, 1 producer: partbuffer / floor", Unit: nsPerRequest,
		Of: benchName("push", 1, 1, partbufferName), By: benchName("push", 1, 1, floorName), Bound: 1.6,
	})
	for _, producers := range []int{1, 4, 64} {
		all = append(all, report.Ratio{
			Title: fmt.Sprintf("5 ms a batch, 20 spans, %d producers, 16 partitions: partbuffer / batch", producers),
			Unit:  spansPerSecond,
			Of:    benchName("slow", 20, producers, partbufferName), By: benchName("slow", 20, producers, stockName),
			Bound: 10, AtLeast: true,
		})
	}
	for _, producers := range []int{1, 4, 20, 64} {
		ours := func(spans int) string { return benchName("export", spans, producers, partbufferName) }
		stock := func(spans int) string { return benchName("export", spans, producers, stockName) }
		title := fmt.Sprintf("encode and gzip, %d producers, ", producers)
		all = append(all,
			report.Ratio{
				Title: title + "1 span: batch / partbuffer", Unit: cpuPerSpan,
				Of: stock(1), By: ours(1), Bound: 1.8, AtLeast: true,
			},
			report.Ratio{
				Title: title + "1 span: partbuffer / batch", Unit: rawPerSpan,
				Of: ours(1), By: stock(1), Bound: 0.3,
			},
			report.Ratio{
				Title: title + "20 spans: partbuffer / batch", Unit: cpuPerSpan,
				Of: ours(20), By: stock(20), Bound: 1,
			},
			report.Ratio{
				Title: title + "20 spans: partbuffer / batch", Unit: rawPerSpan,
				Of: ours(20), By: stock(20), Bound: 1,
			})
	}
	return all
}
