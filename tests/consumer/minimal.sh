#!/bin/sh
# minimal.sh SOURCE PREFIX WORK - builds librqa without stores and PNG pictures, installs it into WORK,
# and links the README's program with it: shared and static, by pkg-config and by CMake. It must need
# the C library alone, export what the whole one does, and refuse what it lacks; without one part of
# the two the tests are there, too. Tells the sizes beside those of the whole one in PREFIX.
set -eu
source=$1 whole=$2 work=$3
expected='recurrence rate 0.3091, determinism 0.4118'
README_PROGRAM=$source/examples/first_analysis.c
export README_PROGRAM
unset LD_LIBRARY_PATH
rm -rf "$work"
mkdir -p "$work"

fail() {
    echo "minimal.sh: $*" >&2
    exit 1
}

# logged COMMAND...: its output is shown if it fails.
logged() {
    "$@" >"$work/log" 2>&1 || {
        tail -n 40 "$work/log" >&2
        fail "$* failed"
    }
}

# needs FILE: the libraries that it names, on a line.
needs() {
    readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort | tr '\n' ' '
}

# only FILE [LIBRARY...]: it needs these, and what every C program has.
only() {
    file=$1
    shift
    for needed in $(needs "$file"); do
        case " $* libc.so.6 libm.so.6 libpthread.so.0 libdl.so.2 ld-linux-x86-64.so.2 " in
        *" $needed "*) ;;
        *) fail "$file needs $needed" ;;
        esac
    done
}

logged cmake -S "$source" -B "$work/build" -DCMAKE_BUILD_TYPE=Release -DRQA_STORE=OFF -DRQA_PNG=OFF \
    -DRQA_BUILD_PROGRAM=OFF -DRQA_BUILD_TESTS=ON -DRQA_BUILD_EXAMPLES=OFF -DRQA_CUDA=OFF \
    -DRQA_WERROR=ON "-DCMAKE_INSTALL_PREFIX=$work/prefix" -DCMAKE_INSTALL_LIBDIR=lib \
    -DCMAKE_DISABLE_FIND_PACKAGE_PNG=ON -DCMAKE_DISABLE_FIND_PACKAGE_SQLite3=ON
logged cmake --build "$work/build" -j 2 --target rqa rqa_static test_minimal
logged cmake --install "$work/build"
only "$work/prefix/lib/librqa.so"
logged "$work/build/tests/test_minimal"
logged sh "$source/tests/law/symbols.sh" "$work/prefix/lib/librqa.so" "$source/tests/abi/symbols.txt"
for part in STORE PNG; do
    logged cmake -S "$source" -B "$work/without_$part" "-DRQA_$part=OFF" -DRQA_BUILD_TESTS=ON -DRQA_CUDA=OFF
done

logged cmake -S "$source/tests/consumer/static" -B "$work/cmake" "-DCMAKE_PREFIX_PATH=$work/prefix" \
    -DCMAKE_DISABLE_FIND_PACKAGE_PNG=ON -DCMAKE_DISABLE_FIND_PACKAGE_SQLite3=ON
logged cmake --build "$work/cmake"
mkdir "$work/make"
PKG_CONFIG_PATH=$work/prefix/lib/pkgconfig
export PKG_CONFIG_PATH
! pkg-config --print-requires-private rqa | grep . || fail "rqa.pc asks for more"
logged make -s -C "$source/tests/consumer/pkg_config" "OUT=$work/make"
for program in cmake/consumer make/static; do
    [ "$("$work/$program")" = "$expected" ] || fail "$program printed something else"
    only "$work/$program"
done
[ "$(LD_LIBRARY_PATH=$work/prefix/lib "$work/make/shared")" = "$expected" ] || fail "make/shared"
only "$work/make/shared" librqa.so.0

# Linked for good: no shared library at all.
logged cc -static -o "$work/alone" "$README_PROGRAM" $(pkg-config --cflags --libs --static rqa)
[ "$("$work/alone")" = "$expected" ] || fail "the program without shared libraries"

# size FILE: bytes without symbols.
size() {
    strip -o "$work/stripped" "$1"
    wc -c <"$work/stripped"
}
before=$(size "$(find "$whole" -name 'librqa.so' | head -n 1)")
after=$(size "$work/prefix/lib/librqa.so")
[ "$after" -lt "$before" ] || fail "$after bytes are not less than $before"
echo "librqa.so: $before bytes, without stores and PNG $after; README's program, static: $(size "$work/alone")"
echo "minimal: ok"
