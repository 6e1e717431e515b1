#!/bin/sh
# plugin_law.sh PLUGIN ROOT - the GPU plugin exports its entry alone, needs libc and libm alone, and
# its sources include librqa's public headers alone.
set -eu
plugin=$1 root=$2

exported=$(nm -D --defined-only "$plugin" | awk '{ print $NF }')
[ "$exported" = rqa_plugin_entry ] || { echo "$plugin exports: $exported" >&2; exit 1; }

# Where libc is old, its parts count as libc.
needed=$(readelf -d "$plugin" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
    grep -Ev '^(libc|libm|libdl|libpthread|librt|ld-linux[a-z0-9_-]*)\.so' || true)
[ -z "$needed" ] || { echo "$plugin needs: $needed" >&2; exit 1; }

inside=$(cd "$root/cuda" && grep -hE '^#include "' *.cu *.h | sort -u |
    grep -vE '"(rqa/(plugin|status|version)\.h|[a-z_]+\.h)"' || true)
[ -z "$inside" ] || { echo "cuda/ includes: $inside" >&2; exit 1; }
for header in $(cd "$root/cuda" && grep -hE '^#include "[a-z_]+\.h"' *.cu *.h | sort -u | sed 's/.*"\(.*\)"/\1/'); do
    [ -e "$root/cuda/$header" ] || { echo "cuda/ includes $header, which is not there" >&2; exit 1; }
done
echo "one symbol, libc and libm, public headers"
