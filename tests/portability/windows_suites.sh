# windows_suites.sh - runs suites under Wine and tells what they ran, for windows.sh: $root is the tree, $build
# has bin/test_NAME.exe, and $work takes what they print.

fail() {
    echo "FAILED: $*"
    exit 1
}

# check NAME COMMAND...: one line for what passes, its output for what fails.
check() {
    name=$1 begun=$(date +%s)
    shift
    "$@" >"$work/output-windows" 2>&1 || {
        tail -n 60 "$work/output-windows"
        fail "$name"
    }
    echo "passed in $(($(date +%s) - begun)) s: $name"
}

# one_suite NAME: passes also if only such tests fail as windows/not_here.txt names, with the reason.
one_suite() {
    (cd "$build/bin" && timeout 1800 wine "test_$1.exe") >"$work/suite-$1" 2>&1 && status=0 || status=$?
    cat "$work/suite-$1"
    [ $status != 0 ] || return 0
    [ $status = 1 ] || return 1
    failed=$(tr -d '\r' <"$work/suite-$1" | sed -nE 's/^.*:[0-9]+:[FE]:[^:]*:([a-zA-Z0-9_]+):.*/\1/p' | sort -u)
    [ "$failed" ] || return 1
    for each in $failed; do
        grep "^$1 $each " "$root/tests/portability/windows/not_here.txt" | sed "s/^[^ ]* \([^ ]*\)/skipped: \1:/"
    done | tee "$work/skipped"
    [ "$(wc -l <"$work/skipped")" = "$(echo "$failed" | wc -l)" ]
}

# suites NAME...: each must run checks; a test that comes to fork() ends there and is counted.
suites() {
    for suite in "$@"; do
        check "test_$suite" one_suite "$suite"
        told=$(tr -d '\r' <"$work/output-windows" | grep -aE '^[0-9]+%: Checks: [1-9]|^skipped: ') ||
            fail "test_$suite ran no check"
        echo "$told"
        n_cut=$(grep -ac '^cut short' "$work/output-windows" || true)
        [ "$n_cut" = 0 ] || echo "    $n_cut of them cut short: Windows has no fork()"
    done
}
