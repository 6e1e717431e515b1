#!/bin/sh
# fuzz.sh - fuzzes the targets one after the other and keeps a small corpus of what they reached.
#
# fuzz.sh [SECONDS [TARGET...]]   default: 600 seconds each, all targets; needs clang
# What is found lies in build-fuzz/found/TARGET; crashes end the run.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-600}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- $(ls tests/fuzz/corpus)

cmake --preset fuzz >/dev/null
cmake --build --preset fuzz -j "$(nproc)" --target rqa_fuzzers >build-fuzz/build.log 2>&1 || {
    tail -n 40 build-fuzz/build.log
    exit 1
}
for target; do
    program=build-fuzz/tests/fuzz/fuzz_$target
    corpus=tests/fuzz/corpus/$target
    found=build-fuzz/found/$target
    dictionary=
    [ -f "tests/fuzz/$target.dict" ] && dictionary=-dict=tests/fuzz/$target.dict
    mkdir -p "$found/inputs"
    echo "== $target: $seconds seconds"
    nice -n 19 "$program" -max_total_time="$seconds" -max_len=2000 -timeout=20 -rss_limit_mb=3000 \
        -print_final_stats=1 $dictionary -artifact_prefix="$found/" "$found/inputs" "$corpus" \
        2>"$found/log" || {
        grep -E 'ERROR|does not hold|SUMMARY' "$found/log"
        exit 1
    }
    grep -E 'DONE|stat::number_of_executed' "$found/log"
    # The fewest inputs that reach every branch, beside the named ones.
    rm -rf "$found/least"
    mkdir "$found/least"
    "$program" -merge=1 -set_cover_merge=1 -use_counters=0 "$found/least" "$found/inputs" "$corpus" \
        2>"$found/merge.log"
    find "$corpus" -type f -name '????????????????????????????????????????' -delete
    cp "$found/least"/* "$corpus"
done
