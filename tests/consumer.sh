#!/bin/sh
# consumer.sh - installs the library into an empty prefix, moves it, and builds a program against
# it by pkg-config, by find_package, and with the static library. Usage: consumer.sh BUILD SOURCE
set -eu
build=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
expected='recurrence rate 0.3091, determinism 0.4118'

cmake --install "$build" --prefix "$work/first" >/dev/null
mv "$work/first" "$work/moved" # relocatable
prefix=$work/moved
pc=$(dirname "$(find "$prefix" -name rqa.pc)")
libdir=$(dirname "$pc")

# check WHAT PROGRAM: its output must be the README's.
check() {
    got=$(LD_LIBRARY_PATH=$libdir "$2")
    [ "$got" = "$expected" ] || { echo "$1: '$got'" >&2; exit 1; }
    echo "$1: ok"
}

# shellcheck disable=SC2046
cc "$source/examples/first_analysis.c" -o "$work/by_pkg_config" \
    $(PKG_CONFIG_PATH=$pc pkg-config --cflags --libs rqa)
check pkg-config "$work/by_pkg_config"

# shellcheck disable=SC2046
cc "$source/examples/first_analysis.c" -o "$work/static" "$libdir/librqa.a" \
    $(PKG_CONFIG_PATH=$pc pkg-config --cflags rqa) $(pkg-config --libs libpng) -lm -pthread
check static "$work/static"

mkdir "$work/project"
cat >"$work/project/CMakeLists.txt" <<'EOF'
cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES C)
find_package(rqa 0.1 CONFIG REQUIRED)
add_executable(consumer ${SOURCE}/examples/first_analysis.c)
target_link_libraries(consumer PRIVATE rqa::rqa)
EOF
cmake -S "$work/project" -B "$work/project/build" -DCMAKE_PREFIX_PATH="$prefix" \
    -DSOURCE="$source" >/dev/null
cmake --build "$work/project/build" >/dev/null
check find_package "$work/project/build/consumer"

cat >"$work/project/CMakeLists.txt" <<'EOF'
cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES C)
add_subdirectory(${SOURCE} rqa)
add_executable(consumer ${SOURCE}/examples/first_analysis.c)
target_link_libraries(consumer PRIVATE rqa::rqa)
EOF
cmake -S "$work/project" -B "$work/project/sub" -DSOURCE="$source" >/dev/null
cmake --build "$work/project/sub" -j 2 >/dev/null
check add_subdirectory "$work/project/sub/consumer"
[ "$("$prefix"/bin/rqa version | head -n 1 | cut -d' ' -f1)" = rqa ] || exit 1
