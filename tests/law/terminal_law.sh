#!/bin/sh
# terminal_law.sh ROOT - the program prints to stdout and stderr through cli_console.h alone, which
# leaves out what would steer a terminal. cli_help.c prints texts of its own. Plants a call first, to
# see itself fail.
set -eu
root=$1

check_prints() {
    (cd "$1/examples/rqa" && grep -nE \
        '(^|[^a-zA-Z0-9_])(v?printf|puts|putchar|perror)\(|(printf|puts|putc|write)\([^;]*(stdout|stderr|STDOUT_FILENO|STDERR_FILENO)' \
        ./*.c | grep -vE '^\./(cli_console|cli_help)\.c:|^[^:]*:[0-9]*:[[:space:]]*(/?\*)|cli_(print|json)[a-z_]*to\(') || true
}

planted=$(mktemp -d)
trap 'rm -rf "$planted"' EXIT
mkdir -p "$planted/examples/rqa"
echo 'cli_print("%s\n", name); snprintf(a, n, "x"); fprintf(out, "{");' >"$planted/examples/rqa/good.c"
[ -z "$(check_prints "$planted")" ] || { echo "self-test: the console's own calls were refused"; exit 1; }
for bad in 'printf("%s", name);' 'fprintf(stderr, "%s", name);' 'fputs(name, stdout);' \
    'puts(name);' 'write(STDERR_FILENO, name, n);'; do
    echo "$bad" >"$planted/examples/rqa/bad.c"
    check_prints "$planted" | grep -q 'bad.c:1:' || { echo "self-test: not caught: $bad"; exit 1; }
done

found=$(check_prints "$root")
[ -z "$found" ] || { echo "printed past cli_console.h:"; echo "$found"; exit 1; }
echo "the program prints through its console"
