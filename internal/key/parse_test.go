// SPDX-License-Identifier: Apache-2.0

package key

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseRejectsExpressions(t *testing.T) {
	tests := []struct {
		signal Signal
		text   string
		want   string
	}{
		{Traces, "Bogus()", `undefined function "Bogus"`},
		{Traces, "Concat(", "invalid syntax"},
		{Traces, "Concat([name], 1)", "invalid argument"},
		{Traces, `Concat([body], "")`, `"body"`},
		{Traces, "status.bogus", `"bogus"`},
		{Traces, `set(name, "x")`, "set"},
		{Traces, "name == name", "unexpected"},
		{Traces, "NO_SUCH_ENUM", "NO_SUCH_ENUM"},
		{Traces, "1 +", "invalid syntax"},
		{Traces, `Trim(otelcol.client.metadata["x"])`, "metadata_keys"},
		{Traces, `otelcol.client.metadata["x"]`, "metadata_keys"},
		{Logs, "IsRootSpan()", `undefined function "IsRootSpan"`},
		{Logs, "Trim(span.name)", "span"},
		{Metrics, "Trim(severity_text)", "severity_text"},
		{Profiles, "Trim(scope.name)", `key path "Trim(scope.name)"`},
		{Profiles, "resource.schema_url", "profiles have no such path"},
	}
	for _, tt := range tests {
		t.Run(tt.signal.String()+"/"+tt.text, func(t *testing.T) {
			_, err := Parse(tt.signal, []string{tt.text})
			require.ErrorContains(t, err, tt.want)
		})
	}
}

func TestParseReportsEveryExpression(t *testing.T) {
	_, err := Parse(Logs, []string{"Bogus()", "body", "bogus", `Concat([name], "")`, "Len(attributes)", "Len(attributes)"})
	require.Error(t, err)
	require.ErrorContains(t, err, `key path "Bogus()": `)
	require.ErrorContains(t, err, "key path \"bogus\": logs have no such path\n")
	require.ErrorContains(t, err, `key path "Concat([name], \"\")": `)
	require.ErrorContains(t, err, `key path "Len(attributes)": names the same value as "Len(attributes)"`)
	assert.NotContains(t, err.Error(), `key path "body"`)
}

func TestNativePathsStayNative(t *testing.T) {
	for signal := range Profiles + 1 {
		for name, f := range schemas[signal].fields {
			spellings := []string{name, " " + name + " "}
			if f.indexable() && name != "resource" {
				spellings = append(spellings, name+`["a"]`, name+` [ "a" ]`)
			}
			for _, spelling := range spellings {
				p, err := parsePath(signal, spelling)
				require.NoError(t, err)
				assert.Equal(t, f, p.field)
				assert.Nil(t, p.expression, "%s %s", signal, spelling)
			}
		}
	}
}

func TestQuotedOtelcolIsNoRequestPath(t *testing.T) {
	for _, text := range []string{`attributes["otelcol"]["x"]`, `Concat(["a\"otelcol", name], "otelcol")`} {
		_, err := Parse(Traces, []string{text})
		require.NoError(t, err)
	}
}
