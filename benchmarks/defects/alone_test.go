// SPDX-License-Identifier: Apache-2.0

package defects

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	aloneVariable  = "PARTBUFFER_DEFECTS_ALONE" // set in the process that a subject has for itself
	outcomePrefix  = "observed: "
	panicPrefix    = "panic: "
	deadlockPrefix = "panic: deadlock: " // of synctest: no goroutine of the bubble can ever go on
	panicExitCode  = 2
)

// observeAlone runs a scenario in a process of its own. Synctest ends that process where goroutines of the subject
// are blocked for ever, and Go does where one panics; the stack tells which it was.
func observeAlone(t *testing.T, s subject, run scenario, f finding) {
	t.Helper()
	if os.Getenv(aloneVariable) != "" {
		synctest.Test(t, func(t *testing.T) { tell(t, run(t, s)) })
		return
	}
	got, output := runAlone(t)
	assert.Equal(t, f.is, got, output)
	if f.frame != "" {
		assert.Contains(t, output, f.frame)
	}
	assert.Equal(t, f.frame != "", strings.Contains(output, panicPrefix), "a process that ends by a panic has a frame to show: %s", output)
}

// tell hands an outcome to the parent process, before the bubble ends: it may end with the process.
func tell(t *testing.T, is outcome) {
	t.Helper()
	_, err := fmt.Fprintf(os.Stdout, "\n%s%s\n", outcomePrefix, is)
	require.NoError(t, err)
}

// runAlone runs the calling test in another process and returns what that observed.
func runAlone(t *testing.T) (got outcome, output string) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self, "-test.run="+exactly(t.Name()), "-test.timeout=1m") //nolint:gosec // this very binary
	cmd.Env = append(os.Environ(), aloneVariable+"=1")
	combined, err := cmd.CombinedOutput()
	output = string(combined)
	exit, failed := errors.AsType[*exec.ExitError](err)
	if !failed {
		require.NoError(t, err, output)
		return told(output), output
	}
	require.Equal(t, panicExitCode, exit.ExitCode(), output)
	switch {
	case told(output) != "": // and its goroutines never end
		require.Contains(t, output, deadlockPrefix)
		return told(output), output
	case strings.Contains(output, deadlockPrefix):
		return deadlock, output
	default:
		require.Contains(t, output, panicPrefix)
		return processEnds, output
	}
}

// exactly returns a pattern for -test.run that matches one test only.
func exactly(name string) string {
	parts := strings.Split(name, "/")
	for i, part := range parts {
		parts[i] = "^" + regexp.QuoteMeta(part) + "$"
	}
	return strings.Join(parts, "/")
}

func told(output string) outcome {
	for line := range strings.Lines(output) {
		if is, ok := strings.CutPrefix(strings.TrimSpace(line), outcomePrefix); ok {
			return outcome(is)
		}
	}
	return ""
}
