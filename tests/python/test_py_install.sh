#!/bin/sh
# test_py_install.sh - pip installs the Python face into a fresh virtual environment: with a librqa
# built on the way, without one, and from a source distribution. Exit 77 where pip or venv is
# missing, or what it builds with can neither be found nor fetched. Usage: ... PYTHON SOURCE LIBRQA
set -eu
python=$1 source=$2/examples/python librqa=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset RQA_LIBRARY PYTHONPATH RQA_BUNDLE

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
import importlib.metadata as metadata, os, sys
import numpy as np
import rqa
from rqa import library_path
tag, library = sys.argv[1:]
wheel = metadata.distribution("rqa").read_text("WHEEL")
assert f"Tag: py3-none-{tag}" in wheel, wheel
assert library_path.startswith(library), library_path
assert rqa.__file__.startswith(sys.prefix), rqa.__file__
assert metadata.version("rqa") == rqa.version.replace("-dev", ".dev0"), metadata.version("rqa")
folder = os.path.dirname(rqa.__file__)
for name in ("py.typed", "_declarations.py", "rqa_cdef.h"):
    assert os.path.exists(os.path.join(folder, name)), name
r = rqa.analyze(np.sin(0.1 * np.arange(500)), 2, 16, threshold=0.2)
assert abs(r.det - 1) < 1e-12, r
EOF
    echo "$1: ok"
}

before=$(find "$source" | sort)
install "$source"
check linux "$work/venv/"
RQA_BUNDLE=none install "$source"
RQA_LIBRARY=$librqa check any "$librqa"
if (cd "$work" && "$venv" -c 'import rqa' 2>"$work/message"); then
    echo "note: a librqa is installed on this system"
else
    grep -q 'librqa was not found. Tried:' "$work/message" || { cat "$work/message"; exit 1; }
fi
(cd "$source" && "$venv" -B -c "
import sys, setuptools.build_meta
sys.path.insert(0, '')
setuptools.build_meta.build_sdist('$work')" >/dev/null 2>&1)
install "$work"/rqa-*.tar.gz
RQA_LIBRARY=$librqa check any "$librqa"
[ "$before" = "$(find "$source" | sort)" ] || { echo "something was left in $source"; exit 1; }
