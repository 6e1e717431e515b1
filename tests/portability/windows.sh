#!/bin/sh
# windows.sh [NATIVE-BUILD-FOLDER] - librqa for Windows: cross-built by MinGW-w64, run under Wine.
#
# The DLL's exports and what it needs; headers as MSVC's rules have them; suites; wide vectors on the
# stack; stores to and fro between it and this machine; a store whose writers are ended 50 times; the
# program from outside; the DLL as ctypes loads it. RQA_PORTABILITY=full: all suites and all tests of the
# program, half an hour; otherwise a short form, some minutes. RQA_PORTABILITY_FROM=SUITE: the full form from
# that suite on, in the order of their names.
#
# RQA_WINDOWS_LIBRARIES: where the libraries are, or are made (by default in the user's cache). Exit
# status 77: the tools cannot be had here.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$root/build-portability
build=$work/windows
native=${1:-}
machine=x86_64-w64-mingw32
full= draws=10 n_kills=10
if [ "${RQA_PORTABILITY:-}" = full ]; then
    full=1 draws=200 n_kills=50
fi
export LC_ALL=C.UTF-8 CK_FORK=no WINEDEBUG=-all WINEPREFIX="$work/wine"
export RQA_WINDOWS_LIBRARIES="${RQA_WINDOWS_LIBRARIES:-${XDG_CACHE_HOME:-$HOME/.cache}/rqa-windows}"
export RQA_TEST_DRAWS="$draws"
# shellcheck source=tests/portability/windows_suites.sh
. "$root/tests/portability/windows_suites.sh"

skip() {
    echo "skipped: $*"
    exit 77
}

tools() {
    if ! command -v wine >/dev/null || ! command -v $machine-gcc >/dev/null; then
        command -v apt-get >/dev/null || skip "Wine or MinGW-w64 is missing, and there is no apt-get"
        [ "$(id -u)" = 0 ] || skip "as root: apt-get install wine wine64 g++-mingw-w64-x86-64-win32"
        # shellcheck disable=SC1091
        (. "$root/examples/support/packages.sh" && need wine wine64 g++-mingw-w64-x86-64-win32) ||
            skip "cannot install Wine and MinGW-w64"
    fi
    sh "$root/packaging/windows_libraries.sh" "$RQA_WINDOWS_LIBRARIES" || {
        status=$?
        [ $status = 77 ] && exit 77
        fail "the libraries for Windows"
    }
    mkdir -p "$work"
    wine cmd /c exit >/dev/null 2>&1 || skip "Wine does not start here"
    # Wine's own processes stay until this script ends: they start with the first program, end after the last, and
    # keep open meanwhile what that one printed to.
    { tail -f /dev/null --pid=$$ | wine cmd; } >/dev/null 2>&1 &
}

# make_targets TARGET...
make_targets() {
    cmake --build "$build" --target "$@" >"$build.log" 2>&1 || {
        grep -E -A4 '(error|warning):' "$build.log" || tail -n 30 "$build.log"
        fail "$*"
    }
}

exports() {
    $machine-objdump -p "$build/bin/rqa.dll" |
        sed -n '/Ordinal\/Name Pointer. Table/,/^$/s/^.*\] *\(+base.*\] *[0-9a-f]* *\)*//p' |
        grep -v '^Table$' | sort >"$work/exported"
    sort "$root/tests/abi/symbols.txt" | diff - "$work/exported" || return 1
    for file in "$build"/bin/rqa.dll "$build"/bin/rqa.exe; do
        $machine-objdump -p "$file" | sed -n 's/.*DLL Name: //p' |
            grep -viE '^(kernel32|msvcrt|shell32|rqa)\.dll$' && return 1
    done
    # Every move of a wide vector takes any address; those of 16 bytes stay as they are.
    ! $machine-objdump -d --no-show-raw-insn "$build/bin/rqa.dll" |
        grep -E 'vmov(ap[sd]|dqa(32|64)?) +.*\(.*%[yz]mm|vmov(ap[sd]|dqa(32|64)?) +.*%[yz]mm.*\('
}

