// SPDX-License-Identifier: Apache-2.0

package identity

import (
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/xpdata/entity"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

func value(t *testing.T, raw any) pcommon.Value {
	v := pcommon.NewValueEmpty()
	require.NoError(t, v.FromRaw(raw))
	return v
}

func TestValuesDiffer(t *testing.T) {
	type object = map[string]any
	distinct := []any{
		nil, "", "1", "true", int64(1), 1.0, 0.0, math.Copysign(0, -1), math.NaN(), true, false,
		[]byte{},
		[]byte("1"),
		[]byte{0},
		[]byte{0, 0},
		[]byte("12345678"), []byte("123456789"),
		[]any{},
		[]any{nil},
		[]any{"1"},
		[]any{int64(1)},
		[]any{"1", "2"},
		[]any{"2", "1"},
		[]any{"12"},
		[]any{[]any{"1", "2"}},
		[]any{[]any{"1"}, []any{"2"}},
		object{},
		object{"1": nil},
		object{"1": ""},
		object{"1": "2"},
		object{"2": "1"},
		object{"": "12"},
		object{"12": ""},
		object{"a": object{"b": "c"}},
		object{"a": object{}, "b": "c"},
		object{"a": object{"b": []any{"c"}}},
		object{"a": "b", "b": "a"},
		object{"a": "a", "b": "b"},
	}
	for i, a := range distinct {
		for j, b := range distinct {
			x, y := value(t, a), value(t, b)
			assert.Equalf(t, i == j, EqualValue(x, y), "%#v and %#v", a, b)
			assert.Equalf(t, i == j, HashValue(x) == HashValue(y), "hashes of %#v and %#v", a, b)
		}
	}
}

func TestMapsWithRepeatedKeys(t *testing.T) {
	repeated := func(values ...string) pcommon.Map {
		m := pcommon.NewMap()
		m.EnsureCapacity(len(values))
		for i, v := range values {
			// A key can only occur twice if it was another one at first.
			m.PutStr(strconv.Itoa(i), v)
		}
		raw := pcommon.NewMap()
		m.CopyTo(raw)
		return withKey(t, raw, "k")
	}
	same := func(a, b pcommon.Map) bool { return EqualMap(a, b) && EqualMap(b, a) }

	assert.True(t, same(repeated("x", "y"), repeated("x", "y")))
	assert.False(t, same(repeated("x", "x"), repeated("x", "y")))
	assert.False(t, same(repeated("x", "y"), repeated("x", "y", "y")))
	assert.NotEqual(t, HashMap(repeated("x", "x")), HashMap(repeated("y", "y")), "pairs must not cancel out")
	assert.NotEqual(t, HashMap(repeated("x", "x")), HashMap(repeated()), "pairs must not cancel out")
}

func TestResourcesDiffer(t *testing.T) {
	changes := map[string]func(pcommon.Resource){
		"nothing":         func(pcommon.Resource) {},
		"attribute":       func(r pcommon.Resource) { r.Attributes().PutStr("a", "2") },
		"attribute type":  func(r pcommon.Resource) { r.Attributes().PutInt("a", 1) },
		"more attributes": func(r pcommon.Resource) { r.Attributes().PutStr("b", "") },
		"no attributes":   func(r pcommon.Resource) { r.Attributes().Clear() },
		"dropped":         func(r pcommon.Resource) { r.SetDroppedAttributesCount(1) },
		"entity":          func(r pcommon.Resource) { entity.ResourceEntityRefs(r).AppendEmpty() },
		"entity type":     func(r pcommon.Resource) { entity.ResourceEntityRefs(r).AppendEmpty().SetType("host") },
		"entity schema":   func(r pcommon.Resource) { entity.ResourceEntityRefs(r).AppendEmpty().SetSchemaUrl("host") },
		"entity id":       func(r pcommon.Resource) { entity.ResourceEntityRefs(r).AppendEmpty().IdKeys().Append("host") },
		"entity ids":      func(r pcommon.Resource) { entity.ResourceEntityRefs(r).AppendEmpty().IdKeys().Append("ho", "st") },
		"entity description": func(r pcommon.Resource) {
			entity.ResourceEntityRefs(r).AppendEmpty().DescriptionKeys().Append("host")
		},
	}
	resource := func(change func(pcommon.Resource)) pcommon.Resource {
		r := pcommon.NewResource()
		r.Attributes().PutStr("a", "1")
		change(r)
		return r
	}
	for i, change := range changes {
		for j, other := range changes {
			a, b := resource(change), resource(other)
			assert.Equalf(t, i == j, EqualResource(a, b), "%s and %s", i, j)
			assert.Equalf(t, i == j, HashResource(a) == HashResource(b), "hashes of %s and %s", i, j)
		}
	}
}

func TestScopesDiffer(t *testing.T) {
	changes := map[string]func(pcommon.InstrumentationScope){
		"nothing":      func(pcommon.InstrumentationScope) {},
		"name":         func(s pcommon.InstrumentationScope) { s.SetName("v") },
		"version":      func(s pcommon.InstrumentationScope) { s.SetVersion("v") },
		"attribute":    func(s pcommon.InstrumentationScope) { s.Attributes().PutStr("v", "") },
		"dropped":      func(s pcommon.InstrumentationScope) { s.SetDroppedAttributesCount(1) },
		"name twice":   func(s pcommon.InstrumentationScope) { s.SetName("vv") },
		"name+version": func(s pcommon.InstrumentationScope) { s.SetName("v"); s.SetVersion("v") },
	}
	scope := func(change func(pcommon.InstrumentationScope)) pcommon.InstrumentationScope {
		s := pcommon.NewInstrumentationScope()
		change(s)
		return s
	}
	for i, change := range changes {
		for j, other := range changes {
			a, b := scope(change), scope(other)
			assert.Equalf(t, i == j, EqualScope(a, b), "%s and %s", i, j)
			assert.Equalf(t, i == j, HashScope(a) == HashScope(b), "hashes of %s and %s", i, j)
		}
	}
}
