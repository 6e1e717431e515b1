/* shim.h - what the suites use of POSIX and MinGW-w64 has not, in front of each of their files when they are
 * built for Windows. Nothing of it is in the library or the program. */
#ifndef RQA_TESTS_WINDOWS_SHIM_H
#define RQA_TESTS_WINDOWS_SHIM_H

/* The other machines' builds look for these. */
#pragma GCC diagnostic ignored "-Wconversion"

#include <direct.h>
#include <fcntl.h>
#include <io.h>
#include <process.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

/* As the library looks: in the environment of the process. */
__declspec(dllimport) int __stdcall SetEnvironmentVariableA(const char *name, const char *value);

static inline int shim_setenv(const char *name, const char *value, int overwrite)
{
    (void)overwrite;
    return SetEnvironmentVariableA(name, value) ? _putenv_s(name, value) : -1;
}

static inline int shim_unsetenv(const char *name)
{
    return SetEnvironmentVariableA(name, NULL) ? _putenv_s(name, "") : -1;
}

/* _mktemp() knows 26 names. On Windows itself /tmp is not there yet. */
static inline char *shim_mkdtemp(char *template)
{
    static unsigned counter;
    char *end = template + strlen(template) - 6;
    _mkdir("/tmp");
    for (int k = 0; k < 1000; k++) {
        snprintf(end, 7, "%06x", ((unsigned)_getpid() * 4096 + counter++) & 0xffffff);
        if (_mkdir(template) == 0)
            return template;
    }
    return NULL;
}

/* "rm -rf 'FOLDER'"; other commands are not there. */
static inline int shim_system(const char *command)
{
    char text[400];
    size_t n = 0;
    if (strncmp(command, "rm -rf ", 7) != 0)
        return 1;
    n = (size_t)snprintf(text, sizeof text, "rmdir /s /q ");
    for (const char *c = command + 7; *c && n + 1 < sizeof text; c++)
        if (*c != '\'')
            text[n++] = *c == '/' ? '\\' : *c;
    text[n] = 0;
    return system(text);
}

static inline int shim_mkdir(const char *path, int mode)
{
    (void)mode;
    return _mkdir(path);
}

/* There are no children that go on where their parent was, no links without rights, no limits of a
 * process: a test that comes to one ends there, tells so, and is counted by the runner as cut short. In
 * its mode without fork() Check leaves a test by this jump. */
extern jmp_buf error_jmp_buffer;
#define SHIM_END(what)                                                                             \
    (printf("cut short at %s: %s\n", what, __func__), fflush(stdout), longjmp(error_jmp_buffer, 1), -1)
#define fork() SHIM_END("fork()")
#define pipe(ends) ((ends)[0] = (ends)[1] = -1, SHIM_END("pipe()"))
#define chown(path, user, group) SHIM_END("chown()")
#define setuid(id) SHIM_END("setuid()")
#define setgid(id) SHIM_END("setgid()")
#define link(from, to) SHIM_END("link()")
#define utimensat(folder, path, times, how) SHIM_END("utimensat()")
#define scandir(path, entries, which, order) (*(entries) = NULL, SHIM_END("scandir()"))
#define alphasort NULL
#define alarm(seconds) SHIM_END("alarm()")
#define sigpending(set) SHIM_END("sigpending()")
#define sigaction(number, action, before) SHIM_END("sigaction()")
#define fcntl(...) SHIM_END("fcntl()")
#define symlink(from, to) SHIM_END("symlink()")
#define mkfifo(path, mode) SHIM_END("mkfifo()")
#define getrlimit(what, limit) SHIM_END("getrlimit()")
#define setrlimit(what, limit) SHIM_END("setrlimit()")
#define geteuid() 1000
#define getuid() 1000
struct rlimit {
    uint64_t rlim_cur, rlim_max;
};
typedef uint64_t rlim_t;
#define RLIMIT_FSIZE 1
#define RLIMIT_NOFILE 2
#define RLIMIT_AS 3
#define RLIM_INFINITY UINT64_MAX
#define waitpid(id, status, options) (*(status) = 0, (id))
#define WIFEXITED(status) ((status) == 0)
#define WEXITSTATUS(status) (status)
#define WIFSIGNALED(status) ((status) != 0)
#define WTERMSIG(status) (status)
#define WNOHANG 1
#define SIGKILL 9
#define SIGUSR1 10
#define SIGXFSZ 25
#define kill(id, number) SHIM_END("kill()")

/* MinGW-w64's is -1 where others' is 1, and tests count with it. */
#include <math.h>
#undef isnan
#define isnan(x) __builtin_isnan(x)

/* A locale with a decimal comma, by the name it has here. */
#include <locale.h>
static inline char *shim_setlocale(int category, const char *name)
{
    return setlocale(category, name && strcmp(name, "de_DE.UTF-8") == 0 ? "German_Germany.1252" : name);
}

#define setlocale shim_setlocale
#define setenv shim_setenv
#define unsetenv shim_unsetenv
#define mkdtemp shim_mkdtemp
#define system shim_system
#define mkdir shim_mkdir
#define lstat stat
#define aligned_alloc(alignment, n) malloc(n) /* any start will do for a test */
#define off_t long long
#define pwrite(file, from, n, at) (_lseeki64(file, at, SEEK_SET) < 0 ? -1 : _write(file, from, (unsigned)(n)))
#define open(path, ...) _open(path, _O_BINARY | __VA_ARGS__)
#define _SC_PAGESIZE 1
#define sysconf(what) 4096L
#define AT_FDCWD 0
#define F_SETLK 1
#define F_WRLCK 1
#define F_UNLCK 2
#define F_OFD_GETLK 3
struct flock {
    int l_type, l_whence;
    long long l_start, l_len;
};

#endif
