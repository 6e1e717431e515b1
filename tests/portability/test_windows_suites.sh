#!/bin/sh
# test_windows_suites.sh SOURCE - what windows.sh makes of a suite that runs its checks, runs none, fails where it
# may and where it may not; a script that prints so stands for Wine.
set -eu
root=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
build=$work
mkdir "$work/bin"
cat >"$work/bin/wine" <<'EOF'
#!/bin/sh
printf '%b' "$SAYS"
exit "$CODE"
EOF
chmod +x "$work/bin/wine"
PATH=$work/bin:$PATH
. "$root/tests/portability/windows_suites.sh"

# expect STATUS TEXT SUITE CODE SAYS
expect() {
    wanted=$1 text=$2 suite=$3
    export CODE="$4" SAYS="$5"
    status=0
    (suites "$suite") >"$work/told" 2>&1 || status=$?
    [ "$status" = "$wanted" ] && grep -q "$text" "$work/told" || {
        echo "a suite $suite that ends with $CODE and says \"$SAYS\" gives $status and:"
        cat "$work/told"
        exit 1
    }
}

# A suite of the name of the system is one like the others.
for suite in store windows; do
    expect 0 '^100%: Checks: 3' "$suite" 0 '100%: Checks: 3, Failures: 0, Errors: 0\r\n'
    expect 0 '2 of them cut short' "$suite" 0 'cut short\r\ncut short\r\n100%: Checks: 3, Failures: 0, Errors: 0\r\n'
    expect 1 "test_$suite ran no check" "$suite" 0 '100%: Checks: 0, Failures: 0, Errors: 0\r\n'
    expect 1 "test_$suite ran no check" "$suite" 0 ''
    expect 1 "FAILED: test_$suite" "$suite" 3 '100%: Checks: 3, Failures: 0, Errors: 0\r\n'
    expect 1 "FAILED: test_$suite" "$suite" 1 'a.c:1:F:one:no_such_case:0: wrong\r\n66%: Checks: 3, Failures: 1, Errors: 0\r\n'
done
named='a.c:1:F:store:every_name_is_a_file:0: wrong\r\n'
expect 0 '^skipped: every_name_is_a_file: a name' store 1 "$named"'66%: Checks: 3, Failures: 1, Errors: 0\r\n'
expect 1 'FAILED: test_store' store 1 "$named"'a.c:2:F:store:other:0: wrong\r\n33%: Checks: 3, Failures: 2, Errors: 0\r\n'
echo "windows suites: ok"
