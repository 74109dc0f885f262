// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"google.golang.org/grpc"
	_ "google.golang.org/grpc/encoding/gzip" // the exporter compresses by default

	"github.com/partbuffer/partbufferprocessor/e2e/ledger"
)

// Batch is one export request that reached the sink.
type Batch struct {
	Signal Signal
	Items  []ledger.Item
	// Bytes is its size as OTLP protobuf.
	Bytes int
	// At is when it came, Taken when the sink was done with it.
	At, Taken time.Time
}

// Sink is an OTLP destination that takes everything, unless it is told not to,
// over gRPC and HTTP, and keeps a record. It is safe for concurrent use.
type Sink struct {
	GRPCEndpoint string
	HTTPEndpoint string

	grpc    *grpc.Server
	http    *http.Server
	serving sync.WaitGroup

	mu      sync.Mutex
	batches []Batch
	errs    []error
	deliver func(Batch)

	faults
}

// maxMessage is more than any test sends at once.
const maxMessage = 64 << 20

// StartSink listens on two free loopback ports. It calls deliver for every
// batch before it answers.
func StartSink(deliver func(Batch)) (*Sink, error) {
	grpcListener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start the sink: %w", err)
	}
	httpListener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start the sink: %w", err), grpcListener.Close())
	}
	s := &Sink{
		GRPCEndpoint: grpcListener.Addr().String(),
		HTTPEndpoint: httpListener.Addr().String(),
		grpc:         grpc.NewServer(grpc.MaxRecvMsgSize(maxMessage)),
		deliver:      deliver,
	}
	registerGRPC(s.grpc, s)
	s.http = &http.Server{Handler: httpHandler(s), ReadHeaderTimeout: time.Minute}
	s.serving.Go(func() { s.fail(s.grpc.Serve(grpcListener)) })
	s.serving.Go(func() {
		if err := s.http.Serve(httpListener); !errors.Is(err, http.ErrServerClosed) {
			s.fail(err)
		}
	})
	return s, nil
}

// Close stops the sink and returns what went wrong while it ran.
func (s *Sink) Close() error {
	s.grpc.Stop()
	err := s.http.Close()
	s.serving.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(append(s.errs, err)...)
}

// Batches returns what arrived of one signal, in order of arrival.
func (s *Sink) Batches(signal Signal) []Batch {
	s.mu.Lock()
	defer s.mu.Unlock()
	var batches []Batch
	for _, batch := range s.batches {
		if batch.Signal == signal {
			batches = append(batches, batch)
		}
	}
	return batches
}

func (s *Sink) fail(err error) {
	if err == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.errs = append(s.errs, err)
}

// receive records a request of any signal. What it cannot read is an error of
// the sink, so that a test sees it.
func (s *Sink) receive(ctx context.Context, request Request) error {
	batch, err := readBatch(request)
	if err != nil {
		s.fail(err)
		return err
	}
	if err := s.faults.pass(ctx, batch); err != nil {
		return err
	}
	s.deliver(batch)
	batch.Taken = time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batches = append(s.batches, batch)
	return nil
}

func readBatch(request Request) (Batch, error) {
	signal, err := signalOf(request)
	if err != nil {
		return Batch{}, fmt.Errorf("receive: %w", err)
	}
	items, err := Items(request)
	if err = errors.Join(err, checkHollow(request)); err != nil {
		return Batch{}, fmt.Errorf("receive %s: %w", signal, err)
	}
	encoded, err := request.MarshalProto()
	if err != nil {
		return Batch{}, fmt.Errorf("receive %s: %w", signal, err)
	}
	return Batch{Signal: signal, Items: items, Bytes: len(encoded), At: time.Now()}, nil
}
