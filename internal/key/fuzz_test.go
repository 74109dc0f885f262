// SPDX-License-Identifier: Apache-2.0

package key

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func FuzzParse(f *testing.F) {
	for signal := range Profiles + 1 {
		for _, path := range schemas[signal].allowed() {
			f.Add(uint8(signal), path)
		}
		f.Add(uint8(signal), `span.attributes["a\u00e9\"]"]`)
		f.Add(uint8(signal), `attributes["\xff"]["b"]`)
		f.Add(uint8(signal), `Concat([attributes["a"], resource.attributes["b"], 1 + 2.5, 0xff, nil], "/")`)
		f.Add(uint8(signal), `{"a": [true, STATUS_CODE_OK, Len(attributes)]}["a"][0]`)
	}
	f.Fuzz(func(t *testing.T, signalNumber uint8, path string) {
		signal := Signal(signalNumber % uint8(len(schemas)))
		k, err := Parse(signal, []string{path})
		if err != nil {
			require.ErrorContains(t, err, signal.String())
			require.ErrorContains(t, err, strconv.Quote(path))
			return
		}
		again, err := Parse(signal, []string{k.String()})
		require.NoError(t, err)
		require.Equal(t, k.String(), again.String())
		require.Equal(t, k.Level(), again.Level())
		require.Equal(t, k.WholeResource(), again.WholeResource())
	})
}

// FuzzExpression reads an item by whatever expression compiles.
func FuzzExpression(f *testing.F) {
	for _, text := range []string{
		`attributes["nested"]["ottl"]`, `Concat([severity_text, attributes["text"], resource.attributes["y"]], "/")`,
		`Substring(severity_text, 1, 2)`, `attributes`, `resource`, `{"a": [body, time, 1.5, nil]}`, `Split(scope.name, "b")`,
		`ParseJSON("{\"a\": [1, null]}")`, `time - observed_time`, `body[0]["a"]`, `Sort([3, 1, 2])`, `trace_id.string`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		k, err := Parse(Logs, []string{text})
		if err != nil {
			return
		}
		b, hasValue, err := k.AppendLogRecord(nil, fullRecord(t, "x"))
		require.False(t, err != nil && hasValue)
		if !hasValue && k.paths[0].expression != nil {
			require.Equal(t, []byte{0, tagAbsent}, b)
		}
	})
}
