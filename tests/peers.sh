# peers.sh - sourced by run.sh: an environment with the packages that the dialects are named after,
# for tests/python/test_py_peers.py, with those for networks, for test_py_network.py, with executors of
# others, for test_py_executor.py, with other tables and another type checker, for test_py_tables.py
# and test_py_types.py, and with what rqa-live and its tests need. RQA_PEERS_PYTHON tells them of
# it. A package that does not install
# within two minutes is left out, and the test against it is skipped; so are all of them
# without a network. PyRQA is not tried: it needs OpenCL. RQA_PEERS_PYTHON may name an environment
# that is there already, or be "none".

# peer MODULE [PACKAGE]
peer() {
    "$peers/bin/python" -c "import $1" 2>/dev/null && return
    echo "installing $1, to compare with it or run on it"
    timeout 120 "$peers/bin/python" -m pip install --quiet --disable-pip-version-check \
        --prefer-binary --retries 1 --timeout 15 "${2:-$1}" >>"$peers/pip.log" 2>&1 ||
        echo "note: $1 could not be installed (build-peers/pip.log): tests with it are skipped"
}

if [ -z "${RQA_PEERS_PYTHON:-}" ]; then
    peers=$PWD/build-peers
    python=python3
    /usr/bin/python3 -c 'import numpy' 2>/dev/null && python=/usr/bin/python3
    if [ -x "$peers/bin/python" ] || $python -m venv --system-site-packages "$peers"; then
        peer neurokit2
        peer accrqa
        peer networkx
        peer igraph
        peer pyunicorn
        peer distributed
        peer loky
        peer polars
        peer pyright 'pyright[nodejs]'
        peer starlette
        peer uvicorn
        peer websockets
        peer jsonschema
        peer playwright
        RQA_PEERS_PYTHON=$peers/bin/python
    else
        echo "note: no virtual environment: the dialects are not compared with their packages"
    fi
fi
[ "${RQA_PEERS_PYTHON:-none}" = none ] || export RQA_PEERS_PYTHON
