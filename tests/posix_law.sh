#!/bin/sh
# posix_law.sh ROOT - what POSIX gives beyond ISO C is used in lib/base alone and, in the program, in
# the files listed here; docs/portability.md says what a port supplies instead. Plants a call and a
# header first, to see itself fail.
set -eu
root=$1

# Files of examples/rqa that may: folders and file kinds, standard streams and whole files, signals,
# the terminal, the clock, text in memory as a stream, threads, pipes, rqa_bench beside the program,
# what the machine is called.
program='cli_console.c cli_files.c cli_machine.c cli_output.c cli_paths.c cli_recordings.c cli_signals.c
cli_signals.h cmd_bench.c cmd_export.c cmd_merge.c cmd_test.c export_axes.c export_folder.c export_npy.c export_progress.c
reader_bytes.c results_csv.c sweep_events.c sweep_progress.c sweep_store.c'

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

check_posix() {
    (cd "$1" && find lib examples/rqa -name '*.[ch]' ! -path 'lib/base/*' | sort) |
        while read -r file; do
            case " $(echo $program) " in
            *" $(basename "$file") "*) [ "${file#lib/}" != "$file" ] || continue ;;
            esac
            # Without comments, and without the text of strings. A member or a prefix is no call.
            awk '{
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
                print line
            }' "$1/$file" | grep -nE \
                "^[[:space:]]*#[[:space:]]*include[[:space:]]*<($(joined "$headers"))\.h>|(^|[^a-zA-Z0-9_>.])(($(joined "$words"))[[:space:]]*\(|($(joined "$types"))([^a-zA-Z0-9_]|\$))" |
                sed "s|^|$file:|" || true
        done
}

planted=$(mktemp -d)
trap 'rm -rf "$planted"' EXIT
mkdir -p "$planted/lib/base" "$planted/lib/data" "$planted/examples/rqa"
echo '#include <unistd.h>' >"$planted/lib/base/allowed.c"
echo '#include <unistd.h>' >"$planted/examples/rqa/cli_files.c"
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
[ -z "$found" ] || { echo "POSIX outside lib/base and the program's own few files:"; echo "$found"; exit 1; }
echo "POSIX stays where a port expects it"
