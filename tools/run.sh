#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Usage: tools/run.sh COLLECTOR CONFIG
# Runs the collector in the foreground; once it listens, prints a command that sends it a trace.
set -euo pipefail

http_port=${OTLP_HTTP_PORT:-4318}
url=http://127.0.0.1:${http_port}/v1/traces

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
Send a trace from another terminal:

curl -sS -H 'Content-Type: application/json' ${url} -d '{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"hello"}}]},"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"hello partbuffer","kind":1,"startTimeUnixNano":"1760000000000000000","endTimeUnixNano":"1760000001000000000"}]}]}]}'

EOF
}

# exec keeps this shell's process id, so greet watches the collector itself.
greet $$ &
exec "$1" --config "$2"
