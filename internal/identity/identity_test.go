// SPDX-License-Identifier: Apache-2.0

package identity

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
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
		nil, "", "1", "true", int64(1), int64(0), 1.0, 0.0, math.Copysign(0, -1), math.NaN(), true, false,
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

// wireMap has any pairs of keys and values, in order. Only data that comes over
// the wire can have a key twice.
func wireMap(t *testing.T, pairs ...[2]string) pcommon.Map {
	var attributes []string
	for _, p := range pairs {
		attributes = append(attributes, fmt.Sprintf(`{"key":%q,"value":{"stringValue":%q}}`, p[0], p[1]))
	}
	text := `{"resourceSpans":[{"resource":{"attributes":[` + strings.Join(attributes, ",") + `]}}]}`
	var unmarshaler ptrace.JSONUnmarshaler
	td, err := unmarshaler.UnmarshalTraces([]byte(text))
	require.NoError(t, err)
	m := td.ResourceSpans().At(0).Resource().Attributes()
	require.Equal(t, len(pairs), m.Len())
	return m
}

func TestMapsWithRepeatedKeys(t *testing.T) {
	type pair = [2]string
	x1, x2, y1, z1 := pair{"x", "1"}, pair{"x", "2"}, pair{"y", "1"}, pair{"z", "1"}
	for _, test := range []struct {
		a, b  []pair
		equal bool
	}{
		{[]pair{x1, x2}, []pair{x1, x2}, true},
		{[]pair{x1, x1, y1}, []pair{x1, x1, y1}, true},
		{[]pair{x1, x1, y1, z1}, []pair{x1, x1, z1, y1}, true},
		{[]pair{x1, x1}, []pair{x1, x2}, false},
		{[]pair{x1, x1}, []pair{x1}, false},
		{[]pair{x1, x1, y1}, []pair{x1, y1, y1}, false},
		{[]pair{x1, x1, y1}, []pair{y1, x1, z1}, false},
		{[]pair{x1, y1, x1}, []pair{y1, x1, z1}, false},
	} {
		a, b := wireMap(t, test.a...), wireMap(t, test.b...)
		assert.Equalf(t, test.equal, EqualMap(a, b), "%v and %v", test.a, test.b)
		assert.Equalf(t, test.equal, EqualMap(b, a), "%v and %v", test.b, test.a)
		assert.Equalf(t, test.equal, HashMap(a) == HashMap(b), "hashes of %v and %v", test.a, test.b)
	}
	assert.NotEqual(t, HashMap(wireMap(t, x1, x1)), HashMap(wireMap(t, y1, y1)), "pairs must not cancel out")
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
