// SPDX-License-Identifier: Apache-2.0

package mapmode

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// order is what a remote contender is asked to do, one line of JSON. The answer is one line: a result, or an
// error without "Benchmark" in front.
type order struct {
	Scenario Scenario
	Shrink   int
	Seed     uint64
}

// Remote is a contender in a process of its own, which lives until Close so that its heap keeps its size. It is
// not safe for concurrent use.
type Remote struct {
	name  string
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Scanner
	write *json.Encoder
}

// StartRemote starts a binary that calls Serve.
func StartRemote(ctx context.Context, name, binary string, args ...string) (*Remote, error) {
	r := &Remote{name: name, cmd: exec.CommandContext(ctx, binary, args...)} //nolint:gosec // the caller names the binary
	r.cmd.Stderr = os.Stderr
	in, errIn := r.cmd.StdinPipe()
	out, errOut := r.cmd.StdoutPipe()
	if err := errors.Join(errIn, errOut, r.cmd.Start()); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	r.in, r.out, r.write = in, bufio.NewScanner(out), json.NewEncoder(in)
	return r, nil
}

// Name is the subject's name.
func (r *Remote) Name() string { return r.name }

// Measure has the process run a scenario.
func (r *Remote) Measure(_ context.Context, out io.Writer, sc Scenario, shrink int, seed uint64) error {
	if err := r.write.Encode(order{sc, shrink, seed}); err != nil {
		return fmt.Errorf("ask %s: %w", r.name, err)
	}
	if !r.out.Scan() {
		return fmt.Errorf("%s ended: %w", r.name, errors.Join(r.out.Err(), io.ErrUnexpectedEOF))
	}
	if !strings.HasPrefix(r.out.Text(), "Benchmark") {
		return errors.New(r.out.Text())
	}
	if _, err := fmt.Fprintln(out, r.out.Text()); err != nil {
		return fmt.Errorf("write the result of %s: %w", r.name, err)
	}
	return nil
}

// Close ends the process and waits for it.
func (r *Remote) Close() error {
	if err := errors.Join(r.in.Close(), r.cmd.Wait()); err != nil {
		return fmt.Errorf("end %s: %w", r.name, err)
	}
	return nil
}

// Serve does what a Remote asks for, until in ends.
func Serve(ctx context.Context, in io.Reader, out io.Writer, c Contender) error {
	orders := json.NewDecoder(in)
	for {
		var o order
		if err := orders.Decode(&o); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read an order: %w", err)
		}
		if err := c.Measure(ctx, out, o.Scenario, o.Shrink, o.Seed); err != nil {
			if _, err = fmt.Fprintln(out, strings.ReplaceAll(err.Error(), "\n", "; ")); err != nil {
				return fmt.Errorf("write an answer: %w", err)
			}
		}
	}
}
