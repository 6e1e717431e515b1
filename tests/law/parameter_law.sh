#!/bin/sh
# parameter_law.sh ROOT - no function of lib/, nor a pointer to one, has more than seven parameters:
# what needs more takes a struct that has a name. Plants faults first, to see itself fail.
set -eu
root=$1

check_parameters() {
    (cd "$1" && find lib -name '*.[ch]' | sort | xargs awk -v most=7 '
        # The longest list of arguments that stands in parentheses of its own.
        function longest(text, k, c, depth, n, found) {
            found = 0
            for (k = 1; k <= length(text); k++) {
                c = substr(text, k, 1)
                if (c == "(" && ++depth == 1)
                    n = 1
                else if (c == "," && depth == 1)
                    n++
                else if (c == ")" && --depth == 0 && n > found)
                    found = n
            }
            return found
        }
        function judge() {
            gsub(/__attribute__ *\(\([^)]*\)\)/, "", text)
            if (longest(text) > most) {
                sub(/^[ \t]+/, "", text)
                print FILENAME ":" begin ": " longest(text) " parameters: " substr(text, 1, 70)
                bad = 1
            }
            text = ""
        }
        FNR == 1 { depth = inside = more = 0; text = "" }
        {
            line = $0
            gsub(/"([^"\\]|\\.)*"/, "0", line)
            gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, "", line)
            if (inside && line !~ /\*\//)
                next
            if (inside)
                sub(/^.*\*\//, "", line)
            inside = line ~ /\/\*/
            sub(/\/\*.*$/, "", line)
            if (more || line ~ /^[ \t]*#/) {
                more = line ~ /\\$/
                next
            }
            if (text == "" && (depth == 0 || line ~ /\( *\*+ *[a-z_0-9]+ *\) *\(/)) {
                text = line
                begin = FNR
            } else if (text != "") {
                text = text " " line
            }
            if (line ~ /[;{}]/)
                judge()
            depth += gsub(/\{/, "{", line) - gsub(/\}/, "}", line)
        }
        END { exit bad }')
}

planted=$(mktemp -d)
trap 'rm -rf "$planted"' EXIT
mkdir -p "$planted/lib/base"
fault() {
    printf "$2" >"$planted/lib/base/planted.c"
    if check_parameters "$planted" >/dev/null; then
        echo "self-test: $1 was not caught" >&2
        exit 1
    fi
}
fault "a function" 'static int f(int a, int b, int c, int d,\n             int e, int f, int g, int h)\n{\n}\n'
fault "a prototype" 'int f(int a, int b, int c, int d, int e, int f, int g, int h);\n'
fault "a pointer" 'struct s {\n    int (*f)(int a, int b, int c, int d, int e,\n             int f, int g, int h);\n};\n'
fault "a function after others" 'int a(void)\n{\n    if (1) {\n    }\n}\n/* a,\n b */\nint f(int a, int b, int c, int d, int e, int f, int g, int h) {\n}\n'
printf '%s\n' '#define F(a, b, c, d, e, f, g, h, i) \' '    g(a, b, c, d, e, f, g, h)' \
    'static int f(int a, int b, int c, int d, int e, int f, int (*g)(int a, int b, int c))' '{' \
    '    return h("(", a, b, c, d, e, f, g, a); /* (a, b, c, d, e, f, g, h) */' '}' \
    'static const int t[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};' >"$planted/lib/base/planted.c"
check_parameters "$planted" || { echo "self-test: seven parameters were refused" >&2; exit 1; }

check_parameters "$root"
echo "no function of lib/ has more than seven parameters"
