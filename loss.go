// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"errors"
	"runtime/debug"

	"go.uber.org/zap"

	"github.com/partbuffer/partbufferprocessor/internal/failure"
	"github.com/partbuffer/partbufferprocessor/partbuffer"
)

// reasonOf says why items are lost whose delivery under ctx ended with err.
func reasonOf(ctx context.Context, err error) reason {
	if ctx.Err() != nil { // Shutdown gave up, and told the next component to end
		return reasonShutdown
	}
	if _, panicked := errors.AsType[*partbuffer.PanicError](err); panicked {
		return reasonPanic
	}
	if failure.Permanent(err) {
		return reasonPermanent
	}
	return reasonError
}

// lost accounts for requests that never reach delivery. It is partbuffer's Dropped observer.
func (b *buffer[D]) lost(requests []request[D], weight partbuffer.Weight, cause error) {
	for _, r := range requests {
		b.unref(r.data)
	}
	why := reasonShutdown
	if errors.Is(cause, partbuffer.ErrDropped) {
		why = reasonOverflow
	}
	b.lose(weight.Items, why, cause)
}

// lose counts and logs items that are gone.
func (b *buffer[D]) lose(items int, why reason, cause error) {
	b.account.dropped[why].Add(int64(items))
	n, ok := b.lossLogs[why].now(int64(items))
	if ok || b.ended.Load() { // after the last line there is no other that would say it
		b.logger.Error("Items were lost.", append(b.circumstances(items, cause),
			zap.String("reason", why.String()), zap.Int64("items_since_last_log", n))...)
	}
}

// panicError is a panic as everybody but the log hears of it: nobody knows what its value says.
type panicError struct{ err *partbuffer.PanicError }

func (*panicError) Error() string { return "a component downstream panicked" }

func (e *panicError) Unwrap() error { return e.err }

// panicked makes an error of the panic of a component downstream, and logs it with its stack.
func (b *buffer[D]) panicked(value any, items int) error {
	err := &partbuffer.PanicError{Value: value, Stack: debug.Stack()}
	if n, ok := b.panicLog.now(1); ok {
		b.logger.Error("A component downstream panicked.", append(b.circumstances(items, err),
			zap.ByteString("panic_stack", err.Stack), zap.Int64("panics_since_last_log", n))...)
	}
	return &panicError{err}
}

// circumstances are what every line about a failed delivery says.
func (b *buffer[D]) circumstances(items int, cause error) []zap.Field {
	return []zap.Field{
		zap.Error(cause), zap.String("signal", b.pipeline.String()), zap.Int("items", items), zap.Int("lanes", b.laneCount()),
	}
}
