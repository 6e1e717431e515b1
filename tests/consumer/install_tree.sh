#!/bin/sh
# install_tree.sh BUILD SOURCE PREFIX - installs the build, moves it to PREFIX, and checks what lies
# there: files, paths that would tie it to a place, and the man page against the options.
set -eu
build=$1 source=$2 prefix=$3
rm -rf "$prefix" "$prefix.first"
cmake --install "$build" --prefix "$prefix.first" >/dev/null
mv "$prefix.first" "$prefix"
fail() {
    echo "install_tree.sh: $*" >&2
    exit 1
}

pc=$(find "$prefix" -name rqa.pc)
libdir=$(dirname "$(dirname "$pc")")
for header in "$source"/include/rqa/*.h; do
    cmp "$header" "$prefix/include/rqa/$(basename "$header")"
done
[ -s "$prefix/share/doc/rqa/LICENSE" ] || fail "no licence"
[ -f "$libdir/librqa.a" ] || fail "no static library"
soname=$(readelf -d "$libdir/librqa.so" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')
[ "$(readlink "$libdir/librqa.so")" = "$soname" ] || fail "librqa.so does not lead to $soname"
[ -e "$libdir/$soname" ] || fail "no $soname"

# A whole name: in a source folder /librqa, /librqa.so is none of it.
end='\([^[:alnum:]._-]\|$\)'
tied=$(grep -rlI -e "$prefix$end" -e "$build$end" -e "$source$end" "$prefix" || true)
[ -z "$tied" ] || fail "these name a folder of the build: $tied"
runpath=$(readelf -d "$prefix/bin/rqa" | sed -n 's/.*RUNPATH.*\[\(.*\)\]/\1/p')
[ "$runpath" = "\$ORIGIN/../$(basename "$libdir")" ] || fail "RUNPATH of rqa is '$runpath'"
! readelf -d "$libdir/$soname" | grep -E 'RPATH|RUNPATH' || fail "the library has a search path"
loaded=$(env -u LD_LIBRARY_PATH ldd "$prefix/bin/rqa" | awk '/librqa/ { print $3 }')
[ "$(realpath "$loaded")" = "$(realpath "$libdir/$soname")" ] || fail "rqa loads $loaded"
"$prefix/bin/rqa" version | grep -q '^rqa .*librqa' || fail "rqa version says otherwise"
"$prefix/bin/rqa" bench --help | grep -q . || fail "rqa bench does not find rqa_bench"

# Every option of a command is in its section of the man page, and no section has another one.
page=$prefix/share/man/man1/rqa.1
for command in $("$prefix/bin/rqa" --help | awk '$1 == "rqa" && !/:/ { print $2 }'); do
    case $command in help | version) continue ;; esac
    "$prefix/bin/rqa" "$command" --help | grep -oE '^ *(-[a-z], )?--[a-z][a-z-]*' |
        grep -oE -e '--.*' | sort -u >"$prefix/in_help"
    [ -s "$prefix/in_help" ] || fail "rqa $command --help has no options"
    sed 's/\\-/-/g' "$page" | awk -v name="$command" '/^\.S[SH]/ { on = $2 == name } on' |
        grep -oE '^(\.B| ) *(-[a-z], )?--[a-z][a-z-]*' | grep -oE -e '--.*' |
        sort -u >"$prefix/in_page"
    diff "$prefix/in_help" "$prefix/in_page" || fail "the man page and rqa $command --help differ"
done
rm "$prefix/in_help" "$prefix/in_page"
if command -v groff >/dev/null; then
    warnings=$(groff -man -Tutf8 -ww "$page" 2>&1 >/dev/null)
    [ -z "$warnings" ] || fail "the man page: $warnings"
fi
echo "installed, moved, checked"
