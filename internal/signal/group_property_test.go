// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"pgregory.net/rapid"

	"github.com/partbuffer/partbufferprocessor/internal/key"
)

// groupEntry is an item with all that it belongs to, or a container that is
// empty. Its text is unique in a request.
type groupEntry struct {
	text string
	key  string
	item bool
}

type groupSubject[D comparable] interface {
	Grouper[D]
	Items(D) int
}

type groupProperty[D comparable] struct {
	signal   key.Signal
	subject  groupSubject[D]
	paths    []string
	draw     func(*rapid.T) D
	entries  func(D, *key.Key) []groupEntry
	complete func(require.TestingT, D)
}

func (g groupProperty[D]) check(t *rapid.T) {
	paths := rapid.SliceOfNDistinct(rapid.SampledFrom(g.paths), 1, 3, rapid.ID[string]).Draw(t, "paths")
	k, err := key.Parse(g.signal, paths)
	require.NoError(t, err)
	n := rapid.IntRange(1, 5).Draw(t, "partitions")

	// Equal keys share a partition across requests, too.
	partitions := map[string]int{}
	for range 2 {
		g.checkRequest(t, k, n, partitions)
	}
}

func (g groupProperty[D]) checkRequest(t *rapid.T, k *key.Key, n int, partitions map[string]int) {
	data := g.draw(t)
	before := g.entries(data, k)
	items := g.subject.Items(data)

	kept := Part[D]{Partition: -7}
	parts := g.subject.Group([]Part[D]{kept}, data, k, n)
	require.Equal(t, kept, parts[0], "what dst held")
	parts = parts[1:]
	require.NotEmpty(t, parts)

	after := []string{}
	used := map[int]bool{}
	for _, part := range parts {
		require.False(t, used[part.Partition], "partition %d has two parts", part.Partition)
		used[part.Partition] = true
		require.GreaterOrEqual(t, part.Partition, 0)
		require.Less(t, part.Partition, n)
		g.complete(t, part.Data)

		last := -1
		for _, e := range g.entries(part.Data, k) {
			after = append(after, e.text)
			at := slices.IndexFunc(before, func(b groupEntry) bool { return b.text == e.text })
			require.Greater(t, at, last, "order in partition %d", part.Partition)
			last = at
			if !e.item {
				continue
			}
			if partition, seen := partitions[e.key]; seen {
				require.Equal(t, partition, part.Partition, "partition of key %q", e.key)
			}
			partitions[e.key] = part.Partition
			if !k.WholeResource() && n > 1 {
				require.Equal(t, int(key.Hash([]byte(e.key))%uint64(n)), part.Partition)
			}
		}
	}
	texts := make([]string, len(before))
	for i, e := range before {
		texts[i] = e.text
	}
	slices.Sort(texts)
	slices.Sort(after)
	require.Equal(t, texts, after)

	if len(parts) == 1 {
		require.Equal(t, data, parts[0].Data, "one part is the request itself")
		require.Equal(t, items, g.subject.Items(data))
		return
	}
	for _, part := range parts {
		require.NotEqual(t, data, part.Data)
		require.Positive(t, g.subject.Items(part.Data))
	}
	require.Zero(t, g.subject.Items(data))
}

var groupOuterPaths = []string{
	"resource", `resource.attributes["a"]`, "scope", "scope.name", `scope.attributes["a"]`,
}

func TestGroupTracesProperties(t *testing.T) {
	rapid.Check(t, groupProperty[ptrace.Traces]{
		signal: key.Traces, subject: Traces{}, draw: drawGroupTraces, entries: groupSpanEntries,
		paths: append([]string{
			"name", "attributes", `attributes["a"]`, `Concat([scope.name, name], "/")`,
		}, groupOuterPaths...),
		complete: func(require.TestingT, ptrace.Traces) {},
	}.check)
}

func TestGroupLogsProperties(t *testing.T) {
	rapid.Check(t, groupProperty[plog.Logs]{
		signal: key.Logs, subject: Logs{}, draw: drawGroupLogs, entries: groupRecordEntries,
		paths: append([]string{
			"event_name", "attributes", `attributes["a"]`, `attributes["a"]["fails"]`, `Concat([scope.name, event_name], "/")`,
		}, groupOuterPaths...),
		complete: func(require.TestingT, plog.Logs) {},
	}.check)
}

func TestGroupMetricsProperties(t *testing.T) {
	rapid.Check(t, groupProperty[pmetric.Metrics]{
		signal: key.Metrics, subject: Metrics{}, draw: drawGroupMetrics, entries: groupPointEntries,
		paths: append([]string{
			"metric", "metric.name", "attributes", `attributes["a"]`, `Concat([resource.attributes["a"], scope.name, metric.name, count], "/")`,
		}, groupOuterPaths...),
		complete: func(require.TestingT, pmetric.Metrics) {},
	}.check)
}

func TestGroupProfilesProperties(t *testing.T) {
	rapid.Check(t, groupProperty[pprofile.Profiles]{
		signal: key.Profiles, subject: Profiles{}, draw: drawGroupProfiles, entries: groupProfileEntries,
		paths: groupOuterPaths,
		complete: func(t require.TestingT, pd pprofile.Profiles) {
			assert.Equal(t, groupStrings, pd.Dictionary().StringTable().AsRaw())
		},
	}.check)
}
