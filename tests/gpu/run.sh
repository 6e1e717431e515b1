#!/bin/sh
# run.sh [--minutes M] [--out FOLDER] - a few minutes on a card, from a kit that pack.sh has made: needs
# an NVIDIA driver, glibc, a shell and coreutils.
#
# Steps go on whatever becomes of one: each part has a time limit, all of them --minutes (9). After each
# part FOLDER (report/) has report.txt and report.json; at most eight files in all. The last line is
# the verdict of each step. Status: 0 all passed or skipped with a reason, 1 something failed or ran
# out of time, 77 no card.
#
# 1 the card   2 exactness   3 speed   4 the founding job   5 ncu   6 compute-sanitizer
# 7 matrix products   8 the library's suites   9 odd data   10 what time is left for
#
# RQA_CUBLAS_PATH=FILE  the cuBLAS to take, else it is looked for
set -u
here=$(cd "$(dirname "$0")" && pwd)
minutes=9 out=$here/report
while [ $# -gt 0 ]; do
    case $1 in
    --minutes) minutes=${2:?} ;;
    --out) out=${2:?} ;;
    *)
        echo "usage: run.sh [--minutes M] [--out FOLDER]" >&2
        exit 2
        ;;
    esac
    shift 2
done
case $minutes in
'' | *[!0-9]* | 0)
    echo "run.sh: --minutes is '$minutes'; allowed is a whole number above 0" >&2
    exit 2
    ;;
esac
. "$here/sizes.sh"
. "$here/find_cublas.sh"

mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
started=$(date +%s)
deadline=$((started + 60 * minutes))
bin=$here/bin plugin=$here/plugin/librqa_cuda.so
RQA_PLUGIN_PATH=$plugin RQA_TEST_PLUGIN=$plugin
# A process with a CUDA context must not fork.
CK_FORK=no
export RQA_PLUGIN_PATH RQA_TEST_PLUGIN CK_FORK
[ "$emulated" = no ] || export RQA_TEST_EMULATED="$plugin"
: >"$work/body"
: >"$work/parts"
: >"$work/json"
device=unknown

# ---- the report ----

# A text as JSON has it, in one line.
quoted() { printf '"%s"' "$(printf %s "$1" | tr '\n\t' '  ' | tr -d '\000-\037' | sed 's/\\/\\\\/g; s/"/\\"/g')"; }

# The worst that a step's parts came to.
verdict_of() {
    for word in FAILED 'timed out' 'left out' passed skipped; do
        if grep -q "^$1|$word" "$work/parts"; then
            echo "$word"
            return
        fi
    done
}

verdicts() {
    line=
    for step in 1 2 3 4 5 6 7 8 9 10; do
        word=$(verdict_of $step)
        line="$line${line:+, }$step ${word:-not begun}"
    done
    echo "verdict: $line"
}

write_report() {
    { cat "$work/body"; verdicts; } >"$work/report.txt"
    {
        printf '{"device": %s, "kit": %s, "emulated": "%s", "started": %s, "seconds": %s, "parts": [' \
            "$(quoted "$device")" "$(quoted "$(head -n 1 "$here/VERSION.txt")")" "$emulated" \
            "$started" $(($(date +%s) - started))
        cat "$work/json"
        printf '],\n"verdict": %s}\n' "$(quoted "$(verdicts)")"
    } >"$work/report.json"
    for file in report.txt report.json; do
        cp "$work/$file" "$out/.$file" && mv "$out/.$file" "$out/$file"
    done
}

say() { printf '%s\n' "$*" | tee -a "$work/body"; }

