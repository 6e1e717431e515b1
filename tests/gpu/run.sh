#!/bin/sh
# run.sh - everything that needs a real card: builds the plugin for it, runs the device tests and the
# library's single-analysis tests on it, compute-sanitizer on a small set, and the benchmark. Writes
# reports/DEVICE-DATE.json and .txt. Exits 77 with one line where there is no card or no nvcc.
#
# RQA_TEST_DATA=FOLDER  larger recordings for the founding job
# RQA_GPU_DRAWS=N       random tasks of the comparison with the brute force; default 5000
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$root/build-gpu
reports=$here/reports

command -v nvcc >/dev/null || { echo "no GPU run: there is no nvcc"; exit 77; }
command -v nvidia-smi >/dev/null || { echo "no GPU run: there is no nvidia-smi, so no driver"; exit 77; }
name=$(nvidia-smi --query-gpu=name --format=csv,noheader -i 0 2>/dev/null) ||
    { echo "no GPU run: nvidia-smi finds no card"; exit 77; }

mkdir -p "$reports"
base=$reports/$(echo "$name" | tr -cs 'A-Za-z0-9' '-' | sed 's/-$//')-$(date -u +%Y%m%d-%H%M%S)
text=$base.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

say() { echo "$*" | tee -a "$text"; }
# step NAME COMMAND...: its last lines go to the report; a failure does not stop the rest.
step() {
    title=$1
    shift
    start=$(date +%s)
    if "$@" >"$work/log" 2>&1; then verdict=passed; else verdict="FAILED ($?)"; failed=1; fi
    say "== $title: $verdict, $(($(date +%s) - start)) s"
    tail -n 6 "$work/log" | sed 's/^/   /' | tee -a "$text"
    steps="${steps:+$steps, }{\"name\": \"$title\", \"result\": \"$verdict\"}"
}

steps=
query=name,driver_version,pci.bus_id,memory.total,clocks.max.sm,clocks.max.memory,power.limit,compute_cap
clocks=$(nvidia-smi --query-gpu=$query --format=csv,noheader -i 0)
commit=$(git -C "$root" rev-parse HEAD 2>/dev/null || echo unknown)
say "device: $clocks"
say "nvcc: $(nvcc --version | grep release)"
say "commit: $commit"

cmake -S "$root" -B "$build" -DRQA_BUILD_TESTS=ON -DRQA_CUDA=ON -DRQA_CUDA_ARCHITECTURES=native >"$work/log" 2>&1 &&
    cmake --build "$build" -j "$(nproc)" >>"$work/log" 2>&1 ||
    { tail -n 30 "$work/log"; echo "the build failed" >&2; exit 1; }
plugin=$build/lib/librqa_cuda.so
RQA_PLUGIN_PATH=$plugin RQA_TEST_PLUGIN=$plugin CK_DEFAULT_TIMEOUT=600
export RQA_PLUGIN_PATH RQA_TEST_PLUGIN CK_DEFAULT_TIMEOUT
say "$("$build/examples/rqa/rqa" devices)"

in_tests() { (cd "$build/tests" && "$@"); }
step "device tests" in_tests env RQA_TEST_DRAWS="${RQA_GPU_DRAWS:-5000}" CK_FORK=no ./test_device
step "parts" in_tests env RQA_TEST_DRAWS="${RQA_GPU_DRAWS:-5000}" CK_FORK=no CK_RUN_CASE=parts \
    ./test_device_parts
step "matrix products" in_tests env CK_FORK=no ./test_device_products
for backend in gpu hybrid; do
    for test in brute oracles closed_forms algebra brute_batch batch; do
        step "$test, $backend" in_tests env RQA_BACKEND=$backend "./test_$test"
    done
done
if command -v compute-sanitizer >/dev/null; then
    for tool in memcheck racecheck initcheck synccheck; do
        step "compute-sanitizer $tool" in_tests env CK_FORK=no CK_RUN_CASE=races RQA_TEST_DRAWS=12 \
            compute-sanitizer --tool "$tool" --error-exitcode 9 ./test_device
        step "compute-sanitizer $tool, parts" in_tests env CK_FORK=no CK_RUN_CASE=parts \
            RQA_TEST_DRAWS=4 compute-sanitizer --tool "$tool" --error-exitcode 9 ./test_device_parts
        step "compute-sanitizer $tool, matrix products" in_tests env CK_FORK=no \
            CK_RUN_CASE=tallies RQA_TEST_DRAWS=12 \
            compute-sanitizer --tool "$tool" --error-exitcode 9 ./test_device_products
    done
else
    say "== compute-sanitizer is not installed: left out"
fi
clock=$(nvidia-smi --query-gpu=clocks.max.sm --format=csv,noheader,nounits -i 0)
step "benchmark" in_tests sh -c "./gpu_bench --clock-mhz '$clock' \
    ${RQA_TEST_DATA:+--data '$RQA_TEST_DATA'} >'$work/bench.json'"
[ -s "$work/bench.json" ] || echo null >"$work/bench.json"
cat "$work/bench.json" >>"$text"

# What `auto` chooses against each backend alone, and the founding job as a user runs it.
step "backends against each other" in_tests sh -c \
    "./bench/rqa_bench --only strategies --max-n 1000000 --format json >'$work/strategies.json'"
[ -s "$work/strategies.json" ] || echo null >"$work/strategies.json"
recordings=${RQA_TEST_DATA:+$RQA_TEST_DATA/gaze_vr_objects/gaze_3groups_288series.csv.gz}
# Its coordinates are in degrees: 5.5:11 is the founding grid's 0.05:0.10 of a field of 110 degrees.
founding() {
    "$build/examples/rqa/rqa" sweep "$recordings" --group-by group,subject,trial \
        --mode 1d:x:manhattan --mode 2d:x,y:euclidean --dim 1:10 --delay 1:10 \
        --threshold 5.5:11:0.11 --lmin 2:3 --convention founding --backend "$1" --quiet \
        --events "$work/$1.events" --out "$work/$1.csv"
}
[ ! -f "$recordings" ] || for backend in threads gpu hybrid auto; do
    step "founding job, $backend" founding "$backend"
    say "   $(sha256sum "$work/$backend.csv" | cut -c1-16) $(grep batch_completed "$work/$backend.events")"
    cmp -s "$work/threads.csv" "$work/$backend.csv" ||
        { say "== the rows of $backend are not those of threads"; failed=1; }
done
{
    printf '{"device": "%s", "commit": "%s", "nvcc": "%s", "steps": [%s], "benchmark":\n' "$clocks" \
        "$commit" "$(nvcc --version | grep release | sed 's/^ *//')" "$steps"
    cat "$work/bench.json"
    echo ', "strategies":'
    cat "$work/strategies.json"
    echo '}'
} >"$base.json"
echo "wrote $base.json and .txt"
exit $failed
