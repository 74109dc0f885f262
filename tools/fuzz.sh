#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Usage: tools/fuzz.sh FUZZTIME
# Fuzzes every target of the root module for FUZZTIME each; stops at the first failure.
set -euo pipefail

fuzztime=$1
found=0

# go list leaves nested modules out; go test fuzzes one target at a time.
while read -r dir; do
	targets=$(grep -hoE '^func Fuzz[A-Za-z0-9_]*' "$dir"/*_test.go 2>/dev/null | cut -d' ' -f2 || true)
	for target in $targets; do
		found=$((found + 1))
		echo "fuzz $target in ${dir#"$PWD"/} for $fuzztime"
		go test -run='^$' -fuzz="^${target}\$" -fuzztime="$fuzztime" "$dir"
	done
done < <(go list -f '{{.Dir}}' ./...)

if [ "$found" -eq 0 ]; then
	echo "no fuzz target found" >&2
	exit 1
fi
