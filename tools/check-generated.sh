#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Usage: tools/check-generated.sh MDATAGEN
# Generates into a copy of the tree and compares, so that a check never changes a file.
set -euo pipefail

mdatagen=$1
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

tree() {
	find . -maxdepth 1 -type f
	find internal partbuffer -type f
}

tree | tar -cf - -T - | tar -xf - -C "$copy"
(cd "$copy" && "$mdatagen" metadata.yaml)

stale=0
while read -r file; do
	if ! diff -u "$file" "$copy/$file"; then
		stale=1
	fi
done < <(cd "$copy" && tree)

if [ "$stale" -ne 0 ]; then
	echo "generated files are stale: run make generate" >&2
	exit 1
fi
