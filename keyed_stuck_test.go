// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

func TestAHungKeyLeavesTheOtherPartitionsGoing(t *testing.T) {
	for policy, pause := range overload {
		t.Run(policy, func(t *testing.T) { hungKey(t, policy, pause) })
	}
}

func hungKey(t *testing.T, policy string, pause time.Duration) {
	const partitions = 4
	s := slow{pause: pause, change: func(c *Config) {
		c.OnOverflow = policy
		batchesOf(20, partitions, 320)(c) // half is enough for two batches of each of the others
		c.PartitionBy = []string{`resource.attributes["service.name"]`}
	}}
	names := oneForEach(t, s.change, partitions)
	for _, name := range names {
		s.producers = append(s.producers, producer{context.Background(), name})
	}
	all := s.run(t)
	s.hang = func(_ context.Context, b batch[ptrace.Traces]) bool {
		for _, rs := range b.data.ResourceSpans().All() {
			if name, _ := rs.Resource().Attributes().Get("service.name"); name.Str() == names[0] {
				return true
			}
		}
		return false
	}
	rest := s.run(t)
	t.Logf("%d items in ten seconds, %d with one of %d partitions hung", all, rest, partitions)
	assert.GreaterOrEqual(t, float64(rest), 0.9*float64(all)*(partitions-1)/partitions)
}

// oneForEach returns a resource name for each partition, so that all have as much to do.
func oneForEach(t *testing.T, change func(*Config), partitions int) (names []string) {
	t.Helper()
	inBubble(t, func(t *testing.T) {
		k := tracesKind()
		r := newRig(t, k, testConfig(change))
		defer r.end()
		names = make([]string, partitions)
		for missing, i := partitions, 0; missing > 0; i++ {
			name := strconv.Itoa(i)
			if p := r.buffer.group(nil, k.build(name, 1), r.buffer.route, partitions)[0].Partition; names[p] == "" {
				names[p] = name
				missing--
			}
		}
	})
	return names
}
