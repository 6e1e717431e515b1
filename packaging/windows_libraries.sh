#!/bin/sh
# windows_libraries.sh FOLDER - the libraries that librqa and its tests link, for 64-bit Windows: zlib as
# Debian has it for MinGW-w64; SQLite, libpng and Check made from Debian's source packages; xxhash.h.
#
# They are static and go into FOLDER/{include,lib}, once: FOLDER/complete says that they are there.
# Exit status 77, with the reason: they cannot be had here.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
work=$folder/work
machine=x86_64-w64-mingw32
[ ! -f "$folder/complete" ] || exit 0

skip() {
    echo "skipped: $*"
    exit 77
}

step() {
    "$@" >>"$folder/log" 2>&1 || {
        tail -n 20 "$folder/log"
        echo "windows_libraries.sh: failed: $*"
        exit 1
    }
}

command -v apt-get >/dev/null || skip "the libraries for Windows are made from Debian's source packages"
(. "$root/examples/support/packages.sh" && need gcc-mingw-w64-x86-64-win32 g++-mingw-w64-x86-64-win32 \
    libz-mingw-w64-dev libxxhash-dev cmake ninja-build make tcl xz-utils) || skip "packages cannot be had"
rm -rf "$work"
mkdir -p "$work/lists/partial" "$folder/include" "$folder/lib"
: >"$folder/log"

# A list of sources of its own, so that the system's stays as it is.
sources() {
    for list in /etc/apt/sources.list.d/*.sources; do
        [ ! -f "$list" ] || ! grep -qi 'debian\|ubuntu' "$list" || {
            sed 's/^Types:.*/Types: deb-src/' "$list"
            echo
        } >>"$work/src.sources"
    done
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ ! -f "$list" ] || sed -n 's/^deb /deb-src /p' "$list" >>"$work/src.list"
    done
}

sources
touch "$work/src.list"
mkdir -p "$work/parts"
[ ! -f "$work/src.sources" ] || cp "$work/src.sources" "$work/parts/"
set -- -qq -o "Dir::State::lists=$work/lists" -o "Dir::Etc::sourcelist=$work/src.list" \
    -o "Dir::Etc::sourceparts=$work/parts" -o "APT::Sandbox::User=$(id -un)" -o Acquire::Retries=3
(
    cd "$work"
    apt-get "$@" update >>"$folder/log" 2>&1 || true # a list that fails may not be needed
    # Debian's own changes are not needed, and an old list may name some that are gone.
    apt-get "$@" source --download-only sqlite3 libpng1.6 check >>"$folder/log" 2>&1 || true
)
for name in sqlite3 libpng1.6 check; do
    ls "$work/$name"_*.orig.tar.[gx]z >/dev/null 2>&1 || skip "the source package of $name cannot be had"
done

# unpack NAME: into work/NAME.
unpack() {
    mkdir "$work/$1"
    step tar -xf "$work/$1"_*.orig.tar.[gx]z -C "$work/$1" --strip-components=1
}

# by_cmake NAME TARGET CMAKE-ARGUMENT...
by_cmake() {
    name=$1 built=$2
    shift 2
    step cmake -S "$work/$name" -B "$work/$name-build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
        "-DCMAKE_TOOLCHAIN_FILE=$root/packaging/windows_toolchain.cmake" \
        "-DRQA_WINDOWS_LIBRARIES=$folder" "-DCMAKE_INSTALL_PREFIX=$folder" "$@"
    step cmake --build "$work/$name-build" --target "$built"
}

for header in zlib.h zconf.h; do
    step cp "/usr/$machine/include/$header" "$folder/include/"
done
step cp "/usr/$machine/lib/libz.a" "$folder/lib/"
step cp /usr/include/xxhash.h "$folder/include/"

# The amalgamation, by SQLite's own makefile; it asks for no compiler of the target.
unpack sqlite3
(cd "$work/sqlite3" && step ./configure --disable-tcl && step make sqlite3.c)
step "$machine-gcc" -O2 -DSQLITE_THREADSAFE=1 -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_ENABLE_COLUMN_METADATA \
    -c "$work/sqlite3/sqlite3.c" -o "$work/sqlite3.o"
step "$machine-ar" rcs "$folder/lib/libsqlite3.a" "$work/sqlite3.o"
step cp "$work/sqlite3/sqlite3.h" "$folder/include/"

unpack libpng1.6
by_cmake libpng1.6 png_static -DPNG_SHARED=OFF -DPNG_TESTS=OFF
step cp "$work/libpng1.6/png.h" "$work/libpng1.6/pngconf.h" "$work/libpng1.6-build/pnglibconf.h" \
    "$folder/include/"
step cp "$work/libpng1.6-build/libpng16.a" "$folder/lib/libpng.a"

unpack check
by_cmake check check -DCHECK_ENABLE_TESTS=OFF -DCHECK_ENABLE_SUBUNIT=OFF -DBUILD_TESTING=OFF
find "$work/check-build" -name libcheck.a -exec cp {} "$folder/lib/" \;
find "$work/check-build" \( -name check.h -o -name check_stdint.h \) -exec cp {} "$folder/include/" \;
[ -f "$folder/include/check_stdint.h" ] || echo "#include <stdint.h>" >"$folder/include/check_stdint.h"
mkdir -p "$folder/lib/pkgconfig"
cat >"$folder/lib/pkgconfig/check.pc" <<END
prefix=$folder
Name: check
Description: unit tests
Version: $(sed -n 's/^#define CHECK_M[A-Z]*_VERSION *(\([0-9]*\))/\1/p' "$folder/include/check.h" | paste -sd.)
Libs: -L\${prefix}/lib -lcheck
Cflags: -I\${prefix}/include
END
[ -f "$folder/lib/libcheck.a" ] && [ -f "$folder/include/check.h" ]

# The licences of what is linked into the library and the program.
mkdir -p "$folder/licences"
step cp "$work/libpng1.6/LICENSE" "$folder/licences/libpng.txt"
sed -n '/Copyright (C)/,/jloup@gzip/p' "$folder/include/zlib.h" >"$folder/licences/zlib.txt"
sed -n '1,/\*\//p' /usr/include/xxhash.h >"$folder/licences/xxhash.txt"
echo "SQLite is in the public domain: https://www.sqlite.org/copyright.html" >"$folder/licences/SQLite.txt"

rm -rf "$work"
touch "$folder/complete"
