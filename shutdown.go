// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/partbuffer/partbufferprocessor/partbuffer"
)

// settleTime is how much of its time a Shutdown keeps for deliveries that it tells to end.
const settleTime = 100 * time.Millisecond

// Shutdown delivers what is buffered, and returns when that is done, shutdown_timeout has passed or ctx ends; what is
// given up then is counted, logged and named in the error. It may be called again.
func (b *buffer[D]) Shutdown(ctx context.Context) error {
	if b == nil {
		return nil
	}
	b.stopping.Do(func() { close(b.closing) })
	told := b.health.end()
	ctx, giveUp, cancel := b.shutdownContexts(ctx)
	defer cancel()
	err := b.lanes.shutdown(giveUp)
	if err != nil { // what is in flight was told to end: where it does, it is known what became of it
		_ = b.lanes.shutdown(ctx)
	}
	awaitReport(ctx, told)
	b.telemetry.shutdown()
	if !b.ended.Swap(true) { // the last collection may come before the last delivery
		b.logEnd(b.balance())
	}
	if err != nil {
		return fmt.Errorf("shut down %s: %w", b.spanName, b.gaveUp(err))
	}
	return nil
}

// awaitReport waits for the report that is on its way, so that none comes after Shutdown, but not for a host that hangs.
func awaitReport(ctx context.Context, told <-chan struct{}) {
	timer := time.NewTimer(settleTime)
	defer timer.Stop()
	select {
	case <-told:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// gaveUp returns the error of a Shutdown that gave up, with what that cost.
func (b *buffer[D]) gaveUp(err error) error {
	cause := err
	if gaveUp, ok := errors.AsType[*partbuffer.ShutdownError](err); ok {
		cause = gaveUp.Err
	}
	end := b.balance()
	return fmt.Errorf("gave up: %d items were lost, %d are in flight: %w", end.dropped[reasonShutdown], end.inFlight, cause)
}

// shutdownContexts returns ctx with an end after shutdown_timeout, and one that ends a little earlier.
func (b *buffer[D]) shutdownContexts(ctx context.Context) (end, giveUp context.Context, cancel context.CancelFunc) {
	cause := context.DeadlineExceeded
	deadline, limited := ctx.Deadline()
	if limit := b.cfg.ShutdownTimeout; limit > 0 && (!limited || time.Until(deadline) > limit) {
		deadline, limited = time.Now().Add(limit), true
		cause = fmt.Errorf("shutdown_timeout of %v: %w", limit, cause)
	}
	if !limited {
		return ctx, ctx, func() {}
	}
	early := min(settleTime, max(0, time.Until(deadline)/10))
	end, cancelEnd := context.WithDeadline(ctx, deadline)
	giveUp, cancelGiveUp := context.WithDeadlineCause(end, deadline.Add(-early), cause)
	return end, giveUp, func() {
		cancelGiveUp()
		cancelEnd()
	}
}

// logEnd says what became of everything. Losses that the log was spared so far are not left out at the end.
func (b *buffer[D]) logEnd(end balance) {
	fields := []zap.Field{
		zap.Int64("accepted_items", end.accepted), zap.Int64("delivered_items", end.delivered),
		zap.Int64("superseded_items", end.superseded), zap.Int64("dropped_items", end.lost()), zap.Int64("refused_items", end.refused),
	}
	if end.inFlight > 0 {
		fields = append(fields, zap.Int64("in_flight_items", end.inFlight))
	}
	for i, n := range end.dropped {
		if n > 0 {
			fields = append(fields, zap.Int64("dropped_items."+reason(i).String(), n))
		}
	}
	for i, log := range b.lossLogs {
		if rest := log.rest(); rest > 0 {
			b.logger.Error("Items were lost.", zap.String("reason", reason(i).String()), zap.Int64("items_since_last_log", rest))
		}
	}
	if end.inFlight+end.lost() > end.dropped[reasonKey] { // those are dropped on purpose
		b.logger.Warn("Stopped.", fields...)
		return
	}
	b.logger.Info("Stopped.", fields...)
}
