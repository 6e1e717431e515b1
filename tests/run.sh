#!/bin/sh
# run.sh - installs what is missing (Debian, Ubuntu), builds librqa and runs every test: under
# AddressSanitizer and UndefinedBehaviorSanitizer, under ThreadSanitizer, with line coverage, at
# every kernel level, and last the whole suite of the release build. Stops at the first failure.
#
# RQA_TEST_DATA=FOLDER  larger recordings; default ../shared/data when it is there
# RQA_TEST_FAST=1       the release build only
# RQA_PORTABILITY=full  other machines in full, not in short form; takes long under emulation
set -eu
cd "$(dirname "$0")/.."
jobs=$(nproc)

if command -v apt-get >/dev/null; then
    . examples/support/packages.sh
    need gcc g++ libc6-dev make cmake pkg-config libpng-dev libsqlite3-dev libxxhash-dev \
        zlib1g-dev check libsubunit-dev python3 gcovr binutils qemu-user doxygen dpkg-dev file \
        groff-base python3-cffi abigail-tools libopenmpi-dev openmpi-bin \
        python3-numpy python3-pandas python3-tqdm python3-matplotlib python3-venv python3-pip \
        python3-setuptools python3-wheel python3-scipy mypy
    RQA_TEST_DPKG=1 # install and remove the Debian packages, when root
    export RQA_TEST_DPKG
fi
if [ -z "${RQA_TEST_DATA:-}" ] && [ -d ../shared/data ]; then
    RQA_TEST_DATA=$(cd ../shared/data && pwd)
fi
export RQA_TEST_DATA="${RQA_TEST_DATA:-}"
[ -n "$RQA_TEST_DATA" ] ||
    echo "note: no larger recordings (RQA_TEST_DATA); tests use examples/data alone"

# step NAME PRESET CTEST-ARGUMENTS...: configures, builds and tests one variant.
step() {
    name=$1 preset=$2
    shift 2
    echo "== $name"
    build=build
    [ "$preset" = default ] || build=build-$preset
    cmake --preset "$preset" -DRQA_WERROR=ON >/dev/null
    cmake --build --preset "$preset" -j "$jobs" >"$build.log" 2>&1 || {
        tail -n 40 "$build.log"
        exit 1
    }
    (cd "$build" && ctest --output-on-failure -j "$jobs" "$@")
}

if [ "${RQA_TEST_FAST:-}" != 1 ]; then
    step "AddressSanitizer and UndefinedBehaviorSanitizer" asan -L check -LE levels
    step "ThreadSanitizer" tsan -L threads
    step "coverage of lib/" coverage -L 'check|program' -LE levels
    # Not in a pipe: a coverage below the limit must end this script.
    gcovr --root . --filter 'lib/' --object-directory build-coverage --fail-under-line 90 \
        --print-summary >build-coverage/coverage.txt || {
        cat build-coverage/coverage.txt
        exit 1
    }
    tail -n 80 build-coverage/coverage.txt
    # A level the processor lacks is lowered to what it has.
    for level in ref avx2 avx512; do
        RQA_CPU=$level RQA_TEST_DIVIDE=2
        export RQA_CPU RQA_TEST_DIVIDE
        # Without what no kernel level touches (stores, fuzzers, devices, readers, other programs),
        # and without what the whole suite runs at every level (labels levels, kernels_*).
        step "release at kernel level $level" default \
            -L 'check|program|example' -LE 'levels|emulator' \
            -E '^(store|fuzz|plugin|device|cluster|cli_store|readers|eye_trackers|kernels_|oracles|closed_forms|brute)'
    done
    unset RQA_CPU RQA_TEST_DIVIDE
fi
step "release: everything" default
