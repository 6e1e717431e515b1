#!/bin/sh
# man_page.sh OUT PROGRAM... - writes the man page rqa(1) from what the program's --help says, so
# that the page has every option. PROGRAM may begin with an emulator.
set -eu
out=$1
shift
part=$out.part
trap 'rm -f "$part" "$part.bench"' EXIT

commands=$("$@" --help | awk '$1 == "rqa" && $2 !~ /^[0-9]|^help$|^version$/ { print $2 }')
version=$("$@" version | awk 'NR == 1 { print $2 }')
if [ -z "$commands" ] || [ -z "$version" ]; then
    echo "man_page.sh: no commands in '$* --help'" >&2
    exit 1
fi

# One command's help as man source. Its shape: the use, paragraphs, examples, then chapters of
# options whose explanations begin at column 32.
format() {
    awk '
    function escape(text) {
        gsub(/\\/, "\\e", text)
        gsub(/-/, "\\-", text)
        if (text ~ /^[.\047]/)
            text = "\\&" text
        return text
    }
    function indent(text) { match(text, /^ */); return RLENGTH }
    { line[NR] = $0 }
    END {
        printf ".SS %s\n.nf\n.B %s\n.fi\n", name, escape(line[1])
        for (k = 2; k <= NR; k++) {
            text = line[k]
            if (text == "") {
                if (literal) { print ".fi"; literal = 0 }
                print ".PP"
            } else if (text ~ /^ +-/ && indent(text) < 10) {
                sub(/^ +/, "", text)
                help = ""
                if (match(text, /   *[^ ]/)) {
                    help = substr(text, RSTART + RLENGTH - 1)
                    text = substr(text, 1, RSTART - 1)
                }
                printf ".TP\n.B %s\n", escape(text)
                if (help != "") print escape(help)
            } else if (indent(text) >= 30) {
                sub(/^ +/, "", text)
                print escape(text)
            } else if (line[k + 1] ~ /^ +-/ && indent(line[k + 1]) < 10 && indent(text) == 0) {
                printf ".PP\n.I %s\n", escape(text)
            } else {
                if (text ~ /^Example/ && !literal) { print ".nf"; literal = 1 }
                print escape(text)
            }
        }
        if (literal) print ".fi"
    }' name="$1"
}

# rqa bench speaks for the program rqa_bench, which may not be there; its help is a table.
table() {
    printf '.SS %s\n.nf\n' "$1"
    sed 's/\\/\\e/g; s/-/\\-/g; s/^\([.'"'"']\)/\\\&\1/'
    echo .fi
}

{
    printf '.TH RQA 1 "" "rqa %s" "User Commands"\n' "$version"
    cat <<'END'
.SH NAME
rqa \- recurrence quantification analysis, exact and fast
.SH SYNOPSIS
.B rqa
.I COMMAND
[options]
.SH DESCRIPTION
A recurrence plot marks every pair of times at which a system was in nearly the same state.
.B rqa
counts its points, diagonal lines, vertical lines and gaps and condenses them into measures, for one
recording, for a pair, or for thousands of settings over many recordings as one job.
.PP
Recordings are .csv, .tsv, .txt and .npy files, each also gzipped, or \- for standard input;
header, delimiter and decimal comma are detected.
.SH COMMANDS
END
    for command in $commands; do
        if [ "$command" = bench ]; then
            "$@" bench --help 2>/dev/null >"$part.bench" && table bench <"$part.bench"
        else
            "$@" "$command" --help | format "$command"
        fi
    done
    cat <<'END'
.SH EXIT STATUS
0 done, 1 failure, 2 bad input or usage, 130 interrupted. Nothing is left under the name of a result
file unless it is complete.
.SH ENVIRONMENT
.TP
.B RQA_BACKEND
auto, sequential, threads, gpu or hybrid: what the backend auto becomes.
.TP
.B RQA_CPU
ref, avx2, avx512 or neon: lowers the level of the kernels. Results do not change.
.TP
.B RQA_NUM_THREADS
Threads to compute with where no option says how many.
.SH SEE ALSO
The headers of the library, which are its manual: begin with rqa/rqa.h. Formulas and sources of the
measures are in rqa/measure.h, the rules of other packages in rqa/convention.h.
END
} >"$part"
mv "$part" "$out"
