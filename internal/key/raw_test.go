// SPDX-License-Identifier: Apache-2.0

package key

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
)

func pdataValue(t *testing.T, raw any) pcommon.Value {
	t.Helper()
	v := pcommon.NewValueEmpty()
	require.NoError(t, v.FromRaw(raw))
	return v
}

func mustAppendRaw(t *testing.T, value any) string {
	t.Helper()
	b, err := appendRaw(nil, value)
	require.NoError(t, err)
	return string(b)
}

func TestRawValuesOfOneMeaning(t *testing.T) {
	in := time.FixedZone("elsewhere", 3600)
	for name, values := range map[string][]any{
		"integer": {1, int32(1), int64(1), uint32(1), uint64(1), pdataValue(t, 1)},
		"double":  {0.5, float32(0.5), pdataValue(t, 0.5)},
		"string":  {"x", pdataValue(t, "x")},
		"bool":    {true, pdataValue(t, true)},
		"bytes":   {[]byte("x"), pdataValue(t, []byte("x")), pdataValue(t, []byte("x")).Bytes()},
		"nothing": {nil, pdataValue(t, nil)},
		"strings": {
			[]string{"x", ""}, []any{"x", ""}, pdataValue(t, []any{"x", ""}), pdataValue(t, []any{"x", ""}).Slice(),
		},
		"integers": {[]int64{1, 2}, []uint64{1, 2}, []any{1, int64(2)}, pdataValue(t, []any{1, 2})},
		"doubles":  {[]float64{1}, []any{1.0}, pdataValue(t, []any{1.0})},
		"bools":    {[]bool{false}, []any{false}, pdataValue(t, []any{false})},
		"binaries": {[][]byte{{1}}, []any{[]byte{1}}, pdataValue(t, []any{[]byte{1}})},
		"map": {
			map[string]any{"b": 1, "a": []any{"x"}, "c": nil},
			pdataValue(t, map[string]any{"c": nil, "a": []any{"x"}, "b": 1}),
			pdataValue(t, map[string]any{"c": nil, "a": []any{"x"}, "b": 1}).Map(),
		},
		"trace id": {[16]byte{1}, pcommon.TraceID{1}},
		"span id":  {[8]byte{1}, pcommon.SpanID{1}},
		"time":     {time.Unix(1, 2), time.Unix(1, 2).UTC(), time.Unix(1, 2).In(in)},
	} {
		t.Run(name, func(t *testing.T) {
			for i, value := range values {
				assert.Equal(t, mustAppendRaw(t, values[0]), mustAppendRaw(t, value), "%d: %T", i, value)
			}
		})
	}
}

func TestRawValuesDiffer(t *testing.T) {
	seen := map[string]any{}
	for _, value := range []any{
		nil, "", "1", 1, 1.0, true, false, []byte("1"),
		[]byte{},
		time.Duration(1), time.Unix(0, 1), time.Unix(0, 2), time.Unix(1, 1),
		time.Time{},
		[]string{},
		[]string{"1"},
		[]int64{1},
		[]float64{1},
		[]any{[]int64{1}},
		[]any{nil},
		map[string]any{},
		map[string]any{"1": 1},
		map[string]any{"1": "1"},
		[]string{"1", "1"},
		[]string{"11"},
		pcommon.TraceID{1},
		pcommon.SpanID{1},
		make([]byte, 16), make([]byte, 8),
	} {
		b := mustAppendRaw(t, value)
		assert.NotContains(t, seen, b, "%T %v", value, value)
		seen[b] = value
	}
}

func TestRawTypesRefused(t *testing.T) {
	for _, value := range []any{struct{}{}, []any{1, struct{}{}}, map[string]any{"a": make(chan int)}, new(int)} {
		b, err := appendRaw([]byte("x"), value)
		require.ErrorContains(t, err, "cannot be part of a key")
		assert.Nil(t, b)
	}
}

func TestAbsent(t *testing.T) {
	for _, value := range []any{nil, pcommon.NewValueEmpty(), pcommon.TraceID{}, pcommon.SpanID{}} {
		assert.True(t, isAbsent(value), "%T", value)
	}
	for _, value := range []any{
		"", 0, false, []byte(nil),
		[]any{},
		pcommon.NewMap(), pcommon.NewSlice(), pcommon.NewValueStr(""),
		pcommon.TraceID{1},
		pcommon.SpanID{1},
		time.Time{},
	} {
		assert.False(t, isAbsent(value), "%T", value)
	}
}
