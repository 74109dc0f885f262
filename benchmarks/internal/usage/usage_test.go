// SPDX-License-Identifier: Apache-2.0

package usage

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestUsageCountsAllocations(t *testing.T) {
	before, live := Now(), LiveHeap()
	kept := make([][]byte, 1000)
	for i := range kept {
		kept[i] = make([]byte, 1024)
	}
	used := Now().Since(before)
	assert.GreaterOrEqual(t, used.Allocs, uint64(1000))
	assert.GreaterOrEqual(t, used.Bytes, uint64(1000*1024))
	assert.GreaterOrEqual(t, LiveHeap()-live, uint64(1000*1024))
	runtime.KeepAlive(kept)
}
