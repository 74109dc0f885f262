// SPDX-License-Identifier: Apache-2.0

package collector

import (
	"context"
	"errors"
	"fmt"
	"net"
)

// freePorts finds n different loopback ports that nobody listens on.
func freePorts(ctx context.Context, n int) (ports []int, err error) {
	var config net.ListenConfig
	var listeners []net.Listener
	// Closed only at the end, so that no port is found twice.
	defer func() {
		for _, listener := range listeners {
			err = errors.Join(err, listener.Close())
		}
	}()
	for range n {
		listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		listeners = append(listeners, listener)
		address, ok := listener.Addr().(*net.TCPAddr)
		if !ok {
			return nil, fmt.Errorf("find a free port: unexpected address %v", listener.Addr())
		}
		ports = append(ports, address.Port)
	}
	return ports, nil
}
