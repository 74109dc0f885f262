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
	for range n {
		listener, listenErr := config.Listen(ctx, "tcp", "127.0.0.1:0")
		if listenErr != nil {
			return nil, fmt.Errorf("find a free port: %w", listenErr)
		}
		// Closed only on return, so that no port is found twice.
		defer func() { err = errors.Join(err, listener.Close()) }()
		address, ok := listener.Addr().(*net.TCPAddr)
		if !ok {
			return nil, fmt.Errorf("find a free port: unexpected address %v", listener.Addr())
		}
		ports = append(ports, address.Port)
	}
	return ports, nil
}
