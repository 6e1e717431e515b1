#!/bin/sh
# run_test.sh - what run.sh makes of programs that fail, never end, are skipped or pass: none stops the
# next, and the verdict says so. The programs are stand-ins of one line.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kit=$(mktemp -d)
trap 'rm -rf "$kit"' EXIT
mkdir "$kit/bin" "$kit/data" "$kit/plugin"
cp "$here/run.sh" "$here/find_cublas.sh" "$kit/"
echo "stand-ins" >"$kit/VERSION.txt"
echo "emulated=no slower=1 most_seconds=20 draws=1 many_draws=1 suite_draws=1 sanitizer_draws=1 odd_most=1
bench_options= long_options= founding_grid= suites='brute algebra'" >"$kit/sizes.sh"
# stand_in NAME LINE
stand_in() {
    printf '#!/bin/sh\n%s\n' "$2" >"$kit/bin/$1"
    chmod 755 "$kit/bin/$1"
}
stand_in rqa 'case $1 in
devices) printf "%s\\n" "gpu  yes  A card \"of\" one\\two" ;;
*) while [ $# -gt 1 ]; do [ "$1" != --out ] || echo a row >"$2"; shift; done ;;
esac'
stand_in test_device 'echo a count is wrong; exit 1'
stand_in test_device_boxes 'exit 0'
stand_in test_device_parts 'exit 0'
stand_in test_device_lags 'exit 0'
stand_in test_device_products 'echo skipped: no cuBLAS; exit 77'
stand_in gpu_bench 'echo "{\"name\": \"a\", \"wall_s\": 1, \"device_s\": 2, \"pairs_per_s\": 3, \"matrix_products\": 4}"; exec sleep 6000'
stand_in gpu_odd 'echo skipped: nothing is odd; exit 77'
stand_in test_brute 'exit 0'
stand_in test_algebra '[ "$CK_FORK" = no ] && [ "$RQA_BACKEND" = gpu ]'
status=0
sh "$kit/run.sh" --minutes 60 --out "$kit/report" >"$kit/said" 2>&1 || status=$?
wrong() {
    echo "$1"
    cat "$kit/said"
    exit 1
}
[ "$status" = 1 ] || wrong "status $status, expected 1"
case $(tail -n 1 "$kit/report/report.txt") in
'verdict: 1 FAILED, 2 FAILED, 3 timed out, 4 passed, 5 '*', 6 '*', 7 FAILED, 8 passed, 9 skipped, 10 FAILED') ;;
*) wrong "another verdict" ;;
esac
grep -q 'a: 1 s, 2 s on the device' "$kit/report/report.txt" || wrong "what was timed is not kept"
[ "$(grep -c '^== 8 ' "$kit/report/report.txt")" = 2 ] || wrong "not every suite ran"
if command -v python3 >/dev/null; then
    python3 -c 'import json, sys; assert json.load(open(sys.argv[1]))["device"] == "A card \"of\" one\\two"' \
        "$kit/report/report.json" || wrong "report.json"
fi
# Without a card nothing is begun.
stand_in rqa 'echo "gpu  no  no usable GPU"'
status=0
sh "$kit/run.sh" --minutes 60 --out "$kit/none" >"$kit/said" 2>&1 || status=$?
[ "$status" = 77 ] || wrong "status $status without a card, expected 77"
grep -q '2 not begun' "$kit/none/report.txt" || wrong "something was begun without a card"
sh "$kit/run.sh" --minutes soon >"$kit/said" 2>&1 && wrong "--minutes soon is allowed"
grep -q "allowed is a whole number above 0" "$kit/said" || wrong "it does not say what is allowed"
