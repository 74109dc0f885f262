#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Compares partbuffer with its peers and prints medians and one table of ratios.
# BENCH_QUICK=1 takes about two minutes and keeps its results out of the repository; the full run takes 15 to 20
# minutes. Arguments go to the command: bash run.sh -suite map -only 'producers=64/' -runs 3
# BENCHSTAT names a benchstat binary; then its summary of the runs is kept next to them.
set -euo pipefail
cd "$(dirname "$0")"

commit=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
if [ -n "$(git status --porcelain -- .. ':!results' 2>/dev/null)" ]; then commit+=" with changes"; fi

name=full
args=(-runs 6)
if [ -n "${BENCH_QUICK:-}" ]; then
	name=quick
	args=(-runs 2 -shrink 5)
fi
if [ $# -gt 0 ]; then name=quick; fi

binary=$(mktemp -d)
trap 'rm -rf "$binary"' EXIT
go build -o "$binary/bench" ./cmd/bench
(cd logdedup && go build -o "$binary/logdedup" .)
"$binary/bench" -logdedup "$binary/logdedup" -commit "$commit" -out "results/$name.txt" -tables "results/$name-tables.txt" "${args[@]}" "$@"
if [ -n "${BENCHSTAT:-}" ]; then
	"$BENCHSTAT" -col /subject "results/$name.txt" >"results/$name-benchstat.txt"
	echo
	echo "Every run is in benchmarks/results/$name.txt, benchstat's view of them in $name-benchstat.txt."
fi
