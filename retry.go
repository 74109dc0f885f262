// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v7"
	"go.opentelemetry.io/collector/config/configretry"
	"go.uber.org/zap"

	"github.com/partbuffer/partbufferprocessor/internal/failure"
)

// deliver hands a batch to the next component, again and again where retry_on_failure says so, and accounts for what
// becomes of it. Other batches of its partition wait meanwhile.
func (d *delivery[D]) deliver(ctx context.Context, out outbound[D]) error {
	d.measure(ctx, &out)
	defer func() {
		if out.kept {
			d.unref(out.data)
		}
	}()
	tries := newTries(&d.cfg.RetryOnFailure)
	for {
		stopping := d.stopped()
		err := d.try(ctx, &out)
		if err == nil {
			return nil
		}
		if stopping || !d.waitToRetry(ctx, tries, &out, err) {
			*out.open -= out.items
			d.lose(out.items, reasonOf(ctx, err), err)
			return err
		}
	}
}

// try delivers a batch once. Where the next component took a part of it, out is the rest from then on.
func (d *delivery[D]) try(ctx context.Context, out *outbound[D]) error {
	sent := out.data
	copied := d.cfg.RetryOnFailure.Enabled && d.mutates
	switch { // both are looked at once more after the next component has released them
	case copied:
		sent = d.signal.Clone(out.data)
		d.ref(sent)
		defer func() { d.unref(sent) }()
	case !out.kept:
		d.ref(out.data)
		out.kept = true
	}
	err := d.attempt(ctx, d.lane, out, sent)
	if err == nil {
		d.delivered(out, out.items)
		return nil
	}
	left, n, ok := d.leftOf(err, out, sent)
	if !ok {
		return err
	}
	d.delivered(out, out.items-n)
	if left == sent && copied {
		d.ref(left) // beyond this attempt
	}
	if left != out.data {
		if out.kept {
			d.unref(out.data)
		}
		out.data, out.kept = left, true
	}
	out.items, out.bytes = n, 0
	return err
}

// leftOf returns what was not taken of a batch, where err says that a part of it was, and how many items that is. It is
// not believed where it is not ours to keep, nor where it is not a part of what was sent: behind a component that
// changes data, or a fan-out to one, it says nothing of our items, would be changed twice, or reach others.
func (d *delivery[D]) leftOf(err error, out *outbound[D], sent D) (left D, n int, ok bool) {
	var none D
	left, ok = failure.Left[D](err)
	if !ok || left == none || left != sent && !d.signal.Claim(left) {
		return none, 0, false
	}
	if n = d.signal.Items(left); n == 0 || n > out.items {
		return none, 0, false
	}
	if left == out.data {
		return left, n, true
	}
	if changed := d.mutates && !d.cfg.RetryOnFailure.Enabled; changed || !d.signal.Contains(out.data, left) {
		return none, 0, false
	}
	return left, n, true
}

// delivered accounts for items that were taken.
func (d *delivery[D]) delivered(out *outbound[D], items int) {
	*out.open -= items
	d.account.delivered.Add(int64(items))
}

// longestPause is the longest that a destination may ask to be left alone: a slip of its clock must not stop a partition
// for ever.
const longestPause = time.Hour

// tries are the attempts to deliver one batch. nil = there is one.
type tries struct {
	begin   time.Time
	limit   time.Duration // 0 = none
	backoff backoff.ExponentialBackOff
}

func newTries(cfg *configretry.BackOffConfig) *tries {
	if !cfg.Enabled {
		return nil
	}
	return &tries{begin: time.Now(), limit: cfg.MaxElapsedTime, backoff: backoff.ExponentialBackOff{
		InitialInterval: cfg.InitialInterval, MaxInterval: cfg.MaxInterval,
		Multiplier: cfg.Multiplier, RandomizationFactor: cfg.RandomizationFactor,
	}}
}

// pause returns how long to wait after err, or false where it is of no use or too late to try again.
func (t *tries) pause(err error) (time.Duration, bool) {
	if t == nil || failure.Permanent(err) {
		return 0, false
	}
	wait := max(t.backoff.NextBackOff(), min(failure.RetryAfter(err), longestPause))
	if t.limit > 0 && wait > t.limit-time.Since(t.begin) {
		return 0, false
	}
	return wait, true
}

// waitToRetry returns when a failed delivery is to be tried again, or false where it is not. Shutdown ends the wait:
// one more attempt is made, which is the last.
func (d *delivery[D]) waitToRetry(ctx context.Context, t *tries, out *outbound[D], err error) bool {
	wait, ok := t.pause(err)
	if !ok || ctx.Err() != nil {
		return false
	}
	if n, ok := d.retryLog.now(1); ok {
		d.logger.Warn("A delivery failed. It is tried again.", append(d.circumstances(out.items, err),
			zap.String("pause", wait.Round(time.Millisecond).String()), zap.Int64("failures_since_last_log", n))...)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-d.closing:
	case <-ctx.Done():
		return false
	}
	d.telemetry.retry(ctx)
	return true
}

// stopped reports whether Shutdown has begun.
func (b *buffer[D]) stopped() bool {
	select {
	case <-b.closing:
		return true
	default:
		return false
	}
}
