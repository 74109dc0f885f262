// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"os"
	"testing"

	"go.opentelemetry.io/collector/featuregate"
	"go.opentelemetry.io/collector/pdata/xpdata/pref"
	"go.uber.org/goleak"
)

// TestMain turns the pooling of pdata on if asked to: everything must hold
// either way.
func TestMain(m *testing.M) {
	if os.Getenv("PARTBUFFER_POOLING") == "on" {
		if err := featuregate.GlobalRegistry().Set(pref.UseProtoPooling.ID(), true); err != nil {
			panic(err)
		}
	}
	goleak.VerifyTestMain(m)
}
