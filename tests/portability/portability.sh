#!/bin/sh
# portability.sh - builds librqa for other machines and runs reduced suites there.
#
# Usage: portability.sh TARGET|all [NATIVE-BUILD-FOLDER]
#
#   i386     32 bits, run by this processor
#   aarch64  64-bit Arm, NEON kernels, under qemu-user
#   s390x    big-endian, under qemu-user; stores go to and fro between it and this machine
#   windows  64-bit Windows by MinGW-w64, under Wine: windows.sh
#   macos    what has Darwin's own calls is parsed by clang, nothing is built
#   musl     another C library: everything compiles; what needs neither libpng nor SQLite is linked
#            statically and run
#   compilers  this machine, by every gcc from 12 and clang from 14 that is installed: library, program, one
#            example and three suites, which is what two processors build in minutes, give no warning; the suites
#            and rqa verify pass; the headers serve callers in C++11 to C++23; on request alone
#   trixie   the same within a Debian 13 that debootstrap makes (root; downloads), for its gcc 13 and
#            14 and clang 17 to 19; on request alone
#
# Cross compilers come from Debian or Ubuntu packages (installed when this runs as root); libraries
# of the other machine are unpacked into the build folder and never installed. Exit status 77: the
# tools cannot be had here.
#
# Without RQA_PORTABILITY=full i386, aarch64 and windows run in short form, a few suites with few draws,
# and the other two are skipped.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$root/build-portability
jobs=$(nproc)
target=${1:-all}
native=${2:-}
export LC_ALL=C CK_DEFAULT_TIMEOUT=600
draws=20
full=
if [ "${RQA_PORTABILITY:-}" = full ]; then
    full=1 draws=200
fi
export RQA_TEST_DRAWS="$draws"

skip() {
    echo "skipped: $*"
    exit 77
}

# want TOOL PACKAGE...: the packages, if the tool is missing and they can be installed.
want() {
    tool=$1
    shift
    command -v "$tool" >/dev/null && return 0
    command -v apt-get >/dev/null || skip "$tool is missing, and there is no apt-get"
    [ "$(id -u)" = 0 ] || skip "$tool is missing; as root: apt-get install $*"
    (. "$root/examples/support/packages.sh" && need "$@") || skip "cannot install $*"
    command -v "$tool" >/dev/null || skip "$* did not bring $tool"
}

