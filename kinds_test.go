// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"context"
	"strconv"
	"testing"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/xconsumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/xpdata/pref"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/xprocessor"
)

// kind lets one test body run for every signal. Each item has an id and hangs on a named resource.
type kind[D comparable] struct {
	name   string
	create func(_ processor.Settings, _ *Config, mutates bool, next func(context.Context, D) error) (component.Component, *buffer[D], error)
	build  func(resource string, ids ...int) D
	ids    func(D) []int
	clone  func(D) D
	mark   func(D) bool
	unref  func(D)

	mutates bool // the next component changes what it gets
}

// forEachKind runs one test body per signal. A test body is generic, so that it is given once per type.
func forEachKind(t *testing.T, traces func(*testing.T, kind[ptrace.Traces]), logs func(*testing.T, kind[plog.Logs]),
	metrics func(*testing.T, kind[pmetric.Metrics]), profiles func(*testing.T, kind[pprofile.Profiles]),
) {
	t.Run("traces", func(t *testing.T) { traces(t, tracesKind()) })
	t.Run("logs", func(t *testing.T) { logs(t, logsKind()) })
	t.Run("metrics", func(t *testing.T) { metrics(t, metricsKind()) })
	t.Run("profiles", func(t *testing.T) { profiles(t, profilesKind()) })
}

func fillResource(r pcommon.Resource, name string) {
	r.Attributes().PutStr("service.name", name)
	r.Attributes().PutInt("shard", int64(len(name)))
}

func tracesKind() kind[ptrace.Traces] {
	return kind[ptrace.Traces]{
		name: "traces",
		create: func(set processor.Settings, cfg *Config, mutates bool, next func(context.Context, ptrace.Traces) error) (component.Component, *buffer[ptrace.Traces], error) {
			sink, _ := consumer.NewTraces(next, consumer.WithCapabilities(consumer.Capabilities{MutatesData: mutates}))
			p, err := NewFactory().CreateTraces(context.Background(), set, cfg, sink)
			if err != nil {
				return nil, nil, err
			}
			return p, p.(tracesProcessor).buffer, nil
		},
		build: func(resource string, ids ...int) ptrace.Traces {
			td := ptrace.NewTraces()
			rs := td.ResourceSpans().AppendEmpty()
			fillResource(rs.Resource(), resource)
			ss := rs.ScopeSpans().AppendEmpty()
			for _, id := range ids {
				ss.Spans().AppendEmpty().SetName(strconv.Itoa(id))
			}
			return td
		},
		ids: func(td ptrace.Traces) (ids []int) {
			for _, rs := range td.ResourceSpans().All() {
				for _, ss := range rs.ScopeSpans().All() {
					for _, s := range ss.Spans().All() {
						ids = append(ids, atoi(s.Name()))
					}
				}
			}
			return ids
		},
		clone: func(td ptrace.Traces) ptrace.Traces { c := ptrace.NewTraces(); td.CopyTo(c); return c },
		mark:  pref.MarkPipelineOwnedTraces, unref: pref.UnrefTraces,
	}
}

func logsKind() kind[plog.Logs] {
	return kind[plog.Logs]{
		name: "logs",
		create: func(set processor.Settings, cfg *Config, mutates bool, next func(context.Context, plog.Logs) error) (component.Component, *buffer[plog.Logs], error) {
			sink, _ := consumer.NewLogs(next, consumer.WithCapabilities(consumer.Capabilities{MutatesData: mutates}))
			p, err := NewFactory().CreateLogs(context.Background(), set, cfg, sink)
			if err != nil {
				return nil, nil, err
			}
			return p, p.(logsProcessor).buffer, nil
		},
		build: func(resource string, ids ...int) plog.Logs {
			ld := plog.NewLogs()
			rl := ld.ResourceLogs().AppendEmpty()
			fillResource(rl.Resource(), resource)
			sl := rl.ScopeLogs().AppendEmpty()
			for _, id := range ids {
				sl.LogRecords().AppendEmpty().Body().SetInt(int64(id))
			}
			return ld
		},
		ids: func(ld plog.Logs) (ids []int) {
			for _, rl := range ld.ResourceLogs().All() {
				for _, sl := range rl.ScopeLogs().All() {
					for _, lr := range sl.LogRecords().All() {
						ids = append(ids, int(lr.Body().Int()))
					}
				}
			}
			return ids
		},
		clone: func(ld plog.Logs) plog.Logs { c := plog.NewLogs(); ld.CopyTo(c); return c },
		mark:  pref.MarkPipelineOwnedLogs, unref: pref.UnrefLogs,
	}
}

