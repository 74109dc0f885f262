// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/testdata"
)

// fuzz splits and merges whatever can be decoded, and counts.
func fuzz[D any](f *testing.F, s Signal[D], encode func(items int) ([]byte, error), decode func([]byte) (D, error)) {
	for _, items := range []int{0, 1, 7} {
		seed, err := encode(items)
		require.NoError(f, err)
		f.Add(seed, 2, 0)
		f.Add(seed, 0, len(seed)/2)
		f.Add(seed, 3, len(seed)-1)
	}
	f.Fuzz(func(t *testing.T, encoded []byte, maxItems, maxBytes int) {
		data, err := decode(encoded)
		if err != nil {
			return
		}
		items, total := s.Items(data), 0
		merger, merged := s.NewMerger(true), 0
		for first := true; first || s.Items(data) > 0; first = false {
			head, ok := s.Split(data, maxItems, maxBytes)
			if ok && maxBytes > 0 {
				require.LessOrEqual(t, s.Bytes(head), maxBytes)
			}
			if !ok {
				head, ok = s.Split(data, 1, 0)
				require.True(t, ok)
			}
			n := s.Items(head)
			total += n
			if err := merger.Add(head); err != nil {
				require.Equal(t, n, s.Items(head), "what cannot be merged must be whole")
				continue
			}
			merged += n
		}
		require.Equal(t, items, total)
		require.Equal(t, merged, s.Items(merger.Take()))
	})
}

func FuzzTraces(f *testing.F) {
	fuzz(f, Traces{}, func(items int) ([]byte, error) {
		return new(ptrace.ProtoMarshaler).MarshalTraces(testdata.GenerateTraces(items))
	}, new(ptrace.ProtoUnmarshaler).UnmarshalTraces)
}

func FuzzLogs(f *testing.F) {
	fuzz(f, Logs{}, func(items int) ([]byte, error) {
		return new(plog.ProtoMarshaler).MarshalLogs(testdata.GenerateLogs(items))
	}, new(plog.ProtoUnmarshaler).UnmarshalLogs)
}

func FuzzMetrics(f *testing.F) {
	fuzz(f, Metrics{}, func(items int) ([]byte, error) {
		return new(pmetric.ProtoMarshaler).MarshalMetrics(testdata.GenerateMetrics(items))
	}, new(pmetric.ProtoUnmarshaler).UnmarshalMetrics)
}

func FuzzProfiles(f *testing.F) {
	fuzz(f, Profiles{}, func(items int) ([]byte, error) {
		return new(pprofile.ProtoMarshaler).MarshalProfiles(testdata.GenerateProfiles(items))
	}, new(pprofile.ProtoUnmarshaler).UnmarshalProfiles)
}
