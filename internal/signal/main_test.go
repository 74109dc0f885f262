// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/featuregate"
	"go.opentelemetry.io/collector/pdata/xpdata/pref"
	"go.uber.org/goleak"
)

// poolingEnv turns the pooling of pdata on: everything must hold either way.
const poolingEnv = "PARTBUFFER_POOLING"

func TestMain(m *testing.M) {
	if os.Getenv(poolingEnv) == "on" {
		if err := featuregate.GlobalRegistry().Set(pref.UseProtoPooling.ID(), true); err != nil {
			panic(err)
		}
	}
	goleak.VerifyTestMain(m)
}

// TestPooling also tells the test cache that the results depend on the
// environment, which it does not notice before tests run.
func TestPooling(t *testing.T) {
	assert.Equal(t, os.Getenv(poolingEnv) == "on", pref.UseProtoPooling.IsEnabled())
}
