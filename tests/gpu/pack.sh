#!/bin/sh
# pack.sh [--emulated] [--from BUILD] [--out FOLDER] - the kit for a card: one folder that runs on any
# x86-64 machine with an NVIDIA driver and glibc (run.sh). Builds in build-kit unless BUILD, a build
# folder with tests, is there already; the plugin carries line numbers and the release's architectures.
# FOLDER (build-kit/kit) is replaced.
#
# --emulated            the emulated plugin in place of the real one, and sizes that it can do: a rehearsal
# RQA_TEST_DATA=FOLDER  larger recordings for the benchmark's founding job
# Needs patchelf; without --emulated nvcc. Exits 77 with a reason where these are not there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
emulated=no build='' kit=''
while [ $# -gt 0 ]; do
    case $1 in
    --emulated) emulated=yes ;;
    --from) build=${2:?} && shift ;;
    --out) kit=${2:?} && shift ;;
    *)
        echo "usage: pack.sh [--emulated] [--from BUILD] [--out FOLDER]" >&2
        exit 2
        ;;
    esac
    shift
done
PATH=$PATH:/usr/local/cuda/bin
command -v patchelf >/dev/null || { echo "skipped: no patchelf"; exit 77; }
[ "$emulated" = yes ] || command -v nvcc >/dev/null || { echo "skipped: no nvcc"; exit 77; }
suites='brute oracles closed_forms algebra brute_batch batch dialects single_vector range'
tests="device device_boxes device_parts device_lags device_products $suites"

if [ -z "$build" ]; then
    build=$root/build-kit
    cuda=ON
    [ "$emulated" = no ] || cuda=OFF
    cmake -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=Release -DRQA_BUILD_TESTS=ON -DRQA_CUDA=$cuda \
        -DRQA_CUDA_ARCHITECTURES=release -DCMAKE_CUDA_FLAGS=-lineinfo -DRQA_WITH_MATIO=OFF \
        -DRQA_WITH_SNDFILE=OFF >/dev/null
    targets='gpu_bench gpu_odd rqa_program'
    [ "$emulated" = no ] && targets="$targets rqa_cuda" || targets="$targets rqa_cuda_emulated fake_cublas"
    for name in $tests; do targets="$targets test_$name"; done
    # shellcheck disable=SC2086
    cmake --build "$build" --parallel "${RQA_JOBS:-2}" --target $targets
fi
build=$(cd "$build" && pwd)
kit=${kit:-$build/kit}
rm -rf "$kit"
mkdir -p "$kit/bin" "$kit/lib" "$kit/plugin" "$kit/data/gaze_vr_objects"
kit=$(cd "$kit" && pwd)

# ---- programs, and what they need beside glibc ----

cp "$build/examples/rqa/rqa" "$build/tests/gpu_bench" "$build/tests/gpu_odd" "$kit/bin/"
for name in $tests; do cp "$build/tests/test_$name" "$kit/bin/"; done
if [ "$emulated" = yes ]; then
    cp "$build/tests/rqa_cuda_emulated.so" "$kit/plugin/librqa_cuda.so"
    cp "$build/tests/fake_cublas.so" "$kit/lib/"
else
    cp "$build/lib/librqa_cuda.so" "$kit/plugin/"
fi
objects=$(find "$kit/bin" "$kit/plugin" "$kit/lib" -type f)
glibc='ld-linux-x86-64|libc|libm|libdl|libpthread|librt|libresolv|linux-vdso'
# shellcheck disable=SC2086
ldd $objects | sed -n 's/^.* => \(\/[^ ]*\) .*/\1/p' | sort -u |
    while read -r file; do
        echo "${file##*/}" | grep -q -E "^($glibc)[.]" || cp -L "$file" "$kit/lib/"
    done
# RPATH, not RUNPATH: it holds for what the libraries themselves need too.
for file in "$kit"/bin/*; do patchelf --force-rpath --set-rpath '$ORIGIN/../lib' "$file"; done
for file in "$kit"/lib/*; do patchelf --force-rpath --set-rpath '$ORIGIN' "$file"; done
# The real plugin needs glibc alone, and stays as the linker made it.
[ "$emulated" = no ] || patchelf --force-rpath --set-rpath '$ORIGIN/../lib' "$kit/plugin/librqa_cuda.so"
strip --strip-unneeded "$kit"/bin/* "$kit"/lib/*

# ---- data ----

{
    echo group,subject,trial,t,x,y
    for file in "$root"/examples/data/gaze/video2d/*.csv; do
        name=$(basename "$file" .csv)
        sed "1d; s/^/video2d,$name,1,/" "$file"
    done
} >"$kit/data/gaze.csv"
cp "$root/examples/data/ecg/ecg.csv" "$kit/data/"
large=${RQA_TEST_DATA:+$RQA_TEST_DATA/gaze_vr_objects/gaze_3groups_288series.csv.gz}
[ -z "$large" ] || [ ! -f "$large" ] || [ "$emulated" = yes ] || cp "$large" "$kit/data/gaze_vr_objects/"

# ---- scripts ----

cp "$here/run.sh" "$here/find_cublas.sh" "$kit/"
chmod 755 "$kit/run.sh"
cp "$here/README.md" "$kit/README.md"
cp "$root/LICENSE" "$kit/LICENSE"
# RQA_KIT_QUICK: as few as will do to see that every step begins and ends.
if [ "$emulated" = yes ]; then
    draws=40 many=200
    [ -z "${RQA_KIT_QUICK:-}" ] || draws=6 many=12
    cat >"$kit/sizes.sh" <<SIZES
emulated=yes slower=6 draws=$draws many_draws=$many suite_draws=$draws sanitizer_draws=1 odd_most=600
bench_options=--tiny long_options='--tiny --min-n 1200'
founding_grid='--dim 1:2 --delay 1 --threshold 0.05:0.07:0.01 --where subject=p15_pen3_1'
RQA_CUBLAS_PATH=\$here/lib/fake_cublas.so suites='${suites% batch *} ${suites#* batch }' # that one takes minutes
SIZES
else
    cat >"$kit/sizes.sh" <<'SIZES'
emulated=no slower=1 draws=200 many_draws=5000 suite_draws=300 sanitizer_draws=2 odd_most=1000000
bench_options='--max-n 1000000' long_options='--min-n 10000000 --max-n 10000000'
founding_grid='--dim 1:10 --delay 1:10 --threshold 0.05:0.10:0.001'
SIZES
    echo "suites='$suites'" >>"$kit/sizes.sh"
    ! ldd "$kit/plugin/librqa_cuda.so" | grep -v -E "($glibc)[.]|linux-vdso" ||
        { echo "pack.sh: the plugin needs more than glibc" >&2; exit 1; }
fi

# ---- what it is ----

needs=$(find "$kit/bin" "$kit/lib" "$kit/plugin" -type f -exec objdump -T {} + 2>/dev/null |
    sed -n 's/.*GLIBC_\([0-9.]*\).*/\1/p' | sort -V | tail -n 1)
[ "$emulated" = yes ] && what=emulated || what=$(nvcc --version | sed -n 's/.*release \([0-9.]*\).*/CUDA \1/p')
commit=$(git -C "$root" describe --always --dirty 2>/dev/null || echo unknown)
echo "librqa $commit, $what, glibc $needs or newer" >"$kit/VERSION.txt"
size=$(du -sk "$kit" | cut -f 1)
echo "$kit: $(cat "$kit/VERSION.txt"), $size kB"
[ "$size" -le 61440 ] || { echo "pack.sh: larger than 60 MB" >&2; exit 1; }
