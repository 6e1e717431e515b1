#!/bin/sh
# make_package.sh [FOLDER] - the R package as a source tarball in FOLDER (default: here), with librqa's
# sources in it, so that it installs where there is no librqa. RQA_BUNDLE=none leaves them out.
set -eu
tree=$(cd "$(dirname "$0")/../.." && pwd)
out=$(cd "${1:-.}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$tree/examples/r/rqa" "$work/rqa"
cd "$work"
(cd rqa && ./cleanup)
mkdir rqa/src/host
cp "$tree"/examples/support/host_*.[ch] rqa/src/host/
mkdir -p rqa/tests/testthat/oracles/series
cd "$tree/tests/data/oracles"
cp 09_categorical.tsv 11_other.tsv "$work/rqa/tests/testthat/oracles/"
for name in symbols symbols_b ties roessler henon ar1; do
    cp "series/$name.txt" "$work/rqa/tests/testthat/oracles/series/"
done
cd "$work"
if [ "${RQA_BUNDLE:-}" != none ]; then
    mkdir -p rqa/tools/librqa/cuda
    cp -R "$tree/CMakeLists.txt" "$tree/LICENSE" "$tree/include" "$tree/lib" "$tree/pkgconfig" \
        rqa/tools/librqa/
    cp "$tree/cuda/CMakeLists.txt" rqa/tools/librqa/cuda/
fi
R CMD build --no-build-vignettes rqa
cp rqa_*.tar.gz "$out/"
