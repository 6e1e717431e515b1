#!/bin/sh
# number_law.sh ROOT - no printf of the library's is given a double, and no strtod reads one: both go
# by the locale of the host. lib/base/number.c is the one place that may. And none takes the logarithm of
# the C library, whose last digit is each machine's own: lib/base/logarithm.c has one. Plants a conversion
# and a logarithm first, to see itself fail.
set -eu
root=$1

check_numbers() {
    # Without comments; a line may be let pass by name.
    (cd "$1" && find lib cuda -name '*.[ch]' -o -name '*.cu' | sort | grep -v '^lib/base/number\.c$' |
        xargs grep -nE '"[^"]*%[-+ #0-9.*]*l?[aefgAEFG]|(^|[^a-zA-Z0-9_])(strto(d|f|ld)|atof)\(' /dev/null |
        grep -vE '^[^:]*:[0-9]+:[[:space:]]*(/?\*|//)|number_law:|/\*.*%.*\*/') || true
}

# Let pass: normal deviates, beside a sine and a cosine, and an exponent of times.
check_logarithms() {
    (cd "$1" && grep -rnE '(^|[^a-zA-Z0-9_>.])(logl?|log2|log1p)\(' lib cuda --include='*.[ch]' --include='*.cu') |
        grep -vE '^[^:]*:[0-9]+:[[:space:]]*(/?\*|//)|^lib/(base/logarithm|resample/generator|batch/pace)\.c:' || true
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

[ -z "$(check_logarithms "$planted")" ] || { echo "self-test: no logarithm was refused"; exit 1; }
echo 'y = p * log(p);' >"$planted/lib/data/bad.c"
check_logarithms "$planted" | grep -q 'bad.c:1:' || { echo "self-test: a logarithm was not caught"; exit 1; }

found=$(check_numbers "$root")
[ -z "$found" ] || { echo "doubles past base/number.h:"; echo "$found"; exit 1; }
found=$(check_logarithms "$root")
[ -z "$found" ] || { echo "logarithms past base/logarithm.h:"; echo "$found"; exit 1; }
echo "all doubles are written by base/number.h, all logarithms taken by base/logarithm.h"
