#!/bin/sh
# renew.sh - on the day of a release: makes its dump and its header, and removes those of the
# release before. README.md says what they are for. The dump needs gcc on Debian 12, x86-64.
set -eu
cd "$(dirname "$0")"
source=$(cd ../.. && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake -S "$source" -B "$work" -DCMAKE_BUILD_TYPE=Debug -DRQA_BUILD_PROGRAM=OFF \
    -DRQA_BUILD_EXAMPLES=OFF -DRQA_BUILD_TESTS=OFF >/dev/null
cmake --build "$work" -j "$(nproc)" --target rqa >/dev/null
version=$(basename "$(realpath "$work/lib/librqa.so")" | sed 's/^librqa\.so\.//')
rm -f librqa-*.abi rqa-*.h
abidw --headers-dir "$source/include" --drop-private-types --exported-interfaces-only \
    --drop-undefined-syms --no-corpus-path --no-comp-dir-path --no-show-locs --no-elf-needed \
    --no-parameter-names --no-write-default-sizes "$work/lib/librqa.so" >"librqa-$version.abi"
{
    echo "/* rqa-$version.h - the public headers of librqa $version in one, without comments. */"
    PYTHONDONTWRITEBYTECODE=1 python3 -c '
import abi_text, pathlib, sys
print(abi_text.flatten(pathlib.Path(sys.argv[1])), end="")' "$source/include"
} >"rqa-$version.h"
echo "librqa-$version.abi and rqa-$version.h: commit them with the release"
