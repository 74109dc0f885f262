// SPDX-License-Identifier: Apache-2.0

package collector

import (
	"bytes"
	"sync"
)

// output keeps what a process writes and tells when a text has appeared. It is
// safe for concurrent use.
type output struct {
	mu      sync.Mutex
	text    bytes.Buffer
	awaited []byte
	found   chan struct{}
	done    bool
}

func newOutput(awaited string) *output {
	return &output{awaited: []byte(awaited), found: make(chan struct{})}
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text.Write(p)
	if !o.done && bytes.Contains(o.text.Bytes(), o.awaited) {
		o.done = true
		close(o.found)
	}
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
