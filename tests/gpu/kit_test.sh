#!/bin/sh
# kit_test.sh BUILD - a kit with the emulated plugin from this build, as small as it can be, is packed
# and rehearsed. Exits 77 with a reason where it cannot be.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kit=$1/kit-emulated
RQA_KIT_QUICK=1 sh "$here/pack.sh" --emulated --from "$1" --out "$kit"
sh "$here/rehearse.sh" "$kit" 20
rm -rf "$kit"
