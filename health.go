// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"

	"github.com/partbuffer/partbufferprocessor/internal/failure"
)

// health tells the host when deliveries begin to fail and when all of them work again, and nothing in between. It is
// safe for concurrent use; the zero value tells nobody until it is begun.
type health struct {
	mu sync.Mutex
	// mu guards what follows. The host is called without it, by whoever finds that nobody else does.
	host    component.Host // nil before Start and from Shutdown on
	failing int            // lanes whose last delivery failed
	last    error          // of the last of them
	told    bool           // that deliveries fail is what the host heard last
	telling chan struct{}  // closed when the host was told; nil = nobody tells it
}

// condition is the health of one lane. A lane's deliveries change it only when they begin to fail and when one
// succeeds again: the others cost one atomic load.
type condition struct {
	health *health
	failed atomic.Bool
}

// note takes in what became of a delivery.
func (c *condition) note(err error) {
	failed := err != nil
	if c.failed.Load() != failed && c.failed.CompareAndSwap(!failed, failed) {
		c.health.change(failed, err)
	}
}

func (h *health) begin(host component.Host) {
	h.mu.Lock()
	h.host = host
	h.mu.Unlock()
}

// end returns when the host is not told anything any more.
func (h *health) end() {
	h.mu.Lock()
	h.host = nil
	telling := h.telling
	h.mu.Unlock()
	if telling != nil {
		<-telling
	}
}

func (h *health) change(failed bool, err error) {
	h.mu.Lock()
	if failed {
		h.failing++
		h.last = err
	} else {
		h.failing--
	}
	if h.telling != nil {
		h.mu.Unlock()
		return // whoever tells the host looks again
	}
	done := make(chan struct{})
	h.telling = done
	for h.host != nil && h.told != (h.failing > 0) {
		h.told = h.failing > 0
		host, event := h.host, h.eventLocked()
		h.mu.Unlock()
		componentstatus.ReportStatus(host, event)
		h.mu.Lock()
	}
	h.telling = nil
	h.mu.Unlock()
	close(done)
}

func (h *health) eventLocked() *componentstatus.Event {
	if h.told {
		return componentstatus.NewRecoverableErrorEvent(failure.Join(h.last))
	}
	return componentstatus.NewEvent(componentstatus.StatusOK)
}
