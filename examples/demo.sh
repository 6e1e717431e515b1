#!/bin/sh
# demo.sh - builds librqa and runs the founding job on the recordings in examples/data: 10,200
# settings (m x tau x epsilon x l_min) for every recording, in two modes. On a fresh Debian or
# Ubuntu it installs what is missing.
#
# RQA_DEMO_GRID=small   a reduced grid, for the tests
# RQA_DEMO_OUT=FOLDER   where results go (default: build/demo)
# RQA_DEMO_PROGRAM=rqa  a program that is already built
set -eu
cd "$(dirname "$0")/.."
started=$(date +%s)
out=${RQA_DEMO_OUT:-build/demo}
program=${RQA_DEMO_PROGRAM:-build/examples/rqa/rqa}

if [ -z "${RQA_DEMO_PROGRAM:-}" ]; then
    if command -v apt-get >/dev/null; then
        . examples/support/packages.sh
        need gcc libc6-dev make cmake pkg-config libpng-dev libsqlite3-dev libxxhash-dev \
            zlib1g-dev
    fi
    echo "building librqa ..."
    mkdir -p build
    # A tree that is configured already keeps its settings; a new one is as of `--preset default`.
    if ! { { [ -f build/CMakeCache.txt ] || cmake -S . -B build; } &&
           cmake --build build --target rqa_program -j "$(nproc)"; } >build/demo-build.log 2>&1; then
        tail -n 30 build/demo-build.log >&2
        echo "the build failed; the whole log is build/demo-build.log" >&2
        exit 1
    fi
fi

dims=1:10 delays=1:10 thresholds=0.05:0.10:0.001
if [ "${RQA_DEMO_GRID:-}" = small ]; then
    dims=1:3 delays=1:2 thresholds=0.05:0.10:0.01
fi
mkdir -p "$out"
"$program" sweep examples/data/gaze --dim $dims --delay $delays --threshold $thresholds \
    --lmin 2:3 --convention founding \
    --mode 1d:x:manhattan --mode 2d:x,y:euclidean \
    --out "$out/results.csv" --force
"$program" plot examples/data/gaze/video2d/p01_fist3.csv --columns x,y --dim 2 --delay 1 \
    --threshold 0.05 --out "$out/recurrence_plot.png" --force

echo
echo "results          $out/results.csv"
echo "recurrence plot  $out/recurrence_plot.png"
echo "all in $(($(date +%s) - started)) s, build included"
