#!/bin/sh
# include_law.sh ROOT [OBJECTS] - includes between the rooms of lib/ point downwards only, and no two
# files of the tree share a name. So do calls, and in a room no two files call each other, directly or
# in a circle: read from the object files of lib/ that the file OBJECTS lists. C++ sources include the standard header of each name they take from it: one
# library's headers bring others along, the next one's do not. Plants a fault of each kind first, to
# see itself fail.
set -eu
root=$1
objects=${2-}

# room: the rooms it may include besides itself. What is not listed is an upward arrow.
allowed='
base:
cpu: base
kernels: cpu base
data: base
search: kernels cpu base
explore: search data kernels cpu base
lines: base
resample: data lines base
measures: lines base
plan: measures data cpu lines base
backend: plan search kernels lines data cpu base
network: backend measures plan kernels lines cpu base
sampling: backend resample plan kernels lines data cpu base
store: measures lines base
windows: measures plan kernels lines data cpu base
batch: windows store network sampling explore backend measures plan resample lines data cpu base
api: batch windows store network explore backend measures plan kernels resample lines data cpu base
'

check_includes() {
    (cd "$1/lib" && find . -name '*.[ch]' | sort | xargs grep -n '^[[:space:]]*#[[:space:]]*include' /dev/null) |
        awk -v allowed="$allowed" '
        BEGIN {
            n = split(allowed, line, "\n")
            for (k = 1; k <= n; k++) {
                if (split(line[k], part, ":") < 2)
                    continue
                known[part[1]] = 1
                may[part[1], part[1]] = 1
                m = split(part[2], room, " ")
                for (j = 1; j <= m; j++)
                    may[part[1], room[j]] = 1
            }
        }
        {
            split($0, field, ":")
            split(field[1], step, "/")
            from = step[2]
            if (!(from in known)) {
                print "lib/" substr(field[1], 3) ": room \"" from "\" is not in the law"
                bad = 1
                next
            }
            target = $0
            if (target !~ /include[[:space:]]*"/)
                next
            sub(/^.*include[[:space:]]*"/, "", target)
            sub(/".*$/, "", target)
            if (target !~ /\//) {
                print "lib/" substr(field[1], 3) ":" field[2] ": \"" target "\" has no room in its path"
                bad = 1
                next
            }
            to = target
            sub(/\/.*$/, "", to)
            if (to == "rqa")
                next
            if (!((from, to) in may)) {
                print "lib/" substr(field[1], 3) ":" field[2] ": " from " may not include " target
                bad = 1
            }
        }
        END { exit bad }'
}

# Lines "FILE T symbol" and "FILE U symbol" of those object files, FILE being room/name.
list_symbols() {
    tr '\n' '\0' <"$1" | xargs -0 nm -A | awk '{
        file = $0
        sub(/:.*/, "", file)
        sub(/.*\.dir\//, "", file)
        sub(/^\.\//, "", file)
        sub(/\.c\.o(bj)?$/, "", file)
        if ($2 == "U")
            print file, "U", $3
        else if ($2 ~ /^[TDBRVWCS]$/)
            print file, "T", $3
    }'
}

check_calls() {
    awk -v allowed="$allowed" '
        function room(file) {
            sub(/\/.*/, "", file)
            return file
        }
        BEGIN {
            n = split(allowed, line, "\n")
            for (k = 1; k <= n; k++) {
                if (split(line[k], part, ":") < 2)
                    continue
                may[part[1], part[1]] = 1
                m = split(part[2], to, " ")
                for (j = 1; j <= m; j++)
                    may[part[1], to[j]] = 1
            }
        }
        $2 == "T" { home[$3] = $1 }
        $2 == "U" { from[++n_uses] = $1; used[n_uses] = $3 }
        END {
            for (k = 1; k <= n_uses; k++) {
                a = from[k]
                b = home[used[k]]
                if (b == "" || a == b)
                    continue
                if (!((room(a), room(b)) in may)) {
                    print a " may not call " used[k] " in " b
                    bad = 1
                } else if (room(a) == room(b) && !((a, b) in calls)) {
                    calls[a, b] = 1
                    node[a] = node[b] = 1
                }
            }
            # What calls nothing that is left, or is called by nothing, is in no circle.
            do {
                shrunk = 0
                for (a in node) {
                    out = in_ = 0
                    for (b in node) {
                        out += (a, b) in calls
                        in_ += (b, a) in calls
                    }
                    if (!out || !in_) {
                        delete node[a]
                        shrunk = 1
                    }
                }
            } while (shrunk)
            for (a in node) {
                for (b in node)
                    if ((a, b) in calls)
                        print a " is in a circle: it calls " b
                bad = 1
            }
            exit bad
        }'
}

check_names() {
    twice=$(cd "$1" && find lib include cuda examples tests -name '*.[ch]' -o -name '*.cpp' -o \
        -name '*.cu' -o -name '*.py' -o -name '*.sh' 2>/dev/null | grep -v '^tests/gpu/run\.sh$\|/__init__\.py$' |
        sed 's|.*/||' | sort | uniq -d)
    if [ -n "$twice" ]; then
        echo "file names that occur twice:" $twice
        return 1
    fi
}

# Standard header: the names for which it must be there, in the file or in a header of ours that it
# includes.
standard='
array: array
cmath: sin|cos|sqrt|fabs
cstddef: size_t
cstdint: u?int[0-9]+_t
cstdio: printf|fprintf
deque: deque
functional: function
map: map
memory: unique_ptr|shared_ptr|make_unique|make_shared
mutex: mutex|lock_guard
stdexcept: runtime_error
string: string|to_string
thread: thread
tuple: tuple|apply
vector: vector
'

check_standard() {
    (
        cd "$1"
        bad=0
        for file in $(find examples tests cuda \( -name '*.cpp' -o -name '*.cu' \) 2>/dev/null | sort); do
            own=$(sed -n 's/^#include "\(.*\)"/\1/p' "$file" | while read -r header; do
                find examples tests cuda include -path "*/$header" 2>/dev/null
            done)
            # shellcheck disable=SC2086 # $own is a list
            awk -v standard="$standard" -v file="$file" '
            /^#include </ { gsub(/^#include <|>.*/, ""); there[$0] = 1; next }
            FILENAME == file { text = text "\n " $0 }
            END {
                n = split(standard, line, "\n")
                for (k = 1; k <= n; k++) {
                    if (split(line[k], part, ": ") < 2 || part[1] in there)
                        continue
                    if (text ~ "[^[:alnum:]_]std::(" part[2] ")[^[:alnum:]_]") {
                        print file ": std::(" part[2] ") without <" part[1] ">"
                        bad = 1
                    }
                }
                exit bad
            }' "$file" $own || bad=1
        done
        exit $bad
    )
}

planted=$(mktemp -d)
trap 'rm -rf "$planted"' EXIT
mkdir -p "$planted/lib/base" "$planted/lib/kernels/ref" "$planted/lib/api" "$planted/tests"
echo '#include "rqa/status.h"' >"$planted/lib/api/good.c"
echo '#include "base/low.h"' >>"$planted/lib/api/good.c"
check_includes "$planted" || { echo "self-test: a downward include was refused" >&2; exit 1; }
check_names "$planted" || { echo "self-test: single names were refused" >&2; exit 1; }
echo '#  include "plan/task.h"' >"$planted/lib/kernels/ref/bad.c"
if check_includes "$planted" >/dev/null; then
    echo "self-test: kernels -> plan was not caught" >&2
    exit 1
fi
echo '#include "cpu/level.h"' >"$planted/lib/base/bad.h"
rm "$planted/lib/kernels/ref/bad.c"
if check_includes "$planted" >/dev/null; then
    echo "self-test: base -> cpu was not caught" >&2
    exit 1
fi
plant_calls() {
    printf '%s\n' "$@" | check_calls
}
plant_calls 'api/a U low' 'base/low T low' 'base/low U lower' 'base/lower T lower' ||
    { echo "self-test: a downward call was refused" >&2; exit 1; }
if plant_calls 'base/low U high' 'api/a T high' >/dev/null; then
    echo "self-test: base calls api was not caught" >&2
    exit 1
fi
if plant_calls 'base/a U b' 'base/b T b' 'base/b U c' 'base/c T c' 'base/c U a' 'base/a T a' >/dev/null
then
    echo "self-test: a circle of three files was not caught" >&2
    exit 1
fi
cp "$planted/lib/api/good.c" "$planted/tests/good.c"
if check_names "$planted" >/dev/null; then
    echo "self-test: a name that occurs twice was not caught" >&2
    exit 1
fi
rm "$planted/tests/good.c"
printf '#include <cstdio>\nint main() { std::printf("%%d", (int)std::uint32_t(1)); }\n' \
    >"$planted/tests/bad.cpp"
if check_standard "$planted" >/dev/null; then
    echo "self-test: std::uint32_t without <cstdint> was not caught" >&2
    exit 1
fi

check_includes "$root"
check_names "$root"
check_standard "$root"
if [ -n "$objects" ]; then
    list_symbols "$objects" >"$planted/symbols"
    [ "$(wc -l <"$planted/symbols")" -gt 1000 ] || { echo "no symbols in $objects" >&2; exit 1; }
    check_calls <"$planted/symbols"
    echo "calls point downwards, without circles"
fi
echo "includes point downwards, file names are unique, standard headers are named"
