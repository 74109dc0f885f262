#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Usage: tools/run.sh COLLECTOR CONFIG
# Runs the collector in the foreground; once it listens, prints a command that sends it something that the config has
# a pipeline for.
set -euo pipefail

http_port=${OTLP_HTTP_PORT:-4318}

resource='"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"hello"}}]}'
traces='{"resourceSpans":[{'$resource',"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"hello partbuffer","kind":1,"startTimeUnixNano":"1760000000000000000","endTimeUnixNano":"1760000001000000000"}]}]}]}'
logs='{"resourceLogs":[{'$resource',"scopeLogs":[{"logRecords":[{"timeUnixNano":"1760000000000000000","body":{"stringValue":"packed"},"attributes":[{"key":"order.id","value":{"stringValue":"7"}}]}]}]}]}'
metrics='{"resourceMetrics":[{'$resource',"scopeMetrics":[{"metrics":[{"name":"requests","sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[{"timeUnixNano":"1760000000000000000","asInt":"100"}]}}]}]}]}'

# The first signal that has a pipeline; pipelines are two levels deep, at four spaces.
signal=traces
for s in metrics logs traces; do
	if sed -n '/^  pipelines:/,$p' "$2" | grep -qE "^    $s(/[^:]*)?:"; then signal=$s; fi
done

if (exec 3<>"/dev/tcp/127.0.0.1/${http_port}") 2>/dev/null; then
	echo "127.0.0.1:${http_port} is taken; stop what listens there or set OTLP_GRPC_PORT, OTLP_HTTP_PORT and METRICS_PORT" >&2
	exit 1
fi

greet() {
	local collector=$1
	while ! (exec 3<>"/dev/tcp/127.0.0.1/${http_port}") 2>/dev/null; do
		kill -0 "$collector" 2>/dev/null || return 0
		sleep 0.1
	done
	cat <<EOF

Listening for OTLP on 127.0.0.1:${OTLP_GRPC_PORT:-4317} (gRPC) and 127.0.0.1:${http_port} (HTTP). Ctrl-C stops it.
Send something from another terminal; DEBUG_VERBOSITY=detailed shows all of what arrives:

curl -sS -H 'Content-Type: application/json' http://127.0.0.1:${http_port}/v1/${signal} -d '${!signal}'

EOF
}

# exec keeps this shell's process id, so greet watches the collector itself.
greet $$ &
exec "$1" --config "$2"