# sysroot ARCHITECTURE: sets sysroot, a folder with that machine's libraries. apt works on lists
# and a status of its own, so the packages of this machine stay as they are.
sysroot() {
    arch=$1
    sysroot=$work/sysroot-$arch
    [ ! -f "$sysroot/complete" ] || return 0
    command -v apt-get >/dev/null || skip "libraries for $arch come from apt-get"
    apt=$sysroot/apt
    mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$sysroot/packages"
    : >"$apt/status"
    set -- -qq -o "APT::Architecture=$arch" -o "APT::Architectures=$arch" \
        -o "Dir::State::lists=$apt/lists" -o "Dir::State::status=$apt/status" \
        -o "Dir::Cache=$apt" -o "Dir::Cache::archives=$apt/archives" \
        -o "APT::Sandbox::User=$(id -un)" -o Acquire::Languages=none -o Acquire::Retries=3
    apt-get "$@" update >"$apt/log" 2>&1 || true # a list that fails may not be needed
    # Debian 13 and Ubuntu 24.04 renamed it, with the size of time_t.
    png=libpng16-16t64
    apt-cache "$@" show "$png" >/dev/null 2>&1 || png=libpng16-16
    (cd "$sysroot/packages" && rm -f ./*.deb && apt-get "$@" download libpng-dev "$png" \
        zlib1g-dev zlib1g libsqlite3-dev libsqlite3-0 libxxhash-dev check libsubunit-dev \
        libsubunit0 >>"$apt/log" 2>&1) || {
        tail -n 5 "$apt/log"
        skip "cannot download the libraries for $arch"
    }
    for package in "$sysroot"/packages/*.deb; do
        dpkg-deb -x "$package" "$sysroot"
    done
    rm -rf "$apt"
    touch "$sysroot/complete"
}

# configure NAME TRIPLET PROCESSOR COMPILER-PREFIX LINKER-FLAGS [CMAKE-ARGUMENT ...]: sets build.
configure() {
    build=$work/$1 triplet=$2 processor=$3 prefix=$4 flags=$5
    shift 5
    libraries=$sysroot/lib/$triplet:$sysroot/usr/lib/$triplet
    flags="$flags -Wl,-rpath,$libraries -Wl,-rpath-link,$libraries -Wl,--disable-new-dtags"
    PKG_CONFIG_LIBDIR=$sysroot/usr/lib/$triplet/pkgconfig PKG_CONFIG_SYSROOT_DIR=$sysroot \
        cmake -S "$root" -B "$build" -DRQA_WERROR=ON -DRQA_CUDA=OFF \
        -DRQA_BUILD_DOCS=OFF -DRQA_BUILD_BENCH=OFF -DCMAKE_SYSTEM_NAME=Linux \
        "-DCMAKE_SYSTEM_PROCESSOR=$processor" \
        "-DCMAKE_C_COMPILER=$prefix-gcc" -DCMAKE_CXX_COMPILER=NOTFOUND \
        "-DCMAKE_LIBRARY_ARCHITECTURE=$triplet" "-DCMAKE_C_LIBRARY_ARCHITECTURE=$triplet" \
        "-DCMAKE_FIND_ROOT_PATH=$sysroot" -DCMAKE_FIND_ROOT_PATH_MODE_PROGRAM=NEVER \
        -DCMAKE_FIND_ROOT_PATH_MODE_LIBRARY=ONLY -DCMAKE_FIND_ROOT_PATH_MODE_INCLUDE=ONLY \
        "-DCMAKE_EXE_LINKER_FLAGS=$flags" "-DCMAKE_SHARED_LINKER_FLAGS=$flags" "$@" \
        >"$build.log" 2>&1 || {
        tail -n 30 "$build.log"
        exit 1
    }
}

# make_targets [TARGET ...]: in the configured folder; all without one.
make_targets() {
    cmake --build "$build" -j "$jobs" ${1:+--target} "$@" >"$build.log" 2>&1 || {
        grep -E -A4 '(error|warning):' "$build.log" || tail -n 30 "$build.log"
        exit 1
    }
}

# make_suites SUITES TARGET...: the programs of these suites, and more targets.
make_suites() {
    suite_targets=
    for suite in $1; do
        suite_targets="$suite_targets test_$suite"
    done
    shift
    # shellcheck disable=SC2086
    make_targets "$@" $suite_targets
}

# check NAME COMMAND...: one line for a suite that passes, its output for one that fails.
check() {
    name=$1 begun=$(date +%s)
    shift
    if "$@" >"$work/output-$target" 2>&1; then
        echo "passed in $(($(date +%s) - begun)) s: $name"
    else
        cat "$work/output-$target"
        echo "FAILED: $*"
        exit 1
    fi
}

# check_suites EMULATOR SUITE[:CASE]...: the emulator is a command, or empty.
check_suites() {
    emulator=$1
    shift
    for suite in "$@"; do
        case $suite in
        *:*) export CK_RUN_CASE="${suite#*:}" ;;
        *) unset CK_RUN_CASE ;;
        esac
        # shellcheck disable=SC2086
        check "test_${suite%%:*}" $emulator "$build/tests/test_${suite%%:*}"
        grep -q '^100%: Checks: [1-9]' "$work/output-$target"
    done
    unset CK_RUN_CASE
}

i386() {
    want i686-linux-gnu-gcc gcc-i686-linux-gnu libc6-dev-i386-cross
    sysroot i386
    libc=/usr/i686-linux-gnu/lib
    configure i386 i386-linux-gnu i686 i686-linux-gnu \
        "-Wl,--dynamic-linker=$libc/ld-linux.so.2 -Wl,-rpath,$libc"
    suites="kernels_bits oracles closed_forms layout store readers fp_env range"
    if [ "$full" ]; then
        make_targets
        suites="data png kernels_bits kernels_sweep engine_bits engine_sweep oracles closed_forms
            brute brute_batch algebra layout errors resources alloc batch batch_control store
            readers fp_env range"
    else
        make_suites "$suites" first_analysis rqa_program
    fi
    check_arithmetic i686-linux-gnu-gcc
    "$build/examples/first_analysis" >/dev/null 2>&1 || skip "this kernel runs no 32-bit programs"
    # shellcheck disable=SC2086
    check_suites "" $suites
    [ "$full" ] || return 0
    check cli python3 "$root/tests/program/test_cli.py" "$build/examples/rqa/rqa" ""
}

# The check at compile time must refuse x87 arithmetic.
check_arithmetic() {
    if "$1" -std=c11 -mno-sse -mfpmath=387 -c "$root/lib/base/arithmetic.c" -o /dev/null \
        2>"$work/output-$target"; then
        echo "FAILED: arithmetic.c compiles for x87"
        exit 1
    fi
    grep -q 'msse2' "$work/output-$target"
}

aarch64() {
    want aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu libc6-dev-arm64-cross
    want qemu-aarch64 qemu-user
    sysroot arm64
    configure aarch64 aarch64-linux-gnu aarch64 aarch64-linux-gnu "" -DRQA_BUILD_PROGRAM=OFF \
        -DRQA_BUILD_EXAMPLES=OFF
    emulator="qemu-aarch64 -L /usr/aarch64-linux-gnu"
    if [ ! "$full" ]; then
        suites="kernels_bits kernels_sweep oracles layout fp_env range"
        make_suites "$suites" store_exchange
        # shellcheck disable=SC2086
        check_suites "$emulator" $suites
        exchange "$emulator"
        return 0
    fi
    make_targets
    # The cases "large" of the engines take minutes in emulation.
    check_suites "$emulator" kernels_bits kernels_sweep engine_bits:engine_bits engine_sweep oracles \
        closed_forms brute brute_batch data layout fp_env range
    RQA_CPU=ref check_suites "$emulator" oracles closed_forms
    exchange "$emulator"
    check_suites "$emulator" png algebra errors resources alloc batch batch_control store
}

s390x() {
    [ "$full" ] || skip "RQA_PORTABILITY=full runs s390x"
    want s390x-linux-gnu-gcc gcc-s390x-linux-gnu libc6-dev-s390x-cross
    want qemu-s390x qemu-user
    sysroot s390x
    configure s390x s390x-linux-gnu s390x s390x-linux-gnu "" -DRQA_BUILD_EXAMPLES=OFF
    emulator="qemu-s390x -L /usr/s390x-linux-gnu"
    make_targets
    check_suites "$emulator" readers data png oracles closed_forms kernels_bits brute layout \
        fp_env range
    exchange "$emulator"
    check_suites "$emulator" kernels_sweep engine_bits:engine_bits engine_sweep brute_batch \
        algebra errors resources alloc batch batch_control store
}

# build_native TARGET...: for this machine, unless its build was given.
build_native() {
    [ "$native" = "$work/native" ] || [ -z "$native" ] || return 0
    native=$work/native
    (
        build=$native
        cmake -S "$root" -B "$build" -DRQA_BUILD_DOCS=OFF -DRQA_CUDA=OFF >"$build.log" 2>&1
        make_targets "$@"
    )
}

# exchange EMULATOR: each machine computes a store that the other finds complete and reads alike.
exchange() {
    build_native store_exchange
    rm -f "$build"/here.sqlite* "$build"/there.sqlite* "$build"/*.rows
    here=$native/tests/store_exchange there="$1 $build/tests/store_exchange"
    "$here" "$build/here.sqlite" >"$build/here.rows"
    $there "$build/there.sqlite" >"$build/there.rows"
    cmp "$build/here.rows" "$build/there.rows"
    grep -q '^done 108 skipped 0 failed 0$' "$build/here.rows"
    sed '1s/.*/done 0 skipped 108 failed 0/' "$build/here.rows" >"$build/expected.rows"
    $there "$build/here.sqlite" | cmp - "$build/expected.rows"
    "$here" "$build/there.sqlite" | cmp - "$build/expected.rows"
    echo "passed: stores of both machines, read and continued by the other"
}

musl() {
    [ "$full" ] || skip "RQA_PORTABILITY=full compiles for musl"
    want musl-gcc musl-tools
    mkdir -p "$work/musl/include"
    # Headers of libraries that musl has no packages of; they describe the same interfaces.
    for header in $(pkg-config --variable=includedir libpng)/png*.h /usr/include/xx*.h \
        /usr/include/zlib.h /usr/include/*/zconf.h /usr/include/zconf.h /usr/include/sqlite3.h; do
        [ ! -f "$header" ] || cp "$header" "$work/musl/include/"
    done
    rm -f "$work"/musl/*.o
    set -- -std=c11 -O2 -Wall -Wextra -Wconversion -Wshadow -Werror -ffp-contract=off \
        -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 "-I$root/include" "-I$root/lib" \
        -isystem "$work/musl/include"
    find "$root/lib" "$root/examples/rqa" -name '*.c' ! -path '*/arm/*' ! -name '*_windows.c' >"$work/musl/sources"
    while read -r source; do
        case $source in
        */examples/*) extra=-D_XOPEN_SOURCE=700 ;;
        *_avx2.c) extra="-mavx2 -mbmi -mbmi2 -mpopcnt -Wno-sign-conversion" ;;
        *_avx512.c) extra="-mavx2 -mavx512f -mavx512bw -mavx512dq -mavx512vl -mbmi -mbmi2 -mpopcnt
            -Wno-sign-conversion" ;;
        *) extra= ;;
        esac
        # shellcheck disable=SC2086
        musl-gcc "$@" $extra -c "$source" -o "$work/musl/$(basename "$source" .c).o"
    done <"$work/musl/sources"
    echo "passed: $(wc -l <"$work/musl/sources") files compile"
    # An archive: objects that need libpng or SQLite are left out where nothing asks for them.
    (cd "$work/musl" && rm -f librqa.a &&
        ar rcs librqa.a $(sed -n '/_off\.c$/d; s|.*/lib/.*/\(.*\)\.c$|\1.o|p' sources))
    build_native first_analysis cross_recurrence
    for example in first_analysis cross_recurrence; do
        musl-gcc "$@" -static "$root/examples/$example.c" "$work/musl/librqa.a" -lm \
            -o "$work/musl/$example"
        "$work/musl/$example" >"$work/output-$target"
        "$native/examples/$example" | cmp - "$work/output-$target"
        echo "passed: $example, linked statically, prints what it prints here"
    done
}

# callers CXX: what the headers are to a program in each C++, under its strictest warnings.
callers() {
    for standard in 11 17 20 23; do
        option=-std=c++$standard
        echo | "$1" "$option" -fsyntax-only -x c++ - 2>/dev/null || option=-std=c++2b
        for source in examples/cxx_caller.cpp tests/api/test_cxx.cpp; do
            "$1" "$option" -Wall -Wextra -Wconversion -pedantic -Werror -fsyntax-only "-I$root/include" \
                "$root/$source" || return 1
        done
    done
}

# try_compiler CC CXX
try_compiler() {
    build=$work/$1
    set -- "$1" "$2" -DRQA_WERROR=ON -DRQA_CUDA=OFF -DRQA_BUILD_DOCS=OFF -DRQA_BUILD_BENCH=OFF \
        -DRQA_BUILD_TESTS=ON -DCMAKE_BUILD_TYPE=Release "-DCMAKE_C_COMPILER=$1" \
        "-DCMAKE_CXX_COMPILER=$(command -v "$2" || echo NOTFOUND)"
    cc=$1 cxx=$2
    shift 2
    cmake -S "$root" -B "$build" "$@" >"$build.log" 2>&1 || {
        tail -n 30 "$build.log"
        exit 1
    }
    suites="kernels_bits kernels_sweep oracles" # vector code, and published numbers
    make_suites "$suites" rqa rqa_program first_analysis
    for suite in $suites; do
        check "$cc: test_$suite" "$build/tests/test_$suite"
    done
    check "$cc: first_analysis" "$build/examples/first_analysis"
    check "$cc: rqa verify" "$build/examples/rqa/rqa" verify
    if command -v "$cxx" >/dev/null; then
        check "$cxx: callers in C++11, 17, 20, 23" callers "$cxx"
    else
        echo "left out: there is no $cxx"
    fi
}

compilers() {
    mkdir -p "$work"
    tried=
    for cc in gcc-12 gcc-13 gcc-14 clang-14 clang-15 clang-16 clang-17 clang-18 clang-19; do
        if command -v "$cc" >/dev/null; then
            try_compiler "$cc" "$(echo "$cc" | sed 's/gcc/g++/; s/clang/clang++/')"
            tried=1
        else
            echo "left out: there is no $cc"
        fi
    done
    [ "$tried" ] || skip "no gcc from 12 or clang from 14 under its number"
}

trixie() {
    [ "$(id -u)" = 0 ] || skip "a Debian 13 beside this one needs root"
    want debootstrap debootstrap
    other=$work/trixie
    [ -f "$other/complete" ] || {
        rm -rf "$other"
        debootstrap --variant=minbase --include=gcc-13,g++-13,gcc-14,g++-14,clang-17,clang-18,clang-19,\
libc6-dev,make,cmake,pkg-config,check,libpng-dev,libsqlite3-dev,libxxhash-dev,zlib1g-dev trixie "$other" \
            >"$work/trixie.log" 2>&1 || skip "debootstrap cannot make a Debian 13: $(tail -n 1 "$work/trixie.log")"
        touch "$other/complete"
    }
    rm -rf "$other/tree"
    mkdir "$other/tree"
    (cd "$root" && tar -cf - --exclude=./build* --exclude=./.git .) | tar -xf - -C "$other/tree"
    chroot "$other" sh /tree/tests/portability/portability.sh compilers
}

# This machine's headers stand for Darwin's, without what Darwin has not (tests/portability/macos). No kernel is
# parsed: their headers need the rest of Apple's.
macos() {
    want clang clang
    for machine in x86_64 arm64; do
        assumed= # glibc's headers want to know how wide this machine is
        [ $machine = x86_64 ] || assumed=-D__x86_64__
        for source in "$root"/lib/base/*_posix.c "$root/examples/rqa/cli_system_posix.c"; do
            # shellcheck disable=SC2086
            clang "--target=$machine-apple-macos11" -fsyntax-only -std=c11 -Wall -Wextra -Werror \
                -Wno-macro-redefined -U__nonnull -D_DARWIN_C_SOURCE -D_GNU_SOURCE $assumed \
                "-I$root/tests/portability/macos" -isystem /usr/include -isystem /usr/include/x86_64-linux-gnu \
                "-I$root/include" "-I$root/lib" "-I$root/examples/rqa" "$source"
        done
    done
    echo "passed: the files of Darwin's system are parsed for both of its processors; nothing was run"
}

case $target in
i386 | aarch64 | s390x | musl | macos | compilers | trixie) "$target" ;;
windows) exec sh "$root/tests/portability/windows.sh" "$native" ;;
all)
    for each in i386 aarch64 s390x musl windows macos; do
        echo "== $each"
        status=0
        sh "$0" "$each" "$native" || status=$?
        [ "$status" = 0 ] || [ "$status" = 77 ] || exit "$status"
    done
    ;;
*)
    echo "portability.sh: target $target; i386, aarch64, s390x, musl, windows, macos, compilers, trixie and all are known" >&2
    exit 2
    ;;
esac
