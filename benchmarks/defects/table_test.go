// SPDX-License-Identifier: Apache-2.0

package defects

import (
	"flag"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the table in the README")

const (
	readme     = "../../README.md"
	tableBegin = "<!-- defects: begin -->"
	tableEnd   = "<!-- defects: end -->"
)

// defects are the rows of the table, in its order.
var defects = []defect{
	swallowedErrors, returnBeforeDelivery, singleThreadedExport, itemOnlySizing, oversizeItem, brokenTraceLinks, lostClientMetadata,
	contextIgnored, doubleShutdown, consumeDuringShutdown, consumeAfterShutdown, hungShutdown, idleTenants, evictionDeadlock, lostMetricMetadata,
	downstreamPanic, uncountedLoss, stuckTenant, stuckTenantFirst,
}

// TestREADME compares the table of the README with what the tests assert.
func TestREADME(t *testing.T) {
	content, err := os.ReadFile(readme)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(content), tableBegin)
	require.True(t, found, "%s has no %s", readme, tableBegin)
	inside, after, found := strings.Cut(rest, tableEnd)
	require.True(t, found, "%s has no %s", readme, tableEnd)
	table := "\n" + table() + "\n"
	if *update {
		require.NoError(t, os.WriteFile(readme, []byte(before+tableBegin+table+tableEnd+after), 0o600)) //nolint:gosec // a constant path
		return
	}
	assert.Equal(t, table, inside, "go test ./defects -run TestREADME -update rewrites it")
}

// TestEveryRowHasATest makes sure that nothing is claimed which no test observes.
func TestEveryRowHasATest(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	listed, err := exec.CommandContext(t.Context(), self, "-test.list=.").Output() //nolint:gosec // this very binary
	require.NoError(t, err)
	tests := strings.Fields(string(listed))
	for _, d := range defects {
		assert.Contains(t, tests, d.test)
	}
	assert.Len(t, tests, len(defects)+2, "every other test has a row")
}

func table() string {
	var b strings.Builder
	row := func(cells ...string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	row("scenario", "upstream", "`batch`", "exporterhelper adapter", "partbuffer", "test")
	row("---", "---", "---", "---", "---", "---")
	for _, d := range defects {
		row(d.what, links(d.upstream), d.want.stock.String(), d.want.adapter.String(), d.want.partbuffer.String(), "`"+d.test+"`")
	}
	return b.String()
}

const (
	none       = "—" // nobody reported it, as far as we know
	repository = "https://github.com/open-telemetry/opentelemetry-collector"
)

var issue = regexp.MustCompile(`#(\d+)`)

// links makes links of the numbers of issues and pull requests, and of the RFC that replaces the stock processor.
func links(upstream string) string {
	upstream = strings.Replace(upstream, "RFC", "[RFC]("+repository+"/blob/main/docs/rfcs/batching-migration.md)", 1)
	return issue.ReplaceAllString(upstream, "[#$1]("+repository+"/issues/$1)")
}

func (c cell) String() string {
	parts := make([]string, len(c))
	for i, f := range c {
		parts[i] = string(f.is)
		if f.settings != "" {
			parts[i] = "`" + f.settings + "`: " + parts[i]
		}
	}
	return strings.Join(parts, "; ")
}
