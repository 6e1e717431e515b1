#!/bin/sh
# macos.sh [FOLDER] - on a Mac: builds librqa for both of its processors and joins them: FOLDER/bin/rqa and
# FOLDER/lib/librqa.dylib (default build-macos) run on either. Has never been run; see docs/portability.md.
#
# Two builds, since the kernels of each processor have flags that the other's compiler refuses.
set -eu
cd "$(dirname "$0")/.."
out=${1:-build-macos}
command -v lipo >/dev/null || {
    echo "lipo is missing: this needs macOS and Xcode's command line tools" >&2
    exit 77
}
for machine in arm64 x86_64; do
    cmake --preset "macos-$machine" -DRQA_BUILD_TESTS=OFF -DRQA_BUILD_DOCS=OFF
    cmake --build --preset "macos-$machine" -j "$(sysctl -n hw.ncpu)"
    cmake --install "build-macos-$machine" --prefix "$out/$machine"
done
cp -R "$out/arm64/include" "$out/arm64/lib" "$out/arm64/bin" "$out/"
for file in $(cd "$out/arm64" && find bin lib -type f \( -name rqa -o -name 'rqa_bench' -o -name '*.dylib' -o -name '*.a' \)); do
    lipo -create "$out/arm64/$file" "$out/x86_64/$file" -output "$out/$file"
done
rm -rf "$out/arm64" "$out/x86_64"
