#!/bin/sh
# debs.sh [FOLDER] - builds the Debian packages with Debian's hardening flags; they lie in
# FOLDER/packages (default build-debian) afterwards.
set -eu
cd "$(dirname "$0")/.."
folder=${1:-build-debian}
DEB_BUILD_MAINT_OPTIONS=hardening=+bindnow
DEB_CFLAGS_MAINT_STRIP=-g # the packages are stripped
export DEB_BUILD_MAINT_OPTIONS DEB_CFLAGS_MAINT_STRIP
CFLAGS="$(dpkg-buildflags --get CPPFLAGS) $(dpkg-buildflags --get CFLAGS)"
LDFLAGS=$(dpkg-buildflags --get LDFLAGS)
export CFLAGS LDFLAGS
# Flags are read when a folder is configured first.
rm -rf "$folder"
cmake --preset debian -B "$folder"
cmake --build "$folder" -j "$(nproc)"
cd "$folder"
cpack
