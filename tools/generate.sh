#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Usage: tools/generate.sh MDATAGEN [--check]
# Generates code and documentation from metadata.yaml; with --check only tells whether that would change a file.
#
# mdatagen names the package after the directory it runs in, and a clone may be called anything, so it runs in a copy
# of the tree that has the right name.
set -euo pipefail

mdatagen=$1
mode=${2:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
copy=$work/partbufferprocessor
mkdir "$copy"

tree() {
	find . -maxdepth 1 -type f
	find internal partbuffer -type f
}

tree | tar -cf - -T - | tar -xf - -C "$copy"
# From nothing, so that what is no longer generated shows and what is broken does not stand in the way.
find "$copy" -name 'generated_*' -delete
(cd "$copy" && "$mdatagen" metadata.yaml)

stale=0
while read -r file; do
	cmp -s "$file" "$copy/$file" && continue
	stale=1
	if [ "$mode" = --check ]; then
		diff -u "$file" "$copy/$file" || true
	else
		mkdir -p "$(dirname "$file")"
		cp "$copy/$file" "$file"
		echo "generated $file"
	fi
done < <(cd "$copy" && tree)
while read -r file; do
	test -e "$copy/$file" && continue
	stale=1
	echo "$file is no longer generated" >&2
	test "$mode" = --check || rm "$file"
done < <(tree | grep '/generated_' || true)

if [ "$mode" = --check ] && [ "$stale" -ne 0 ]; then
	echo "generated files are stale: run make generate" >&2
	exit 1
fi
