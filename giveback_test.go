// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// apart returns the names of two resources that go to different partitions.
func (r *rig[D]) apart() (one, other string) {
	partition := func(name string) int {
		return r.buffer.group(nil, r.kind.build(name, 1), r.buffer.route, r.buffer.partitions)[0].Partition
	}
	one = "0"
	for i := 1; ; i++ {
		if other = strconv.Itoa(i); partition(other) != partition(one) {
			return one, other
		}
	}
}

// together makes one request of several.
func (r *rig[D]) together(requests ...D) D {
	merger := r.buffer.signal.NewMerger(false)
	for _, each := range requests {
		require.NoError(r.t, merger.Add(each))
	}
	return merger.Take()
}

func TestWhoIsRefusedHasTheRefusedPartLeft(t *testing.T) {
	forEachKind(t, refusedPartIsLeft[ptrace.Traces], refusedPartIsLeft[plog.Logs],
		refusedPartIsLeft[pmetric.Metrics], refusedPartIsLeft[pprofile.Profiles])
}

// refusedPartIsLeft sends a request of two partitions, one of which is full because its delivery hangs, and sends
// what is left of it again and again until there is room.
func refusedPartIsLeft[D comparable](t *testing.T, k kind[D]) {
	for policy, left := range map[string][]int{"block": {20, 21}, "reject": {10, 11, 20, 21}} {
		t.Run(policy, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				r := newRig(t, k, testConfig(func(c *Config) {
					c.PartitionBy = []string{`resource.attributes["service.name"]`}
					c.Partitions, c.SendBatchSize, c.MaxBufferedItems, c.OnOverflow = 2, 4, 8, policy
				}))
				one, hung := r.apart()
				let := make(chan struct{})
				r.react = func(_ context.Context, b batch[D]) error {
					if b.ids[0] == 1 {
						<-let
					}
					return nil
				}
				require.NoError(t, r.send(hung, 1, 2, 3, 4))
				synctest.Wait()
				data := r.together(k.build(one, 10, 11), k.build(hung, 20, 21))
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				require.Error(t, r.buffer.consume(ctx, data)) // its sender keeps it
				assert.ElementsMatch(t, left, k.ids(data))
				assert.EqualValues(t, len(left), r.metric("refused_items"))
				close(let)
				synctest.Wait()
				require.NoError(t, r.consume(t.Context(), data))
				r.end()
				assert.ElementsMatch(t, []int{1, 2, 3, 4, 10, 11, 20, 21}, r.gotIDs())
			})
		})
	}
}
