#!/bin/sh
# test_matlab.sh SOURCE LIBRQA PROGRAM - builds the MEX file in a copy of examples/matlab, and runs
# test_matlab.m in Octave. Exit 77, with the reason, where Octave or its compiler script is missing.
set -eu
source=$1 librqa=$2 program=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

skip() {
    echo "skipped: $*"
    exit 77
}

command -v octave-cli >/dev/null || skip "no Octave (Debian: octave)"
command -v mkoctfile >/dev/null && [ -f "$(mkoctfile -p OCTINCLUDEDIR)/mex.h" ] ||
    skip "Octave cannot compile (Debian: octave-dev)"

# As it would be copied: the two files of examples/support beside it.
mkdir "$work/rqa" "$work/home"
cp -R "$source/examples/matlab/." "$source"/examples/support/host_*.[ch] "$work/rqa"
rm -f "$work"/rqa/*.mex*
# Without a history: a home that has no folder for one makes every Octave complain at its end.
octave() {
    env -i PATH="$PATH" HOME="$work/home" TMPDIR="$work" LANG=C.UTF-8 RQA_TEST_MATLAB="$work/rqa" \
        RQA_TEST_PROGRAM="$program" RQA_TEST_ORACLES="$source/tests/data/oracles" \
        octave-cli --no-gui --no-init-file --no-site-file --no-history --quiet --eval "$1"
}
octave "cd('$work/rqa'); rqa_build('$source/include', '$(dirname "$librqa")')"
cd "$source/tests/matlab"
octave test_matlab