# part STEP SECONDS NAME COMMAND...: its last lines go to the report. 77 is "skipped", and its last line
# says why. SECONDS are those of a card.
part() {
    step=$1 limit=$(($2 * slower)) name=$3
    shift 3
    [ "$limit" -le "${most_seconds:-$limit}" ] || limit=$most_seconds
    left=$((deadline - $(date +%s) - 3))
    [ "$limit" -le "$left" ] || limit=$left
    began=$(date +%s)
    : >"$work/log"
    if [ "$left" -lt 4 ]; then
        verdict='left out: no time'
    else
        timeout -k 3 "$limit" "$@" >"$work/log" 2>&1 </dev/null
        status=$?
        case $status in
        0) verdict=passed ;;
        77) verdict=skipped ;;
        124 | 137) verdict="timed out after $limit s" ;;
        *) verdict="FAILED ($status)" ;;
        esac
    fi
    seconds=$(($(date +%s) - began))
    say "== $step $name: $verdict, $seconds s"
    tail -n "${lines:-4}" "$work/log" | cut -c1-400 | sed 's/^/   /' | tee -a "$work/body"
    [ ! -s "$work/parts" ] || printf , >>"$work/json"
    printf '\n{"step": %s, "part": %s, "result": "%s", "seconds": %s, "last_line": %s}' "$step" \
        "$(quoted "$name")" "$verdict" "$seconds" "$(quoted "$(tail -n 1 "$work/log" | cut -c1-300)")" >>"$work/json"
    echo "$step|$verdict" >>"$work/parts"
    write_report
    [ "$verdict" = passed ]
}

# A tool, in the PATH or where toolkits have it; empty if there is none.
tool() {
    command -v "$1" && return
    for place in /usr/local/cuda/bin /usr/local/cuda-*/bin /opt/cuda/bin /opt/nvidia/nsight-compute/*; do
        [ ! -x "$place/$1" ] || { echo "$place/$1"; return; }
    done
}

# skip STEP NAME WHY
skip() { part "$1" 5 "$2" sh -c "echo '$3'; exit 77"; }

# ---- 1 the card ----

say "kit: $(head -n 1 "$here/VERSION.txt")"
say "machine: $(uname -srm)"
smi=$(tool nvidia-smi)
query=name,driver_version,pci.bus_id,memory.total,memory.used,clocks.max.sm,power.limit,compute_cap
[ -z "$smi" ] || lines=8 part 1 10 nvidia-smi "$smi" --query-gpu=$query --format=csv,noheader
[ ! -r /proc/driver/nvidia/version ] || say "   $(head -n 1 /proc/driver/nvidia/version)"
lines=20 part 1 5 "shared objects" sh -c "for file in '$bin'/* '$plugin'; do
    /lib64/ld-linux-x86-64.so.2 --list \"\$file\" || echo \"\$file: not found\"; done | grep 'not found' && exit 1; echo all are there"
lines=12 part 1 20 "rqa devices" sh -c "'$bin/rqa' devices | tee '$work/devices'; grep -q '^gpu *yes' '$work/devices'"
device=$(sed -n 's/^gpu *yes *//p' "$work/devices" | head -n 1)
if [ -z "$device" ]; then
    write_report
    tail -n 1 "$work/report.txt"
    exit 77
fi
cublas=$(find_cublas)
if [ -n "$cublas" ]; then
    RQA_CUBLAS_PATH=$cublas # what it needs beside itself it finds by its own RUNPATH
    export RQA_CUBLAS_PATH
fi
say "   cuBLAS: ${cublas:-not found}"

# ---- 2 exactness ----

part 2 15 "kernels against the brute force" env CK_RUN_CASE=tallies RQA_TEST_DRAWS="$draws" "$bin/test_device"
part 2 15 "tiles by boxes" env CK_RUN_CASE=boxes RQA_TEST_DRAWS="$draws" "$bin/test_device_boxes"
part 2 15 "the maximum norm by lags" env CK_RUN_CASE=lags RQA_TEST_DRAWS="$draws" "$bin/test_device_lags"
part 2 15 "parts" env CK_RUN_CASE=parts RQA_TEST_DRAWS="$draws" "$bin/test_device_parts"

# ---- 3 speed ----

clock=
[ -z "$smi" ] || clock=$("$smi" --query-gpu=clocks.max.sm --format=csv,noheader,nounits -i 0 2>/dev/null | tr -dc 0-9)
cat >"$work/bench.sed" <<'SED'
s/.*"name": "\([^"]*\)".*"wall_s": \([^,]*\), "device_s": \([^,]*\),.*"pairs_per_s": \([^,]*\),.*"matrix_products": \([0-9]*\).*/\1: \2 s, \3 s on the device, \4 pairs a second, \5 matrix products/p
SED
# bench OPTIONS FILE: what it has timed is told even if the time runs out.
bench() {
    echo "trap : TERM; '$bin/gpu_bench' ${clock:+--clock-mhz $clock} --data '$here/data' $1 >'$out/$2'; status=\$?
        sed -n -f '$work/bench.sed' '$out/$2'; exit \$status"
}
lines=14 part 3 45 "100,000 to 1,000,000 points" sh -c "$(bench "$bench_options" bench.json)"

