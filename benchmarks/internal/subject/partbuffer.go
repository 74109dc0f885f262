// SPDX-License-Identifier: Apache-2.0

package subject

import (
	"context"

	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"

	"github.com/partbuffer/partbufferprocessor"
)

// Partbuffer returns the processor of this project at its defaults, changed by what a user would write in the
// configuration file.
func Partbuffer(name string, settings map[string]any) Subject {
	return Subject{Name: name, Start: func(ctx context.Context, next consumer.Traces) (Pipeline, error) {
		factory := partbufferprocessor.NewFactory()
		cfg := factory.CreateDefaultConfig()
		conf := confmap.NewFromStringMap(settings)
		if err := conf.Unmarshal(cfg); err != nil {
			return nil, err
		}
		if err := confmap.Validate(cfg); err != nil {
			return nil, err
		}
		return startProcessor(ctx, factory, cfg, next)
	}}
}
