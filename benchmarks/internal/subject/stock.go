// SPDX-License-Identifier: Apache-2.0

package subject

import (
	"context"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/processor/batchprocessor"
)

// Stock returns the stock batch processor at its defaults. maxSize caps a batch, 0 does not.
func Stock(maxSize uint32) Subject {
	return Subject{Name: "batch", Start: func(ctx context.Context, next consumer.Traces) (Pipeline, error) {
		factory := batchprocessor.NewFactory()
		cfg := factory.CreateDefaultConfig()
		cfg.(*batchprocessor.Config).SendBatchMaxSize = maxSize
		return startProcessor(ctx, factory, cfg, next)
	}}
}
