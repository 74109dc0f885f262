// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc/metadata"

	"github.com/partbuffer/partbufferprocessor/e2e/otlp"
)

// load is requests that come at a fixed rate, whatever becomes of them: each in
// a goroutine of its own and with a deadline of its own.
type load struct {
	clients   []otlp.Client // take turns
	signal    otlp.Signal
	first     int64 // id of the first item
	items     int   // of a request
	perSecond int   // items
	deadline  time.Duration
	tenant    string // "" = the requests have none
}

// offer sends the load until ctx ends, and returns once every request has an answer.
func (r *rig) offer(ctx context.Context, l load) *answers {
	got := &answers{count: make(map[otlp.Answer]int)}
	begin := time.Now()
	ticker := time.NewTicker(time.Second * time.Duration(l.items) / time.Duration(l.perSecond))
	defer ticker.Stop()
	var requests sync.WaitGroup
	defer requests.Wait()
	for n := 0; ; {
		// A ticker leaves ticks out where the machine is busy; the load must not.
		for due := int(time.Since(begin).Seconds() * float64(l.perSecond) / float64(l.items)); n < due; n++ {
			spec := otlp.Spec{Signal: l.signal, First: l.first + int64(n*l.items), Count: l.items}
			client := l.clients[n%len(l.clients)]
			requests.Go(func() { got.add(l.items, r.sendInTime(ctx, client, spec, l)) })
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return got
		}
	}
}

func (r *rig) sendInTime(ctx context.Context, client otlp.Client, spec otlp.Spec, l load) error {
	// The end of the load is not the end of its requests.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.deadline)
	defer cancel()
	if l.tenant != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "x-tenant", l.tenant)
	}
	return r.send(ctx, client, spec)
}

// answers counts items by what their senders were told. It is safe for concurrent use.
type answers struct {
	mu    sync.Mutex
	count map[otlp.Answer]int
	err   error // the last one
}

func (a *answers) add(items int, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.count[otlp.AnswerOf(err)] += items
	if err != nil {
		a.err = err
	}
}

func (a *answers) total() (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, items := range a.count {
		n += items
	}
	return n
}

func (a *answers) acknowledged() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.count[otlp.Answer{}]
}

// kinds lists the different answers.
func (a *answers) kinds() []otlp.Answer {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Collect(maps.Keys(a.count))
}

func (a *answers) String() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var parts []string
	for answer, items := range a.count {
		parts = append(parts, fmt.Sprintf("%d %s", items, answer))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}
