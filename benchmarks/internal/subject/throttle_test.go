// SPDX-License-Identifier: Apache-2.0

package subject

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/partbuffer/partbufferprocessor/internal/failure"
)

// The processor reads the pause out of an error of exporterhelper that has no method for it. It does not depend on
// exporterhelper, so it is here that a change of that error is noticed.
func TestThePauseOfAnExporterIsFound(t *testing.T) {
	err := fmt.Errorf("send: %w", exporterhelper.NewThrottleRetry(errors.New("busy"), 7*time.Second))
	assert.Equal(t, 7*time.Second, failure.RetryAfter(err))
}
