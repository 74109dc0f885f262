// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partbuffer/partbufferprocessor/e2e/collector"
)

// A mistake in the config ends the start, with every bad key and value in one message.
func TestBadConfigFailsAtStart(t *testing.T) {
	tests := map[string]struct {
		overlay string
		want    []string
	}{
		"every bad value at once": {
			overlay: "yaml:processors: {partbuffer: {timeout: -7s, on_overflow: explode, partitions: -3}}",
			want:    []string{"timeout", "-7s", "on_overflow", "explode", "partitions", "-3"},
		},
		"cap below the trigger": {
			overlay: "yaml:processors: {partbuffer: {send_batch_size: 100, send_batch_max_size: 99}}",
			want:    []string{"send_batch_max_size", "99", "send_batch_size", "100"},
		},
		"unknown key": {
			overlay: "yaml:processors: {partbuffer: {send_batch_sise: 100}}",
			want:    []string{"send_batch_sise"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			requireNoStart(t, collector.Options{Configs: []string{"../testdata/partbuffer.yaml", tt.overlay}}, tt.want)
		})
	}
}

// requireNoStart asserts that a collector does not start, and says all of want.
func requireNoStart(t *testing.T, options collector.Options, want []string) {
	t.Helper()
	options.Binary = binary()
	p, err := collector.Start(t.Context(), options)
	if err == nil {
		require.NoError(t, p.Kill())
	}
	require.Error(t, err)
	for _, text := range want {
		assert.ErrorContains(t, err, text)
	}
}
