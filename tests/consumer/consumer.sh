#!/bin/sh
# consumer.sh NAME SOURCE PREFIX WORK - builds the project in the folder NAME against the library
# installed in PREFIX (or, for those that build it themselves, against SOURCE) and runs it: it must
# print what the README promises.
set -eu
name=$1 source=$2 prefix=$3 work=$4/$1
project=$source/tests/consumer/$name
expected='recurrence rate 0.3091, determinism 0.4118'
README_PROGRAM=$source/examples/first_analysis.c
libdir=$(dirname "$(dirname "$(find "$prefix" -name rqa.pc)")")
export README_PROGRAM
unset LD_LIBRARY_PATH
rm -rf "$work"
mkdir -p "$work"
fail() {
    echo "consumer.sh $name: $*" >&2
    exit 1
}

# check COMMAND...: runs it; prints the README's line and nothing else.
check() {
    got=$("$@") || fail "$* failed"
    [ "$got" = "$expected" ] || fail "printed '$got'"
}

by_cmake() {
    {
        cmake -S "$project" -B "$work" "$@" && cmake --build "$work" -j 2
    } >"$work/log" 2>&1 || {
        cat "$work/log" >&2
        fail "does not build"
    }
    ! grep -i 'warning' "$work/log" >&2 || fail "builds with warnings"
}

by_make() {
    PKG_CONFIG_PATH=$libdir/pkgconfig make -s -C "$project" OUT="$work" || fail "does not build"
}

loads_librqa() { ldd "$1" | grep -q librqa; }

case $name in
find_package)
    # SameMajorVersion: 0.0 and 0.1 are served by 0.1; a later minor or another major is not.
    version=$("$prefix/bin/rqa" version | awk 'NR == 1 { print $2 }')
    major=${version%%.*} minor=${version#*.}
    minor=${minor%%.*}
    for refused in "$major.$((minor + 1))" "$((major + 1)).0"; do
        ! cmake -S "$project" -B "$work/refused" -DCMAKE_PREFIX_PATH="$prefix" \
            -DWANTED="$refused" >"$work/refusal" 2>&1 || fail "version $refused was found"
        grep -q 'considered but not accepted' "$work/refusal" || fail "$(cat "$work/refusal")"
        rm -r "$work/refused"
    done
    by_cmake -DCMAKE_PREFIX_PATH="$prefix" -DWANTED="$major.0"
    check "$work/consumer"
    loads_librqa "$work/consumer" || fail "is not linked with the shared library"
    ;;
static)
    by_cmake -DCMAKE_PREFIX_PATH="$prefix"
    check "$work/consumer"
    ! loads_librqa "$work/consumer" || fail "needs the shared library"
    ;;
cxx17)
    by_cmake -DCMAKE_PREFIX_PATH="$prefix"
    check "$work/consumer"
    ;;
add_subdirectory | fetch_content)
    # Without optimisation: what is tested is how the build behaves inside another.
    by_cmake -DRQA_SOURCE="$source" -DCMAKE_BUILD_TYPE=Debug
    check "$work/consumer"
    ;;
pkg_config)
    version=$("$prefix/bin/rqa" version | awk 'NR == 1 { print $2 }')
    [ "$(PKG_CONFIG_PATH=$libdir/pkgconfig pkg-config --modversion rqa)" = "${version%-dev}" ] ||
        fail "another version"
    by_make
    check env LD_LIBRARY_PATH="$libdir" "$work/shared"
    check "$work/static"
    ! loads_librqa "$work/static" || fail "the static program needs the shared library"
    ;;
dlopen)
    by_make
    check "$work/consumer" "$libdir/librqa.so"
    ! loads_librqa "$work/consumer" || fail "is linked with the library"
    ;;
ctypes)
    check python3 "$project/ctypes_consumer.py" "$source/examples" "$libdir/librqa.so"
    ;;
cffi)
    python3 -c 'import cffi' 2>/dev/null || {
        echo "skipped: Python has no cffi (Debian: python3-cffi)"
        exit 77
    }
    check python3 "$project/cffi_consumer.py" "$prefix/include" "$libdir/librqa.so"
    ;;
*)
    fail "no such consumer"
    ;;
esac
echo "$name: ok"