func metricsKind() kind[pmetric.Metrics] {
	return kind[pmetric.Metrics]{
		name: "metrics",
		create: func(set processor.Settings, cfg *Config, mutates bool, next func(context.Context, pmetric.Metrics) error) (component.Component, *buffer[pmetric.Metrics], error) {
			sink, _ := consumer.NewMetrics(next, consumer.WithCapabilities(consumer.Capabilities{MutatesData: mutates}))
			p, err := NewFactory().CreateMetrics(context.Background(), set, cfg, sink)
			if err != nil {
				return nil, nil, err
			}
			return p, p.(metricsProcessor).buffer, nil
		},
		build: func(resource string, ids ...int) pmetric.Metrics {
			md := pmetric.NewMetrics()
			rm := md.ResourceMetrics().AppendEmpty()
			fillResource(rm.Resource(), resource)
			metrics := rm.ScopeMetrics().AppendEmpty().Metrics()
			for i, id := range ids { // two points a metric, so that splits fall inside metrics
				if i%2 == 0 {
					m := metrics.AppendEmpty()
					m.SetName("m" + strconv.Itoa(i/2))
					m.Metadata().PutStr("kept", "yes")
					m.SetEmptyGauge()
				}
				metrics.At(metrics.Len() - 1).Gauge().DataPoints().AppendEmpty().SetIntValue(int64(id))
			}
			return md
		},
		ids: func(md pmetric.Metrics) (ids []int) {
			for _, rm := range md.ResourceMetrics().All() {
				for _, sm := range rm.ScopeMetrics().All() {
					for _, m := range sm.Metrics().All() {
						for _, dp := range m.Gauge().DataPoints().All() {
							ids = append(ids, int(dp.IntValue()))
						}
					}
				}
			}
			return ids
		},
		clone: func(md pmetric.Metrics) pmetric.Metrics { c := pmetric.NewMetrics(); md.CopyTo(c); return c },
		mark:  pref.MarkPipelineOwnedMetrics, unref: pref.UnrefMetrics,
	}
}

func profilesKind() kind[pprofile.Profiles] {
	return kind[pprofile.Profiles]{
		name: "profiles",
		create: func(set processor.Settings, cfg *Config, mutates bool, next func(context.Context, pprofile.Profiles) error) (component.Component, *buffer[pprofile.Profiles], error) {
			sink, _ := xconsumer.NewProfiles(next, consumer.WithCapabilities(consumer.Capabilities{MutatesData: mutates}))
			p, err := NewFactory().(xprocessor.Factory).CreateProfiles(context.Background(), set, cfg, sink)
			if err != nil {
				return nil, nil, err
			}
			return p, p.(profilesProcessor).buffer, nil
		},
		build: func(resource string, ids ...int) pprofile.Profiles {
			pd := pprofile.NewProfiles()
			pd.Dictionary().StringTable().FromRaw([]string{"", resource})
			pd.Dictionary().MappingTable().AppendEmpty()
			pd.Dictionary().LocationTable().AppendEmpty()
			pd.Dictionary().FunctionTable().AppendEmpty()
			pd.Dictionary().LinkTable().AppendEmpty()
			pd.Dictionary().AttributeTable().AppendEmpty()
			pd.Dictionary().StackTable().AppendEmpty()
			rp := pd.ResourceProfiles().AppendEmpty()
			fillResource(rp.Resource(), resource)
			p := rp.ScopeProfiles().AppendEmpty().Profiles().AppendEmpty()
			p.SampleType().SetTypeStrindex(1)
			for _, id := range ids {
				p.Samples().AppendEmpty().Values().Append(int64(id))
			}
			return pd
		},
		ids: func(pd pprofile.Profiles) (ids []int) {
			for _, rp := range pd.ResourceProfiles().All() {
				for _, sp := range rp.ScopeProfiles().All() {
					for _, p := range sp.Profiles().All() {
						for _, s := range p.Samples().All() {
							ids = append(ids, int(s.Values().At(0)))
						}
					}
				}
			}
			return ids
		},
		clone: func(pd pprofile.Profiles) pprofile.Profiles { c := pprofile.NewProfiles(); pd.CopyTo(c); return c },
		mark:  pref.MarkPipelineOwnedProfiles, unref: pref.UnrefProfiles,
	}
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err)
	}
	return n
}
