// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/partbuffer/partbufferprocessor/e2e/otlp"
)

const (
	batch      = "batch"
	partbuffer = "partbuffer"
	// none is a pipeline without a processor.
	none = "none"

	profilesGate = "service.profilesSupport"
	statusGate   = "extension.healthcheck.useComponentStatus"
	poolingGate  = "pdata.useProtoPooling"
)

// setup says what a scenario changes about the shared config.
type setup struct {
	processor string
	// example is the signal of the Map mode example to run, instead of the processor's shared config.
	example otlp.Signal
	// options are the processor's, as lines of YAML.
	options []string
	// exporter is otlp_grpc or otlp_http; empty means otlp_grpc.
	exporter string
	pooling  bool
	// health is where the status of components is served; empty means nowhere.
	health string
	// env is added to the collector's environment.
	env []string
}

// config names the shared config.
func (s setup) config() string {
	if s.example != "" {
		return "map-" + string(s.example) + ".yaml"
	}
	if s.processor == none {
		return partbuffer + ".yaml"
	}
	return s.processor + ".yaml"
}

// signals lists those of the config's pipelines.
func (s setup) signals() []otlp.Signal {
	if s.example != "" {
		return []otlp.Signal{s.example}
	}
	return signals(s.processor)
}

// signals lists what the processor supports; the stock one knows no profiles.
func signals(processor string) []otlp.Signal {
	if processor == batch {
		return []otlp.Signal{otlp.Traces, otlp.Logs, otlp.Metrics}
	}
	return []otlp.Signal{otlp.Traces, otlp.Logs, otlp.Metrics, otlp.Profiles}
}

func (s setup) gates() []string {
	var gates []string
	if slices.Contains(s.signals(), otlp.Profiles) {
		gates = append(gates, profilesGate)
	}
	if s.health != "" {
		gates = append(gates, statusGate)
	}
	if s.pooling {
		gates = append(gates, poolingGate)
	}
	return gates
}

// overlay is merged over the shared config. The exporter neither queues nor
// retries, so that the sink sees each batch of the processor once, as it is, and
// waits longer than any test does.
func (s setup) overlay(sink *otlp.Sink) string {
	exporter, endpoint := "otlp_grpc", sink.GRPCEndpoint
	if s.exporter == "otlp_http" {
		exporter, endpoint = "otlp_http", "http://"+sink.HTTPEndpoint
	}
	var b strings.Builder
	fmt.Fprintf(&b, `
receivers:
  otlp:
    protocols:
      grpc:
        include_metadata: true
        max_recv_msg_size_mib: 64
      http:
        include_metadata: true
exporters:
  %s:
    endpoint: %s
    timeout: 2m
    tls:
      insecure: true
    sending_queue:
      enabled: false
    retry_on_failure:
      enabled: false
`, exporter, endpoint)
	if len(s.options) > 0 {
		fmt.Fprintf(&b, "processors:\n  %s:\n", s.processor)
		for _, line := range s.options {
			fmt.Fprintf(&b, "    %s\n", line)
		}
	}
	processors := s.processor
	if processors == none {
		processors = ""
	}
	if s.health != "" {
		fmt.Fprintf(&b, `
extensions:
  health_check:
    http:
      endpoint: %s
      status:
        enabled: true
        path: /status
    component_health:
      include_recoverable_errors: true
      recovery_duration: 0s
service:
  extensions: [health_check]
  pipelines:
`, s.health)
	} else {
		b.WriteString("service:\n  pipelines:\n")
	}
	for _, signal := range s.signals() {
		fmt.Fprintf(&b, "    %s:\n      receivers: [otlp]\n      processors: [%s]\n      exporters: [%s]\n",
			signal, processors, exporter)
	}
	return b.String()
}
