// SPDX-License-Identifier: Apache-2.0

package collector

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

const (
	ready        = "Everything is ready"
	portIsTaken  = "address already in use"
	startTimeout = time.Minute
	portAttempts = 3
)

// Options say how to run the binary.
type Options struct {
	Binary string
	// Configs are merged in order.
	Configs []string
	// FeatureGates are enabled, in addition to the defaults.
	FeatureGates []string
	// Env is added to the environment; the ports of the shared configs are set.
	Env []string
}

// Process is a running collector. Its methods are not safe for concurrent use,
// except those that only read.
type Process struct {
	GRPCEndpoint string
	HTTPEndpoint string

	metricsURL string
	cmd        *exec.Cmd
	output     *output
	exited     chan struct{}
	exit       error
}

// Start runs the binary on free loopback ports and returns when it is ready.
func Start(ctx context.Context, options Options) (*Process, error) {
	var err error
	for range portAttempts {
		var p *Process
		p, err = start(ctx, options)
		if err == nil {
			return p, nil
		}
		// Between finding a free port and using it somebody else may have taken it.
		if !strings.Contains(err.Error(), portIsTaken) {
			break
		}
	}
	return nil, fmt.Errorf("start the collector: %w", err)
}

func start(ctx context.Context, options Options) (*Process, error) {
	ports, err := freePorts(ctx, 3)
	if err != nil {
		return nil, err
	}
	args := make([]string, 0, len(options.Configs)*2+1)
	for _, config := range options.Configs {
		args = append(args, "--config", config)
	}
	if len(options.FeatureGates) > 0 {
		args = append(args, "--feature-gates="+strings.Join(options.FeatureGates, ","))
	}
	p := &Process{
		GRPCEndpoint: fmt.Sprintf("127.0.0.1:%d", ports[0]),
		HTTPEndpoint: fmt.Sprintf("127.0.0.1:%d", ports[1]),
		metricsURL:   fmt.Sprintf("http://127.0.0.1:%d/metrics", ports[2]),
		output:       newOutput(ready),
		exited:       make(chan struct{}),
	}
	// The process must outlive ctx: only Stop and Kill end it.
	p.cmd = exec.Command(options.Binary, args...) //nolint:gosec // running the binary it is given is its purpose
	p.cmd.Env = append(os.Environ(),
		fmt.Sprintf("OTLP_GRPC_PORT=%d", ports[0]),
		fmt.Sprintf("OTLP_HTTP_PORT=%d", ports[1]),
		fmt.Sprintf("METRICS_PORT=%d", ports[2]),
	)
	p.cmd.Env = append(p.cmd.Env, options.Env...)
	p.cmd.Stdout = p.output
	p.cmd.Stderr = p.output
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.exit = p.cmd.Wait()
		close(p.exited)
	}()
	if err := p.awaitReady(ctx); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *Process) awaitReady(ctx context.Context) error {
	timeout := time.NewTimer(startTimeout)
	defer timeout.Stop()
	select {
	case <-p.output.found:
		return nil
	case <-p.exited:
		return fmt.Errorf("it ended before it was ready: %w\n%s", errors.Join(p.exit, errEnded), p.Logs())
	case <-timeout.C:
		return fmt.Errorf("not ready after %s: %w\n%s", startTimeout, p.Kill(), p.Logs())
	case <-ctx.Done():
		return errors.Join(ctx.Err(), p.Kill())
	}
}

var errEnded = errors.New("process ended")

// Terminate asks the collector to shut down (SIGTERM) and returns at once.
func (p *Process) Terminate() error {
	return p.cmd.Process.Signal(syscall.SIGTERM)
}

// Reload asks the collector to read its configuration again (SIGHUP) and
// returns at once. Its ports stay the same.
func (p *Process) Reload() error {
	return p.cmd.Process.Signal(syscall.SIGHUP)
}

// Starts tells how often the collector got ready: once, and once more for every reload.
func (p *Process) Starts() int { return strings.Count(p.Logs(), ready) }

// Stop asks the collector to shut down and waits for its end, as Wait does.
func (p *Process) Stop(ctx context.Context) error {
	if err := p.Terminate(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop the collector: %w", err)
	}
	return p.Wait(ctx)
}

// Wait waits for the collector's end. When ctx ends first it kills the process
// and returns an error, as it does for any exit status but 0.
func (p *Process) Wait(ctx context.Context) error {
	select {
	case <-p.exited:
	case <-ctx.Done():
		return fmt.Errorf("stop the collector: %w", errors.Join(ctx.Err(), p.Kill()))
	}
	if p.exit != nil {
		return fmt.Errorf("stop the collector: %w\n%s", p.exit, p.Logs())
	}
	return nil
}

// Kill ends the process at once (SIGKILL) and waits for its end. It does
// nothing to a process that has ended.
func (p *Process) Kill() error {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill the collector: %w", err)
	}
	<-p.exited
	return nil
}

// Logs returns everything the process has written so far.
func (p *Process) Logs() string { return p.output.String() }
