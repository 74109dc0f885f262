// SPDX-License-Identifier: Apache-2.0

package identity

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"pgregory.net/rapid"
)

func drawValue(t *rapid.T, depth int) any {
	kinds := 5
	if depth > 0 {
		kinds = 7
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return rapid.StringN(0, 2, -1).Draw(t, "text")
	case 1:
		return rapid.Int64Range(-1, 1).Draw(t, "int")
	case 2:
		return rapid.Float64().Draw(t, "double")
	case 3:
		return rapid.Bool().Draw(t, "bool")
	case 4:
		return rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "bytes")
	case 5:
		values := make([]any, rapid.IntRange(0, 3).Draw(t, "elements"))
		for i := range values {
			values[i] = drawValue(t, depth-1)
		}
		return values
	default:
		return drawObject(t, 4, depth-1)
	}
}

func drawObject(t *rapid.T, size, depth int) map[string]any {
	object := map[string]any{}
	for i := range rapid.IntRange(0, size).Draw(t, "pairs") {
		object["key "+strconv.Itoa(i)] = drawValue(t, depth)
	}
	return object
}

// TestOrderDoesNotMatter relies on the random order in which a Go map is read.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		object := drawObject(t, 3*window, 3)
		a, b := pcommon.NewMap(), pcommon.NewMap()
		require.NoError(t, a.FromRaw(object))
		require.NoError(t, b.FromRaw(object))
		assert.True(t, EqualMap(a, b))
		assert.Equal(t, HashMap(a), HashMap(b))
		assert.Equal(t, SketchMap(a), SketchMap(b))
		var template Template
		template.Set(a)
		assert.True(t, template.Equal(b))

		if len(object) == 0 {
			return
		}
		key := "key " + strconv.Itoa(rapid.IntRange(0, len(object)-1).Draw(t, "changed"))
		other, _ := b.Get(key)
		require.NoError(t, other.FromRaw([]any{"something", "else"}))
		assert.False(t, EqualMap(a, b))
		assert.NotEqual(t, HashMap(a), HashMap(b))
		assert.False(t, template.Equal(b))

		b.Remove(key)
		b.PutStr("another key", "")
		assert.False(t, EqualMap(a, b), "a different key")
		assert.False(t, EqualMap(b, a), "a different key")
		assert.False(t, template.Equal(b), "a different key")
	})
}

// TestNestingIsNotExponential would not end if every level compared the levels
// below it twice.
func TestNestingIsNotExponential(t *testing.T) {
	nested := func(first, second string) pcommon.Map {
		top := pcommon.NewMap()
		m := top
		for range 60 {
			child := m.PutEmptyMap("nested")
			m.PutStr(first, "")
			m.PutStr(second, "")
			m = child
		}
		return top
	}
	assert.True(t, EqualMap(nested("a", "b"), nested("b", "a")))
}

func TestNothingAllocates(t *testing.T) {
	object := map[string]any{
		"text": "text", "int": 1, "double": 1.5, "bool": true, "bytes": []byte("bytes"),
		"list": []any{"a", map[string]any{"b": 1, "c": 2}},
	}
	a, b := pcommon.NewResource(), pcommon.NewResource()
	require.NoError(t, a.Attributes().FromRaw(object))
	require.NoError(t, b.Attributes().FromRaw(object))
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		if HashResource(a) != HashResource(b) || !EqualResource(a, b) {
			t.Error("equal resources differ")
		}
	}))
}
