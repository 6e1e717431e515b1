#!/bin/sh
# rehearse.sh KIT [MINUTES] - runs an emulated kit (pack.sh --emulated) in a root folder that has glibc, a
# shell, coreutils, grep and sed, and nothing else; with no environment. Prints the report, and fails
# unless every step began, what can pass here passed, and there are at most eight files. Exits 77 with
# a reason where there can be no such root.
set -eu
kit=$(cd "$1" && pwd)
minutes=${2:-9}
[ "$(id -u)" = 0 ] || { echo "skipped: chroot is for root alone"; exit 77; }
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
tools='sh cat cksum cmp cp cut date dirname env grep head id ls mkdir mktemp mv rm sed sleep sort tail tee timeout tr uname'

mkdir -p "$root/bin" "$root/tmp" "$root/dev" "$root/usr" "$root/proc"
ln -s ../bin "$root/usr/bin"
: >"$root/dev/null"
chmod 1777 "$root/tmp"
# bring FILE: it, and what it needs, each at its own place.
bring() {
    cp -L "$1" "$root/bin/"
    ldd "$1" | sed -n 's/^[^/]*\(\/[^ ]*\) .*/\1/p' | while read -r file; do
        mkdir -p "$root$(dirname "$file")"
        [ -e "$root$file" ] || cp -L "$file" "$root$file"
    done
}
for name in $tools; do bring "$(command -v "$name")"; done
# glibc whole: what the kit wants of it may be more than the tools do.
loader=$(ldd /bin/sh | sed -n 's/^[^/]*\(\/[^ ]*ld-linux[^ ]*\) .*/\1/p')
libc=$(dirname "$(ldd /bin/sh | sed -n 's/.*=> \(\/[^ ]*libc[.]so[^ ]*\) .*/\1/p')")
for file in libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1 libresolv.so.2; do
    [ ! -e "$libc/$file" ] || { mkdir -p "$root$libc" && cp -L "$libc/$file" "$root$libc/"; }
done
[ -e "$root$loader" ] || { echo "skipped: no loader in the root"; exit 77; }
for name in png z sqlite3 xxhash check subunit stdc++ cuda cudart cublas; do
    found=$(find "$root" -name "lib$name.so*" -o -name "lib${name}1[0-9].so*" | head -n 1)
    [ -z "$found" ] || { echo "rehearse.sh: $found is in the root"; exit 1; }
done
cp -R "$kit" "$root/kit"
# in_root COMMAND...: with /proc, by which the loader knows where a program lies ($ORIGIN).
in_root() {
    env -i PATH=/bin "$(command -v unshare)" -m /bin/sh -c \
        '"$1" -t proc proc "$0/proc" && shift && exec "$@"' "$root" "$(command -v mount)" \
        "$(command -v chroot)" "$root" "$@"
}
in_root /bin/sh -c : 2>/dev/null || { echo "skipped: a root with /proc is not allowed here"; exit 77; }

began=$(date +%s)
status=0
in_root /bin/sh /kit/run.sh --minutes "$minutes" --out /kit/report || status=$?
took=$(($(date +%s) - began))
report=$root/kit/report
echo "rehearsed in $took s of $((60 * minutes))"
[ "$took" -le $((60 * minutes + 10)) ] || { echo "it took longer than it may"; exit 1; }
[ "$status" = 0 ] || { echo "status $status"; exit 1; }
[ "$(find "$report" -type f | wc -l)" -le 8 ] || { echo "more than eight files"; exit 1; }
expected='verdict: 1 passed, 2 passed, 3 passed, 4 passed, 5 skipped, 6 skipped, 7 passed, 8 passed, 9 passed, 10 passed'
grep -q -x "$expected" "$report/report.txt" || { echo "the verdict is not '$expected'"; exit 1; }
grep -q '"verdict": "verdict: 1 passed' "$report/report.json" || { echo "report.json is not whole"; exit 1; }
[ -s "$report/founding_gpu.events" ] || { echo "the events were not kept"; exit 1; }
if [ -n "${RQA_REHEARSAL_OUT:-}" ]; then
    mkdir -p "$RQA_REHEARSAL_OUT"
    cp "$report"/* "$RQA_REHEARSAL_OUT/"
fi
if command -v python3 >/dev/null; then
    python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$report/report.json"
fi
