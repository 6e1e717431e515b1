#!/bin/sh
# run.sh - installs what is missing (Debian, Ubuntu), builds librqa and runs every test: under
# AddressSanitizer and UndefinedBehaviorSanitizer, under ThreadSanitizer, with line coverage, at
# every kernel level, and last the whole suite of the release build. Each variant has a build folder
# of its own. Stops at the first failure, and where fewer tests ran than must.
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
        libmatio-dev libsndfile1-dev python3-h5py \
        zlib1g-dev check libsubunit-dev python3 gcovr binutils qemu-user doxygen dpkg-dev file \
        groff-base locales python3-cffi abigail-tools libopenmpi-dev openmpi-bin \
        python3-numpy python3-pandas python3-tqdm python3-matplotlib python3-venv python3-pip \
        python3-setuptools python3-wheel python3-scipy python3-mpi4py mypy
    (need r-base-core r-base-dev r-cran-testthat) || echo "note: no R: its package is not tested"
    (need octave octave-dev gnuplot-nox fonts-freefont-otf) ||
        echo "note: no Octave: the face for it and MATLAB is not tested"
    (need python3-xarray) || echo "note: no xarray: tables are not made into its arrays"
    (need chromium) || echo "note: no chromium: the page of rqa-live is not tested in a browser"
    (need ccache) || echo "note: no ccache: what is built twice is compiled twice"
    RQA_TEST_DPKG=1 # install and remove the Debian packages, when root
    export RQA_TEST_DPKG
fi
if [ -z "${RQA_TEST_DATA:-}" ] && [ -d ../shared/data ]; then
    RQA_TEST_DATA=$(cd ../shared/data && pwd)
fi
export RQA_TEST_DATA="${RQA_TEST_DATA:-}"
[ -n "$RQA_TEST_DATA" ] ||
    echo "note: no larger recordings (RQA_TEST_DATA); tests use examples/data alone"
. tests/peers.sh
# Consumers, packages and the copies for the ABI build the library again, often with the same flags.
if command -v ccache >/dev/null; then
    CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache
    CCACHE_DIR=${CCACHE_DIR:-$PWD/build-ccache} CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
    export CMAKE_C_COMPILER_LAUNCHER CMAKE_CXX_COMPILER_LAUNCHER CCACHE_DIR CCACHE_BASEDIR CCACHE_NOHASHDIR
fi

# build PRESET TARGET...: configures a variant in its folder build-PRESET and builds these targets.
build() {
    preset=$1 log=build-$1/build.log
    shift
    mkdir -p "build-$preset"
    cmake --preset "$preset" -DRQA_WERROR=ON >"$log" 2>&1 &&
        cmake --build --preset "$preset" -j "$jobs" --target "$@" >>"$log" 2>&1 || {
        tail -n 40 "$log"
        exit 1
    }
}

# check PRESET LEAST CTEST-ARGUMENTS...: runs a variant's tests, of which LEAST must not be skipped,
# and says why others are. Its last line is CTest's summary.
check() {
    preset=$1 least=$2
    shift 2
    (cd "build-$preset" && ctest --output-on-failure --test-output-size-passed 1000000 \
        --output-log ctest.log --output-junit ctest.xml -j "$jobs" "$@")
    python3 tests/run_report.py "build-$preset/ctest.xml" "$least"
    grep 'tests passed, .* tests failed out of' "build-$preset/ctest.log"
}

if [ "${RQA_TEST_FAST:-}" != 1 ]; then
    echo "== AddressSanitizer and UndefinedBehaviorSanitizer"
    build asan check_programs
    check asan 131 -L check -LE levels
    echo "== ThreadSanitizer"
    build tsan threads_programs
    check tsan 24 -L threads
    echo "== coverage of lib/"
    build coverage check_programs rqa_program rqa_planted
    # Of what repeats suites on the emulated GPU, or in another order of its lanes, one of each.
    check coverage 124 -L 'check|program' -LE levels \
        -E '^(oracles|dialects|single_vector|closed_forms|algebra|brute_batch|range)_(gpu|hybrid)$|^device.*_(reverse|shuffle|lazy)$|^cuda_'
    absent='^$' # kernels that this processor cannot run say nothing of the tests
    if grep -q '^flags' /proc/cpuinfo && ! grep -q avx512f /proc/cpuinfo; then
        absent='lib/kernels/x86/.*avx512.*'
        echo "note: this processor has no AVX-512: those kernels are left out of the coverage"
    fi
    # Not in a pipe: a coverage below the limit must end this script.
    gcovr --root . --filter 'lib/' --exclude "$absent" --object-directory build-coverage \
        --fail-under-line 90 --print-summary >build-coverage/coverage.txt || {
        cat build-coverage/coverage.txt
        exit 1
    }
    tail -n 80 build-coverage/coverage.txt
fi

echo "== release"
build tests all
if [ "${RQA_TEST_FAST:-}" != 1 ]; then
    # The level that this processor takes by itself is that of the whole suite below; a level that
    # it lacks would be lowered to it.
    native=$(build-tests/examples/rqa/rqa devices | sed -n 's/^sequential.* \([a-z0-9]*\) kernels$/\1/p')
    no_level='plain_text|threads|limits|locale|data|png|spills|task_plan|resample|pace|batch_c|layout|errors'
    no_level="$no_level|resources|reader_shapes|curves|eye_trackers|demo|host_job"
    for level in ref avx2 avx512; do
        [ "$level" != "$native" ] || break
        echo "== release at kernel level $level"
        RQA_CPU=$level RQA_TEST_DIVIDE=2
        export RQA_CPU RQA_TEST_DIVIDE
        # Without what no kernel level touches (stores, fuzzers, devices, readers, limits of the
        # system, texts), and without what runs at every level by itself, or does so in the whole suite.
        check tests 23 -L 'check|program' -LE 'levels|every_level|emulator' \
            -E "^(store|fuzz|plugin|device|cluster|readers|cli_(store|reading|formats|console)|$no_level)"
    done
    unset RQA_CPU RQA_TEST_DIVIDE
fi
echo "== release: everything"
# Skipped as a rule: two of other machines, which RQA_PORTABILITY=full runs, and kernel levels that would be
# those of the plain run again.
check tests 230