# Without GNU's extensions and in C++, by MinGW-w64; by clang as MSVC takes it.
headers() {
    for header in "$root"/include/rqa/*.h; do
        echo "#include <rqa/$(basename "$header")>"
    done >"$work/headers.c"
    echo 'typedef int not_empty;' >>"$work/headers.c"
    cp "$work/headers.c" "$work/headers.cpp"
    strict="-I$root/include -fsyntax-only -pedantic-errors -Wall -Wextra -Werror"
    # shellcheck disable=SC2086
    {
        $machine-gcc $strict -std=c99 "$work/headers.c" || return 1
        $machine-g++ $strict -std=c++11 "$work/headers.cpp" || return 1
        command -v clang >/dev/null || return 0
        msvc="--target=x86_64-pc-windows-msvc -ffreestanding -fms-extensions -fms-compatibility"
        clang $msvc $strict -std=c99 "$work/headers.c" || return 1
        clang $msvc $strict -x c++ -std=c++14 "$work/headers.cpp"
    }
}

# As compilers make them that know nothing of Win64's stack (Debian's does): with moves that want an
# address of 32 or 64 bytes test_spills must end, and with the assembler's unaligned ones pass.
aligned_moves() {
    strict="-O3 -std=c11 -ffp-contract=off"
    for moves in "" -Wa,-muse-unaligned-vector-move; do
        for source in spill_avx2 spill_avx512; do
            flags=-mavx2
            [ $source = spill_avx512 ] && flags="-mavx2 -mavx512f -mavx512bw -mavx512dq -mavx512vl"
            # shellcheck disable=SC2086
            $machine-gcc $strict $flags -S "$root/tests/kernels/$source.c" -o - |
                sed -E '/%[yz]mm/s/vmovup([sd])(.*\(%rsp\))/vmovap\1\2/' >"$work/$source.s" || return 1
            # shellcheck disable=SC2086
            $machine-gcc $moves -c "$work/$source.s" -o "$work/$source.o" || return 1
        done
        # shellcheck disable=SC2086
        $machine-gcc $strict -D__USE_MINGW_ANSI_STDIO=1 -DRQA_STATIC -include "$root/tests/portability/windows/shim.h" \
            "-I$root/tests/portability/windows" "-I$root/tests/support" "-I$RQA_WINDOWS_LIBRARIES/include" "-I$root/lib" "-I$root/include" \
            "$root/tests/kernels/test_spills.c" "$work/spill_avx2.o" "$work/spill_avx512.o" \
            "$build/tests/librqa_test_support.a" "$build/lib/librqa.a" "-L$RQA_WINDOWS_LIBRARIES/lib" \
            -lcheck -lpng -lz -lsqlite3 -l:libwinpthread.a -lm -o "$work/spills.exe" || return 1
        # Wine's debugger, where there is one, ends a program that crashed with 0.
        wine "$work/spills.exe" >"$work/output-spills" 2>&1 && ended=0 || ended=$?
        grep -q '^100%: Checks' "$work/output-spills" || ended=crashed
        if [ "$moves" ]; then
            [ "$ended" = 0 ] || return 1
        elif grep -q avx2 /proc/cpuinfo && [ "$ended" = 0 ]; then
            echo "moves that want an aligned address went unnoticed"
            return 1
        fi
    done
}

build_native() {
    [ -z "$native" ] || return 0
    native=$work/native
    cmake -S "$root" -B "$native" -DRQA_BUILD_DOCS=OFF -DRQA_CUDA=OFF >"$native.log" 2>&1 &&
        cmake --build "$native" -j "$(nproc)" --target store_exchange rqa_program >>"$native.log" 2>&1 || {
        tail -n 30 "$native.log"
        fail "the build for this machine"
    }
}

there() {
    (cd "$build/bin" && wine store_exchange.exe "$1") | tr -d '\r'
}

exchange() {
    here=$native/tests/store_exchange
    rm -f "$build"/*.sqlite* "$build"/bin/*.sqlite*
    "$here" "$build/bin/here.sqlite" >"$build/here.rows"
    there there.sqlite >"$build/there.rows"
    cmp "$build/here.rows" "$build/there.rows" || return 1
    grep -q '^done 108 skipped 0 failed 0$' "$build/here.rows" || return 1
    sed '1s/.*/done 0 skipped 108 failed 0/' "$build/here.rows" >"$build/expected.rows"
    there here.sqlite | cmp - "$build/expected.rows" || return 1
    "$here" "$build/bin/there.sqlite" | cmp - "$build/expected.rows"
}

