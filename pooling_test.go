// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"os"

	"go.opentelemetry.io/collector/featuregate"
	"go.opentelemetry.io/collector/pdata/xpdata/pref"
)

// poolByEnvironment turns the pooling of pdata on if asked to: everything must hold either way. The generated
// TestMain calls it.
func poolByEnvironment() {
	if os.Getenv("PARTBUFFER_POOLING") != "on" {
		return
	}
	if err := featuregate.GlobalRegistry().Set(pref.UseProtoPooling.ID(), true); err != nil {
		panic(err)
	}
}
