#!/bin/sh
# deb_packages.sh FOLDER - builds the Debian packages in FOLDER, installs them over an older release,
# uses them as a user would, removes them and looks for what stayed behind. Without root, or without
# RQA_TEST_DPKG=1 (it changes the machine), they are unpacked into a folder instead.
# shellcheck disable=SC2086 # $names, $debs and $apt are lists
set -eu
folder=$1
source=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
installed=
end() {
    status=$?
    [ -z "$installed" ] || dpkg --purge $names >"$work/log" 2>&1 || cat "$work/log" >&2
    rm -rf "$work"
    exit $status
}
trap end EXIT
trap 'exit 130' INT TERM
fail() {
    echo "deb_packages.sh: $*" >&2
    exit 1
}

sh "$source/packaging/debs.sh" "$folder" >"$work/log" 2>&1 || {
    tail -n 40 "$work/log" >&2
    exit 1
}
debs=$(ls "$(realpath "$folder")"/packages/*.deb)
names=$(for deb in $debs; do dpkg-deb -f "$deb" Package; done | tr '\n' ' ')
echo "built: $names"

# What each package says of itself.
control() { dpkg-deb -f "$folder"/packages/"$1"_*.deb "$2"; }
lib=$(echo "$names" | tr ' ' '\n' | grep '^librqa[0-9]*$')
version=$(control "$lib" Version)
dpkg-deb --ctrl-tarfile "$folder"/packages/"$lib"_*.deb | tar -xC "$work" ./shlibs ./triggers
grep -q "^librqa ${lib#librqa} $lib (>= $version)$" "$work/shlibs" ||
    fail "shlibs: $(cat "$work/shlibs")"
grep -q '^activate-noawait ldconfig$' "$work/triggers" || fail "$lib does not trigger ldconfig"
control "$lib" Depends | grep -q 'libpng16-16.*' || fail "$lib depends on $(control "$lib" Depends)"
control librqa-dev Depends | grep -q "$lib (= $version).*libpng-dev" ||
    fail "librqa-dev depends on $(control librqa-dev Depends)"
control rqa-tools Depends | grep -q "$lib (>= .*zlib1g" ||
    fail "rqa-tools depends on $(control rqa-tools Depends)"

# use [ROOT]: the program, its man page, and the README's C program, with the packages installed, or
# unpacked in ROOT.
use() {
    root=${1:-}
    libdir=$root/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)
    if [ -n "$root" ]; then
        LD_LIBRARY_PATH=$libdir
        PKG_CONFIG_PATH=$libdir/pkgconfig
        export LD_LIBRARY_PATH PKG_CONFIG_PATH
    fi
    printf 't,x\n0,1\n1,2\n2,1\n3,2\n4,1\n' >"$work/x.csv"
    "$root/usr/bin/rqa" analyze "$work/x.csv" --columns x --threshold 0.5 --format json \
        >"$work/json"
    python3 - "$work/json" <<'END'
import json, sys
result = json.load(open(sys.argv[1]))
# 1 2 1 2 1: points where i - j is even, 8 of the 20 cells off the main diagonal.
assert result["recurrence_points"] == 8 and result["measures"]["rr"] == 0.4, result
END
    gzip -dc "$root/usr/share/man/man1/rqa.1.gz" | grep -q '^\.SH COMMANDS' || fail "no man page"
    # The first C program in the README.
    awk '/^```c$/ { on = 1; next } /^```$/ && on { exit } on' "$source/README.md" >"$work/readme.c"
    # shellcheck disable=SC2046
    cc "$work/readme.c" -o "$work/readme" $(pkg-config --cflags --libs rqa)
    got=$("$work/readme")
    [ "$got" = 'recurrence rate 0.3091, determinism 0.4118' ] || fail "the README's program: '$got'"
    for name in $names; do
        for file in copyright changelog.Debian.gz; do
            [ -s "$root/usr/share/doc/$name/$file" ] || fail "$name has no $file"
        done
    done
    loaded=$(ldd "$work/readme" | awk '/librqa/ { print $3 }')
    [ "$(realpath "$loaded")" = "$(realpath "$libdir/librqa.so")" ] || fail "loaded was $loaded"
}

unpack=
[ "$(id -u)" = 0 ] && [ "${RQA_TEST_DPKG:-}" = 1 ] || unpack="not root, or RQA_TEST_DPKG is not 1"
for name in $names; do
    ! dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed ||
        unpack="$name is installed on this machine already"
done
if [ -n "$unpack" ]; then
    echo "note: $unpack: the packages are unpacked, not installed"
    for deb in $debs; do
        dpkg-deb -x "$deb" "$work/root"
    done
    use "$work/root"
    echo "packages work where they were unpacked"
    exit 0
fi

# Everything that bears the name, and what ldconfig knows.
traces() {
    find /usr /etc /var/lib/dpkg/info -name '*rqa*' ! -path "$source/*" | sort
    ldconfig -p | grep rqa || true
}
traces >"$work/before"

# An older release that had a file which is gone now.
mkdir "$work/old"
for deb in $debs; do
    dpkg-deb -R "$deb" "$work/tree"
    sed -i -e 's/^Version:.*/Version: 0.0.9-1/' -e "s/(= $version)/(= 0.0.9-1)/" \
        -e "s/^\(Depends:.*$lib (>= \)[^)]*/\10.0.9/" "$work/tree/DEBIAN/control"
    [ "$(basename "$deb")" = "${lib}_${version}_$(dpkg --print-architecture).deb" ] &&
        echo old >"$work/tree/usr/share/doc/$lib/rqa-of-old"
    dpkg-deb --root-owner-group -b "$work/tree" "$work/old" >/dev/null
    rm -rf "$work/tree"
done
# apt waits for the lock and checks dependencies; dpkg does the work.
quietly() {
    "$@" >"$work/log" 2>&1 || {
        cat "$work/log" >&2
        exit 1
    }
}
apt="apt-get -y -qq --no-install-recommends -o DPkg::Lock::Timeout=600"
DEBIAN_FRONTEND=noninteractive
export DEBIAN_FRONTEND
installed=yes
quietly $apt install "$work"/old/*.deb
[ "$(dpkg-query -W -f='${Version}' "$lib")" = 0.0.9-1 ] || fail "the older release is not installed"
quietly $apt install $debs
[ "$(dpkg-query -W -f='${Version}' "$lib")" = "$version" ] || fail "the upgrade did not happen"
[ ! -e "/usr/share/doc/$lib/rqa-of-old" ] || fail "the upgrade left a file of the older release"
use
# Files are as packaged, and nothing else is missing.
dpkg --verify $names >"$work/verify"
[ ! -s "$work/verify" ] || fail "$(cat "$work/verify")"
quietly $apt purge $names
installed=
traces >"$work/after"
diff "$work/before" "$work/after" || fail "removal left these behind"
echo "packages installed over an older release, used and removed without a trace"
