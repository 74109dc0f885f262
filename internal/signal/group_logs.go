// SPDX-License-Identifier: Apache-2.0

package signal

import (
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/partbuffer/partbufferprocessor/internal/key"
)

var _ Grouper[plog.Logs] = Logs{}

// Group splits ld by key; see Grouper.
func (Logs) Group(dst []Part[plog.Logs], ld plog.Logs, k *key.Key, n int) []Part[plog.Logs] {
	if n <= 1 {
		return append(dst, Part[plog.Logs]{Data: ld})
	}
	p := newGroupPlan(k, n)
	defer p.release()
	p.planLogs(ld)
	if partition, ok := p.whole(); ok {
		return append(dst, Part[plog.Logs]{Data: ld, Partition: partition})
	}
	g := logsGroup{
		plan:    p,
		parts:   dst,
		targets: newGroupTargets[plog.ResourceLogs, plog.ScopeLogs, struct{}](n),
	}
	g.move(ld)
	groupDone(ld.ResourceLogs())
	return g.parts
}

// planLogs lists where the content of ld goes.
func (p *groupPlan) planLogs(ld plog.Logs) {
	request := p.open()
	for _, resource := range ld.ResourceLogs().All() {
		r := p.open()
		if !hasRecords(resource) || p.resource(r, resource.Resource()) {
			continue
		}
		for _, scope := range resource.ScopeLogs().All() {
			s := p.open()
			if scope.LogRecords().Len() == 0 || p.scope(s, scope.Scope()) {
				continue
			}
			item := key.LogRecord{Resource: resource, Scope: scope}
			for _, item.Record = range scope.LogRecords().All() {
				canonical, _, _ := p.key.AppendLogRecord(p.canonical[:p.scopeEnd], &item)
				p.item(canonical)
			}
			p.close(s)
		}
		p.close(r)
	}
	p.close(request)
}

func hasRecords(resource plog.ResourceLogs) bool {
	for _, scope := range resource.ScopeLogs().All() {
		if scope.LogRecords().Len() > 0 {
			return true
		}
	}
	return false
}

// logsGroup moves a request into parts, as planned.
type logsGroup struct {
	plan    *groupPlan
	parts   []Part[plog.Logs]
	targets []groupTarget[plog.ResourceLogs, plog.ScopeLogs, struct{}]
	// scopes is the number of scopes taken apart so far.
	scopes int
}

func (g *logsGroup) move(ld plog.Logs) {
	for r, resource := range ld.ResourceLogs().All() {
		if partition, ok := g.plan.take(); ok {
			resource.MoveTo(g.data(partition).ResourceLogs().AppendEmpty())
			continue
		}
		for _, scope := range resource.ScopeLogs().All() {
			if partition, ok := g.plan.take(); ok {
				scope.MoveTo(g.resource(partition, r, resource).ScopeLogs().AppendEmpty())
				continue
			}
			g.scopes++
			groupItems(g.plan, scope.LogRecords(), func(partition int) plog.LogRecordSlice {
				return g.scope(partition, r, resource, scope).LogRecords()
			})
		}
	}
}

func (g *logsGroup) data(partition int) plog.Logs {
	t := &g.targets[partition]
	if t.part == none {
		t.part = len(g.parts)
		g.parts = append(g.parts, Part[plog.Logs]{Data: plog.NewLogs(), Partition: partition})
	}
	return g.parts[t.part].Data
}

// resource is the copy of a resource in a partition; r is its number.
func (g *logsGroup) resource(partition, r int, src plog.ResourceLogs) plog.ResourceLogs {
	t := &g.targets[partition]
	if t.resourceOf != r {
		t.resource = g.data(partition).ResourceLogs().AppendEmpty()
		src.Resource().CopyTo(t.resource.Resource())
		t.resource.SetSchemaUrl(src.SchemaUrl())
		t.resourceOf = r
	}
	return t.resource
}

// scope is the copy, in a partition, of the scope being taken apart.
func (g *logsGroup) scope(partition, r int, resource plog.ResourceLogs, src plog.ScopeLogs) plog.ScopeLogs {
	t := &g.targets[partition]
	if t.scopeOf != g.scopes {
		t.scope = g.resource(partition, r, resource).ScopeLogs().AppendEmpty()
		src.Scope().CopyTo(t.scope.Scope())
		t.scope.SetSchemaUrl(src.SchemaUrl())
		t.scopeOf = g.scopes
	}
	return t.scope
}
