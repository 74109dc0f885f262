// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

func TestAHungKeyLeavesTheOtherPartitionsGoing(t *testing.T) {
	const partitions = 4
	s := slow{change: func(c *Config) {
		batchesOf(20, partitions, 0)(c)
		c.PartitionBy = []string{`resource.attributes["service.name"]`}
	}}
	for i := range 16 { // more keys than partitions, so that no partition is without
		s.producers = append(s.producers, producer{context.Background(), strconv.Itoa(i)})
	}
	all := s.run(t)
	s.hang = func(_ context.Context, b batch[ptrace.Traces]) bool {
		for _, rs := range b.data.ResourceSpans().All() {
			if name, _ := rs.Resource().Attributes().Get("service.name"); name.Str() == "0" {
				return true
			}
		}
		return false
	}
	rest := s.run(t)
	t.Logf("%d items in ten seconds, %d with one of %d partitions hung", all, rest, partitions)
	assert.GreaterOrEqual(t, float64(rest), 0.9*float64(all)*(partitions-1)/partitions)
}
