#!/bin/sh
# number_law.sh ROOT - no printf of the library's is given a double, and no strtod reads one: both go
# by the locale of the host. lib/base/number.c is the one place that may. Plants a conversion first,
# to see itself fail.
set -eu
root=$1

check_numbers() {
    (cd "$1" && find lib cuda -name '*.[ch]' -o -name '*.cu') | sort |
        while read -r file; do
            [ "$file" != lib/base/number.c ] || continue
            # Without comments; a line may be let pass by name.
            grep -nE '"[^"]*%[-+ #0-9.*]*l?[aefgAEFG]|(^|[^a-zA-Z0-9_])(strto(d|f|ld)|atof)\(' \
                "$1/$file" | grep -vE '^[0-9]+:[[:space:]]*(/?\*|//)|number_law:|/\*.*%.*\*/' |
                sed "s|^|$file:|" || true
        done
}

planted=$(mktemp -d)
trap 'rm -rf "$planted"' EXIT
mkdir -p "$planted/lib/data" "$planted/cuda"
echo 'rqa__fail(s, "%s is %zu, %llu, %d %%", a, b);' >"$planted/lib/data/good.c"
[ -z "$(check_numbers "$planted")" ] || { echo "self-test: a whole number was refused"; exit 1; }
for bad in 'f("x is %g", x);' 'f("%.17g", x);' 'f("%5.*f", 1, x);' 'x = strtod(t, NULL);'; do
    echo "$bad" >"$planted/lib/data/bad.c"
    check_numbers "$planted" | grep -q 'bad.c:1:' || { echo "self-test: not caught: $bad"; exit 1; }
done

found=$(check_numbers "$root")
[ -z "$found" ] || { echo "doubles past base/number.h:"; echo "$found"; exit 1; }
echo "all doubles are written by base/number.h"
