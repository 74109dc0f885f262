// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"pgregory.net/rapid"
)

// subject is a signal with what its tests need to know of it.
type subject[D interface{ CopyTo(D) }] struct {
	Signal[D]
	empty func() D
	lines func(D) []line
	draw  func(*rapid.T) D
	// grows tells that merging may make data larger.
	grows bool
}

var (
	traceSubject   = subject[ptrace.Traces]{Traces{}, ptrace.NewTraces, traceLines, drawTraces, false}
	logSubject     = subject[plog.Logs]{Logs{}, plog.NewLogs, logLines, drawLogs, false}
	metricSubject  = subject[pmetric.Metrics]{Metrics{}, pmetric.NewMetrics, metricLines, drawMetrics, false}
	profileSubject = subject[pprofile.Profiles]{Profiles{}, pprofile.NewProfiles, profileLines, drawProfiles, true}
)

func (s subject[D]) copy(data D) D {
	c := s.empty()
	data.CopyTo(c)
	return c
}

func TestSplitProperties(t *testing.T) {
	t.Run("traces", func(t *testing.T) { rapid.Check(t, traceSubject.checkSplit) })
	t.Run("logs", func(t *testing.T) { rapid.Check(t, logSubject.checkSplit) })
	t.Run("metrics", func(t *testing.T) { rapid.Check(t, metricSubject.checkSplit) })
	t.Run("profiles", func(t *testing.T) { rapid.Check(t, profileSubject.checkSplit) })
}

// checkSplit takes a request apart under limits and looks at every piece.
func (s subject[D]) checkSplit(t *rapid.T) {
	data := s.draw(t)
	whole, size := s.lines(data), s.Bytes(data)
	maxItems := rapid.IntRange(0, s.Items(data)+1).Draw(t, "maxItems")
	maxBytes := rapid.OneOf(rapid.Just(0), rapid.IntRange(1, 2*size+1)).Draw(t, "maxBytes")

	var pieces []line
	for first := true; first || s.Items(data) > 0; first = false {
		before := s.copy(data)
		head, ok := s.Split(data, maxItems, maxBytes)
		if ok {
			s.checkLimits(t, head, maxItems, maxBytes)
		} else {
			require.Equal(t, plain(s.lines(before)), plain(s.lines(data)), "data must be untouched")
			require.Equal(t, s.Bytes(before), s.Bytes(data), "data must be untouched")
			head, ok = s.Split(data, 1, 0)
			require.True(t, ok, "one item always fits in one item")
			require.LessOrEqual(t, s.Items(head), 1)
			require.Greater(t, s.Bytes(head), maxBytes, "it would have fitted")
		}
		if left := s.lines(data); len(left) > 0 {
			require.Positive(t, s.Items(data), "what is left must not be without items")
			s.checkGreedy(t, before, s.Items(head), maxItems, maxBytes)
		}
		pieces = append(pieces, s.lines(head)...)
		s.Unref(head)
		s.Unref(before)
	}
	require.Equal(t, plain(whole), plain(pieces))
	require.Empty(t, s.lines(data))
	s.Unref(data)
}

func (s subject[D]) checkLimits(t *rapid.T, head D, maxItems, maxBytes int) {
	if maxItems > 0 {
		require.LessOrEqual(t, s.Items(head), maxItems)
	}
	if maxBytes > 0 {
		require.LessOrEqual(t, s.Bytes(head), maxBytes)
	}
}

// checkGreedy makes sure that a head of one more item would be too large.
func (s subject[D]) checkGreedy(t *rapid.T, before D, items, maxItems, maxBytes int) {
	if items == maxItems {
		return
	}
	require.Positive(t, maxBytes, "only a limit leaves anything behind")
	more, ok := s.Split(before, items+1, 0)
	require.True(t, ok)
	require.Equal(t, items+1, s.Items(more))
	require.Greater(t, s.Bytes(more), maxBytes, "one more would have fitted")
}

func TestMergeProperties(t *testing.T) {
	t.Run("traces", func(t *testing.T) { rapid.Check(t, traceSubject.checkMerge) })
	t.Run("logs", func(t *testing.T) { rapid.Check(t, logSubject.checkMerge) })
	t.Run("metrics", func(t *testing.T) { rapid.Check(t, metricSubject.checkMerge) })
	t.Run("profiles", func(t *testing.T) { rapid.Check(t, profileSubject.checkMerge) })
}

// checkMerge merges batches with one Merger, which must not confuse them.
func (s subject[D]) checkMerge(t *rapid.T) {
	equal := rapid.Bool().Draw(t, "equal")
	merger := s.NewMerger(equal)
	for range rapid.IntRange(1, 3).Draw(t, "batches") {
		var added []line
		size := 0
		for range rapid.IntRange(0, 6).Draw(t, "requests") {
			data := s.draw(t)
			added = append(added, s.lines(data)...)
			size += s.Bytes(data)
			require.NoError(t, merger.Add(data))
			s.Unref(data)
		}
		batch := merger.Take()
		merged := s.lines(batch)
		if !s.grows {
			require.LessOrEqual(t, s.Bytes(batch), size)
		}
		if equal {
			checkSameItems(t, added, merged)
			checkEachOnce(t, merged)
		} else {
			require.Equal(t, plain(added), plain(merged))
		}
		s.Unref(batch)
	}
}

// checkSameItems makes sure that everything was kept, that items under one set
// of headers are in the order of their arrival, and that resources are in the
// order of their first appearance.
func checkSameItems(t *rapid.T, added, merged []line) {
	type content struct {
		resources []string
		headers   map[line]bool
		items     map[line][]string
	}
	of := func(lines []line) content {
		c := content{headers: map[line]bool{}, items: map[line][]string{}}
		for _, l := range plain(lines) {
			item := l.item
			l.item = ""
			if item != "" || l.alone {
				c.items[l] = append(c.items[l], item)
			}
			if only := (line{resource: l.resource}); !c.headers[only] {
				c.headers[only] = true
				c.resources = append(c.resources, l.resource)
			}
			c.headers[line{resource: l.resource, scope: l.scope}] = true
			c.headers[l] = true
		}
		return c
	}
	want, got := of(added), of(merged)
	require.Equal(t, want.resources, got.resources)
	require.Equal(t, want.headers, got.headers)
	require.Equal(t, want.items, got.items)
}

// checkEachOnce makes sure that equal headers are one.
func checkEachOnce(t *rapid.T, lines []line) {
	places := map[line]position{}
	once := func(l line, at position) {
		if _, known := places[l]; !known {
			places[l] = at
		}
		require.Equal(t, places[l], at, "equal headers in two places: %v", l)
	}
	for _, l := range lines {
		once(line{resource: l.resource}, position{resource: l.at.resource})
		if l.scope == "" {
			continue
		}
		once(line{resource: l.resource, scope: l.scope}, position{resource: l.at.resource, scope: l.at.scope})
		if !l.alone {
			once(line{resource: l.resource, scope: l.scope, group: l.group}, l.at)
		}
	}
}
