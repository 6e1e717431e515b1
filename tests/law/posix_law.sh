#!/bin/sh
# posix_law.sh ROOT - what POSIX gives beyond ISO C is used in lib/base alone and, in the program, in
# cli_system_posix.c; there, in include/rqa/export.h, in readers.h, which is copied without it, and in the
# Windows files beside them it is asked which system this is, and nowhere else. docs/portability.md says what a port supplies. Plants a call, a
# header and a question first, to see itself fail.
set -eu
root=$1

# Files of examples/rqa that may.
program='cli_system.h cli_system_posix.c cli_system_windows.c cli_system_files_windows.c
cli_system_names_windows.c cli_system_soon_windows.c'

headers='aio|arpa/.*|cpio|dirent|dlfcn|fcntl|fnmatch|ftw|glob|grp|iconv|langinfo|libgen|mqueue|netdb
netinet/.*|nl_types|poll|pthread|pwd|regex|sched|search|semaphore|spawn|strings|sys/.*|syslog|tar
termios|ucontext|ulimit|unistd|utime|utmpx|wordexp'

# Functions, types and constants that ISO C headers offer too when POSIX is asked for, and the calls
# that need no header to be written by mistake.
words='fileno|fdopen|popen|pclose|fseeko|ftello|getline|getdelim|dprintf|vdprintf|open_memstream
fmemopen|flockfile|funlockfile|getc_unlocked|putc_unlocked|setenv|unsetenv|putenv|mkstemp|mkdtemp
realpath|posix_memalign|rand_r|random|srandom|drand48|strdup|strndup|strnlen|strtok_r|strerror_r
strsignal|stpcpy|stpncpy|memccpy|strsep|strcasecmp|strncasecmp|localtime_r|gmtime_r|asctime_r
ctime_r|clock_gettime|nanosleep|strptime|timegm|sigaction|sigemptyset|sigfillset|sigprocmask|kill
fork|execv|execvp|execl|waitpid|isatty|open|close|read|write|lseek|stat|fstat|lstat|mkdir|rmdir
unlink|access|getcwd|chdir|opendir|readdir|pipe|dup2|fcntl|ioctl|mmap|munmap|sysconf|getpid|usleep
sleep|sched_yield|dlopen|dlsym|gethostname'
types='ssize_t|off_t|pid_t|M_PI|M_E|M_LN2|M_SQRT2|SSIZE_MAX|PATH_MAX'

joined() {
    echo "$1" | tr '\n' '|' | sed 's/|$//'
}

named="(^|[^a-zA-Z0-9_>.])(($(joined "$words"))[[:space:]]*\(|($(joined "$types"))([^a-zA-Z0-9_]|\$))"
included="^[^:]*:[0-9]+:[[:space:]]*#[[:space:]]*include[[:space:]]*<($(joined "$headers"))\.h>"
spared=$(joined "$program" | sed 's,\.,\\.,g; s, ,|,g')

check_posix() {
    (cd "$1" && find lib examples/rqa -name '*.[ch]' ! -path 'lib/base/*' | sort |
        grep -vE "^examples/rqa/($spared)\$" |
        # Without comments, and without the text of strings. A member or a prefix is no call.
        xargs awk 'FNR == 1 { inside = 0 }
            {
                gsub(/\\./, "")
                if ($0 !~ /^[ \t]*#[ \t]*include/)
                    gsub(/"[^"]*"/, "\"\"")
                line = ""
                for (rest = $0; rest != "";) {
                    at = index(rest, inside ? "*/" : "/*")
                    if (!inside) line = line (at ? substr(rest, 1, at - 1) : rest)
                    rest = at ? substr(rest, at + 2) : ""
                    if (at) inside = !inside
                }
                print FILENAME ":" FNR ":" line
            }' /dev/null | grep -E "$included|$named") || true
}

# Of Windows, and of the compilers that are its own.
questions='_WIN32|_WIN64|WIN32|__MINGW[0-9A-Z_]*|__CYGWIN__|_MSC_VER|__declspec|__stdcall|__cdecl'

check_windows() {
    (cd "$1" && find include lib examples cuda -name '*.[ch]' -o -name '*.cpp' -o -name '*.cu' 2>/dev/null |
        sort | grep -vE '^(lib/base/|include/rqa/export\.h$|examples/rqa/readers\.h$|examples/rqa/cli_system[a-z_]*\.[ch]$)' |
        xargs grep -nE "(^|[^a-zA-Z0-9_])($questions)([^a-zA-Z0-9_]|\$)|include[[:space:]]*<(windows|io|direct|process|winsock2)\.h>" \
            /dev/null) || true
}

planted=$(mktemp -d)
trap 'rm -rf "$planted"' EXIT
mkdir -p "$planted/lib/base" "$planted/lib/data" "$planted/examples/rqa"
echo '#include <unistd.h>' >"$planted/lib/base/allowed.c"
echo '#include <unistd.h>' >"$planted/examples/rqa/cli_system_posix.c"
mkdir -p "$planted/include/rqa" "$planted/cuda"
echo '#ifdef _WIN32' | tee "$planted/lib/base/asks.h" "$planted/include/rqa/export.h" \
    "$planted/examples/rqa/readers.h" >"$planted/examples/rqa/cli_system.h"
[ -z "$(check_windows "$planted")" ] || { echo "self-test: a system file was refused"; exit 1; }
for bad in '#ifdef _WIN32' '#if defined(__MINGW32__)' '#include <windows.h>'; do
    for file in lib/data/asks.c examples/rqa/cli_files.c include/rqa/series.h; do
        mkdir -p "$planted/lib/data"
        echo "$bad" >"$planted/$file"
        check_windows "$planted" | grep -q "^$file:1:" || { echo "self-test: not caught: $bad"; exit 1; }
        rm "$planted/$file"
    done
done
cat >"$planted/lib/data/good.c" <<'END'
#include <string.h>
/* read() and
 * strdup() are not called here */
static int reads(void) { return f->read(x) + my_read(y) + strlen("open(file)"); }
END
[ -z "$(check_posix "$planted")" ] || { echo "self-test: ISO C was refused"; exit 1; }
for bad in '#  include <sys/stat.h>' 'char *copy = strdup(text);' 'ssize_t n;' 'x = M_PI;' \
    '/* why */ read(0, p, 1);' 'f("a"); close(1);'; do
    echo "$bad" >"$planted/lib/data/bad.c"
    check_posix "$planted" | grep -q 'bad.c:1:' || { echo "self-test: not caught: $bad"; exit 1; }
done

found=$(check_posix "$root")
[ -z "$found" ] || { echo "POSIX outside lib/base and the program's own file:"; echo "$found"; exit 1; }
found=$(check_windows "$root")
[ -z "$found" ] || { echo "asked for Windows outside the files that may:"; echo "$found"; exit 1; }
echo "POSIX stays where a port expects it"
