#!/bin/sh
# symbols.sh LIBRARY LIST - the shared library exports the listed symbols, all under one version
# node, and nothing else.
set -eu
library=$1
list=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
LC_ALL=C
export LC_ALL

nm -D --defined-only "$library" | awk '$2 != "A" { print $NF }' >"$folder/raw"
sed 's/@.*//' "$folder/raw" | sort >"$folder/exported"
sort "$list" >"$folder/listed"
if ! diff -u "$folder/listed" "$folder/exported"; then
    echo "symbols of $library differ from $list (- listed, + exported)" >&2
    exit 1
fi
if grep -v '@@RQA_[0-9][0-9]*$' "$folder/raw" >&2; then
    echo "these symbols carry no version" >&2
    exit 1
fi
echo "$(wc -l <"$folder/exported") symbols as listed"
