// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"errors"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.uber.org/zap"
)

// reportPause is the least time between two reports: deliveries that fail and work in turn are one condition.
const reportPause = time.Second

// health tells the host when deliveries begin to fail and when all of them work again, and nothing in between. It is
// safe for concurrent use; the zero value tells nobody until it is begun.
type health struct {
	logger *zap.Logger
	signal string

	mu sync.Mutex
	// mu guards what follows. The host is called without it, by a goroutine that exists only as long as there is
	// something to tell: neither senders nor deliveries wait for the host.
	host    component.Host // nil before Start and from Shutdown on
	failing int            // lanes whose last delivery failed
	last    string         // why the last of them failed
	told    bool           // that deliveries fail is what the host heard last
	telling chan struct{}  // closed when that goroutine ends; nil = there is none
	over    chan struct{}  // closed by end
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
	defer h.mu.Unlock()
	h.host, h.over = host, make(chan struct{})
}

// end lets no report begin any more. It returns what is closed when the one on its way has ended.
func (h *health) end() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.host != nil {
		h.host = nil
		close(h.over)
	}
	if h.telling != nil {
		return h.telling
	}
	ended := make(chan struct{})
	close(ended)
	return ended
}

func (h *health) change(failed bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if failed {
		h.failing++
		h.last = err.Error() // the error itself may hold the data of a whole batch
	} else {
		h.failing--
	}
	if h.telling == nil && h.newsLocked() {
		h.telling = make(chan struct{})
		go h.tell()
	}
}

func (h *health) newsLocked() bool { return h.host != nil && h.told != (h.failing > 0) }

// tell tells the host until there is nothing new.
func (h *health) tell() {
	h.mu.Lock()
	defer func() {
		close(h.telling)
		h.telling = nil
		h.mu.Unlock()
	}()
	for h.newsLocked() {
		h.told = h.failing > 0
		h.reportUnlocked(h.host, h.over, h.last)
	}
}

// reportUnlocked releases the lock while it tells the host, also where that ends the goroutine.
func (h *health) reportUnlocked(host component.Host, over <-chan struct{}, last string) {
	failed := h.told
	h.mu.Unlock()
	defer h.mu.Lock()
	h.report(host, failed, last)
	pause(over)
}

func pause(over <-chan struct{}) {
	timer := time.NewTimer(reportPause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-over:
	}
}

// report tells the host once. A panic of the host is not one of a delivery.
func (h *health) report(host component.Host, failed bool, last string) {
	defer func() {
		if value := recover(); value != nil {
			h.logger.Error("The host panicked when it was told the status.", zap.Any("panic", value), zap.ByteString("panic_stack", debug.Stack()))
		}
	}()
	if failed {
		componentstatus.ReportStatus(host, componentstatus.NewRecoverableErrorEvent(errors.New(last)))
		return
	}
	h.logger.Info("Deliveries work again.", zap.String("signal", h.signal))
	componentstatus.ReportStatus(host, componentstatus.NewEvent(componentstatus.StatusOK))
}