# The same sweep here and there; there its process is ended again and again.
kills() {
    folder=$build/kills
    rm -rf "$folder"
    mkdir -p "$folder"
    awk 'BEGIN { for (s = 0; s < 6; s++) for (t = 0; t < 1500; t++)
        print int(50 * sin(t / (7 + s)) + (t * (s + 3) * 7919) % 23) / 8 >("'"$folder"'/r" s ".csv") }'
    grid="--dim 1:4 --delay 1:5 --threshold 0.5:6:0.5 --lmin 2,4 --threads 2"
    (
        cd "$folder"
        # shellcheck disable=SC2086
        "$native/examples/rqa/rqa" sweep r?.csv $grid --store here.sqlite --out here.csv --quiet || exit 1
        # shellcheck disable=SC2086
        wine "$build/bin/terminate.exe" "$1" 700 "$build/bin/rqa.exe" sweep r0.csv r1.csv r2.csv r3.csv r4.csv \
            r5.csv $grid --store there.sqlite --out there.csv --force --quiet || exit 1
        # shellcheck disable=SC2086
        wine "$build/bin/rqa.exe" sweep r?.csv $grid --out whole.csv --quiet && cmp whole.csv there.csv || exit 1
        cmp here.csv there.csv && [ "$(wc -l <here.csv)" -gt 1000 ] || exit 1
        [ ! -e there.sqlite-wal ] && [ ! -e there.sqlite-workers ] || exit 1
        "$native/examples/rqa/rqa" export there.sqlite --out read.csv --quiet || exit 1
        wc -l here.csv
    )
}

tools
configure() {
    cmake -S "$root" -B "$build" -G Ninja --toolchain "$root/packaging/windows_toolchain.cmake" \
        -DRQA_WERROR=ON -DRQA_BUILD_TESTS=ON -DRQA_BUILD_DOCS=OFF -DRQA_CUDA=OFF -DRQA_BUILD_BENCH=OFF \
        -DRQA_BUILD_EXAMPLES=ON "-DRQA_WINDOWS_LIBRARIES=$RQA_WINDOWS_LIBRARIES" >"$build.log" 2>&1 || {
        tail -n 30 "$build.log"
        fail "cmake for Windows"
    }
}
configure
# The kernels, what numbers are made of, what touches files and threads.
some="logarithm heap paths spills kernels_bits kernels_distance kernels_sweep kernels_tiles kernels_window oracles closed_forms layout
    locale store reader_shapes"
if [ "$full" ]; then
    make_targets all
    some=$(cd "$build/bin" && for file in test_*.exe; do echo "${file%.exe}" | sed 's/^test_//'; done |
        sed -n "/^${RQA_PORTABILITY_FROM:-.*}\$/,\$p")
    [ "$some" ] || fail "there is no suite ${RQA_PORTABILITY_FROM:-}"
else
    targets=
    for suite in $some; do
        targets="$targets test_$suite"
    done
    # shellcheck disable=SC2086
    make_targets $targets rqa_program rqa_static store_exchange terminate interrupt hold load_library
fi
check "rqa.dll exports the public functions, needs the system alone, and moves wide vectors anywhere" exports
check "the headers, strictly, in C and C++, and as MSVC takes them" headers
check "a wide move that wants an aligned stack is noticed, and made one that does not" aligned_moves
check "rqa.dll as ctypes loads it" wine "$build/bin/load_library.exe" "$build/bin/rqa.dll" "$root/tests/abi/symbols.txt"
# shellcheck disable=SC2086
suites $some
build_native
check "stores of both systems, read and continued by the other" exchange
check "a store whose writer is ended $n_kills times; its CSV as without, and as here" \
    kills "$n_kills"
check "the program from outside" python3 -B "$root/tests/portability/windows_program.py" "$build/bin/rqa.exe" \
    "$native/examples/rqa/rqa" ${full:+full}
tail -n 1 "$work/output-windows"
