// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

type encoding struct {
	counter
	encode          ptrace.ProtoMarshaler
	writers         sync.Pool
	raw, compressed atomic.Int64
}

// NewEncoding returns a destination that does what the OTLP exporters do before they send: encode as protobuf,
// compress with gzip at its default level, with pooled compressors. It counts the bytes and throws them away.
func NewEncoding() Destination {
	return &encoding{writers: sync.Pool{New: func() any { return gzip.NewWriter(io.Discard) }}}
}

func (m *encoding) ConsumeTraces(_ context.Context, td ptrace.Traces) error {
	raw, err := m.encode.MarshalTraces(td)
	if err != nil {
		return fmt.Errorf("encode a batch: %w", err)
	}
	var size countingWriter
	zip := m.writers.Get().(*gzip.Writer)
	defer m.writers.Put(zip)
	zip.Reset(&size)
	if _, err := zip.Write(raw); err != nil {
		return fmt.Errorf("compress a batch: %w", err)
	}
	if err := zip.Close(); err != nil {
		return fmt.Errorf("compress a batch: %w", err)
	}
	m.raw.Add(int64(len(raw)))
	m.compressed.Add(int64(size))
	m.count(td)
	return nil
}

func (m *encoding) Counts() Counts {
	c := m.counter.Counts()
	c.RawBytes, c.CompressedBytes = m.raw.Load(), m.compressed.Load()
	return c
}

type countingWriter int

func (w *countingWriter) Write(p []byte) (int, error) {
	*w += countingWriter(len(p))
	return len(p), nil
}
