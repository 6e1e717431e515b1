#!/bin/sh
# plugin_secure.sh PROGRAM PLUGIN - a program that runs with more rights than its caller has opens no
# plugin that the environment names. Skipped (77) where one cannot be made.
set -eu
program=$1 plugin=$2
[ "$(id -u)" = 0 ] || { echo "only root can make such a program"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cp "$(command -v id)" "$folder/id"
chown 65534 "$folder/id"
chmod 4755 "$folder/id"
[ "$("$folder/id" -u)" = 65534 ] || { echo "rights are not given on this file system"; exit 77; }
cp "$program" "$folder/rqa"
chown 65534 "$folder/rqa"
RQA_PLUGIN_PATH=$plugin "$folder/rqa" devices >"$folder/plain"
grep -q '^gpu *yes' "$folder/plain" || { echo "the plugin is not found at all"; exit 1; }
chmod 4755 "$folder/rqa"
RQA_PLUGIN_PATH=$plugin "$folder/rqa" devices >"$folder/secure" || {
    echo "the other user cannot run it here"
    exit 77
}
cat "$folder/secure"
# Nothing else may have made the difference.
grep -q '^sequential *yes' "$folder/secure"
! grep -q 'Emulated' "$folder/secure"