# ---- 4 the founding job ----

founding() {
    echo "exec '$bin/rqa' sweep '$here/data/gaze.csv' --group-by group,subject,trial \
        --mode 1d:x:manhattan --mode 2d:x,y:euclidean $founding_grid --lmin 2:3 --convention founding \
        --backend $1 --quiet --events '$2' --out '$work/$1.csv'"
}
compare() {
    echo "cksum <'$work/$1.csv'; cmp '$work/threads.csv' '$work/$1.csv' && echo the rows are those of threads"
}
part 4 30 "gpu" sh -c "$(founding gpu "$out/founding_gpu.events")"
part 4 30 "threads" sh -c "$(founding threads "$work/threads.events")"
part 4 10 "rows compared" sh -c "$(compare gpu)"

# ---- 5 ncu ----

ncu=$(tool ncu)
if [ -n "$ncu" ]; then
    for kernel in bits walk join; do
        part 5 17 "ncu, $kernel" sh -c "trap : TERM; '$ncu' --kernel-name regex:$kernel --launch-count 2 \
            --section SpeedOfLight --section ComputeWorkloadAnalysis --section WarpStateStats \
            --section SchedulerStats '$bin/gpu_bench' --min-n 100000 --max-n 100000 >'$work/ncu'
            status=\$?; cat '$work/ncu' >>'$out/ncu.txt'; tail -n 40 '$work/ncu'
            grep -q ERR_NVGPUCTRPERM '$work/ncu' && { echo 'counters are for the administrator alone'; exit 77; }
            exit \$status"
    done
else
    skip 5 ncu "there is no ncu"
fi

# ---- 6 compute-sanitizer ----

sanitizer=$(tool compute-sanitizer)
# sanitize STEP SECONDS TOOL
sanitize() {
    part "$1" "$2" "$3" env CK_RUN_CASE=races RQA_TEST_DRAWS="$sanitizer_draws" \
        "$sanitizer" --tool "$3" --error-exitcode 9 "$bin/test_device"
    { echo "== $3"; tail -n 200 "$work/log"; } >>"$out/sanitizer.txt"
}
if [ -n "$sanitizer" ]; then
    for name in memcheck racecheck synccheck; do
        sanitize 6 33 $name
    done
else
    skip 6 compute-sanitizer "there is no compute-sanitizer"
fi

# ---- 7 matrix products ----

# Not skipped where there is no cuBLAS: what was to be shown was not.
part 7 30 "matrix products" sh -c "CK_RUN_CASE=tallies RQA_TEST_DRAWS=$draws '$bin/test_device_products'
    status=\$?; [ \$status != 77 ] || status=1; exit \$status"

# ---- 8 the library's suites ----

for name in $suites; do
    part 8 20 "$name, gpu" env RQA_BACKEND=gpu RQA_TEST_DRAWS="$suite_draws" "$bin/test_$name"
done

# ---- 9 odd data ----

lines=8 part 9 60 "odd data" "$bin/gpu_odd" "$here/data/ecg.csv" "$odd_most"

# ---- 10 what time is left for ----

part 10 20 "brute, hybrid" env RQA_BACKEND=hybrid RQA_TEST_DRAWS="$suite_draws" "$bin/test_brute"
for backend in hybrid auto; do
    part 10 20 "founding job, $backend" sh -c "$(founding $backend "$work/$backend.events")"
    part 10 5 "founding job, $backend, rows compared" sh -c "$(compare $backend)"
done
if [ -n "$sanitizer" ]; then sanitize 10 30 initcheck; else skip 10 initcheck "there is no compute-sanitizer"; fi
part 10 30 "10,000,000 points" sh -c "$(bench "$long_options" bench_long.json)"
part 10 60 "kernels, many draws" env CK_RUN_CASE=tallies RQA_TEST_DRAWS="$many_draws" "$bin/test_device"
part 10 60 "matrix products, many draws" env CK_RUN_CASE=tallies RQA_TEST_DRAWS="$many_draws" "$bin/test_device_products"

verdicts
! grep -q -E '^[0-9]+\|(FAILED|timed out)' "$work/parts"
