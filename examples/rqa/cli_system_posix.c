/* cli_system_posix.c - cli_system.h over POSIX. */
#include "cli_system.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#ifdef __APPLE__
#include <sys/sysctl.h>
#endif
#include <sys/utsname.h>
#include <unistd.h>

/* ---- the process ---- */

/* Descriptors that are closed would be given to the files the program opens. Opened the wrong way round:
 * reading stdin fails, and so does writing the others. */
static void keep_streams(void)
{
    static const int how[3] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int k = 0; k < 3; k++)
        if (fcntl(k, F_GETFD) < 0 && open("/dev/null", how[k]) != k)
            _exit(1); /* nothing could be told */
}

void system_begin(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    keep_streams();
}

int64_t system_process_id(void)
{
    return (int64_t)getpid();
}

#ifdef __APPLE__
static int own_path(char *out, size_t size)
{
    uint32_t room = (uint32_t)size;
    return _NSGetExecutablePath(out, &room);
}
#else
static int own_path(char *out, size_t size)
{
    ssize_t n = readlink("/proc/self/exe", out, size - 1);
    if (n <= 0)
        return -1;
    out[n] = '\0';
    return 0;
}
#endif

int system_own_folder(char *out, size_t size)
{
    char *slash;
    if (own_path(out, size) != 0 || (slash = strrchr(out, '/')) == NULL)
        return -1;
    *slash = '\0';
    return 0;
}

const char system_program_ending[] = "";

int system_become(const char *path, char **argv)
{
    return execv(path, argv);
}

int system_set_environment(const char *name, const char *value)
{
    return setenv(name, value, 1);
}

void system_name(char *out, size_t size)
{
    struct utsname name;
    snprintf(out, size, "unknown");
    if (uname(&name) == 0)
        snprintf(out, size, "%.30s %.40s %.20s", name.sysname, name.release, name.machine);
}

#ifdef __APPLE__
void system_processor(char *out, size_t size)
{
    if (sysctlbyname("machdep.cpu.brand_string", out, &size, NULL, 0) != 0)
        snprintf(out, size, "unknown");
}
#else
void system_processor(char *out, size_t size)
{
    snprintf(out, size, "unknown");
    FILE *file = fopen("/proc/cpuinfo", "r");
    char line[256];
    while (file && fgets(line, sizeof line, file)) {
        char *value = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || !value)
            continue;
        value += 1 + strspn(value + 1, " \t");
        value[strcspn(value, "\n")] = '\0';
        snprintf(out, size, "%.90s", value);
        break;
    }
    if (file)
        fclose(file);
}
#endif

_Noreturn void system_exit_now(int code)
{
    _exit(code);
}

void system_catch_signals(void (*on_signal)(int number))
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = on_signal;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
#ifdef SIGXFSZ
    sigaction(SIGXFSZ, &action, NULL); /* ulimit -f: the write says so */
#endif
}

/* ---- files ---- */

static int tell_info(system_info *out, int status, const struct stat *info)
{
    if (status != 0)
        return -1;
    out->kind = S_ISREG(info->st_mode)   ? SYSTEM_FILE
                : S_ISDIR(info->st_mode) ? SYSTEM_FOLDER
                                         : SYSTEM_OTHER;
    out->device = (uint64_t)info->st_dev;
    out->number = (uint64_t)info->st_ino;
    return 0;
}

int system_look(system_info *out, const char *path)
{
    struct stat info;
    return tell_info(out, stat(path, &info), &info);
}

int system_look_stream(system_info *out, int file)
{
    struct stat info;
    return tell_info(out, fstat(file, &info), &info);
}

int system_open(const char *path, system_how how)
{
    static const int flags[] = {
        [SYSTEM_READ] = O_RDONLY,
        [SYSTEM_WRITE] = O_WRONLY,
        [SYSTEM_NEW] = O_WRONLY | O_CREAT | O_EXCL,
        [SYSTEM_APPEND] = O_WRONLY | O_CREAT | O_APPEND,
    };
    return open(path, flags[how] | O_CLOEXEC, 0666);
}

int system_duplicate(int file)
{
    return dup(file);
}

const char *system_reason(int number)
{
    return strerror(number);
}

int64_t system_read(int file, void *out, size_t n)
{
    return read(file, out, n);
}

int64_t system_write(int file, const void *bytes, size_t n)
{
    return write(file, bytes, n);
}

int64_t system_write_at(int file, const void *bytes, size_t n, uint64_t at)
{
    return pwrite(file, bytes, n, (off_t)at);
}

/* PIPE_BUF bytes go when poll() says so. */
int64_t system_write_soon(int file, const void *bytes, size_t n, int patience_ms)
{
    struct pollfd ready = {file, POLLOUT, 0};
    if (poll(&ready, 1, patience_ms) <= 0)
        return 0;
    const int64_t written = write(file, bytes, n < PIPE_BUF ? n : PIPE_BUF);
    return written < 0 && (errno == EINTR || errno == EAGAIN) ? 0 : written;
}

int system_close(int file)
{
    return close(file);
}

FILE *system_create(const char *path)
{
    return fopen(path, "w");
}

int system_text_open(system_text *text)
{
    text->text = NULL;
    text->n = 0;
    text->out = open_memstream(&text->text, &text->n);
    return text->out ? 0 : -1;
}

int system_text_close(system_text *text)
{
    return fclose(text->out) == 0 ? 0 : -1;
}

int system_is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

int system_may_read(const char *path)
{
    return access(path, R_OK) == 0;
}

int system_may_make_files(const char *folder)
{
    return access(folder, W_OK | X_OK) == 0;
}

int system_make_folder(const char *path)
{
    return mkdir(path, 0777);
}

int system_remove(const char *path)
{
    return unlink(path);
}

int system_remove_folder(const char *path)
{
    return rmdir(path);
}

int system_name_new(const char *from, const char *to)
{
    if (link(from, to) != 0)
        return -1;
    unlink(from);
    return 0;
}

int system_replace(const char *from, const char *to)
{
    return rename(from, to);
}

char *system_real_path(const char *path)
{
    return realpath(path, NULL);
}

const char *system_last_separator(const char *path)
{
    return strrchr(path, '/');
}

int system_is_separator(char c)
{
    return c == '/';
}

int system_is_same_name(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

char *system_label(const char *path)
{
    return strdup(path);
}

system_folder *system_folder_open(const char *path)
{
    return (system_folder *)opendir(path);
}

const char *system_folder_next(system_folder *folder)
{
    struct dirent *entry;
    do
        entry = readdir((DIR *)folder);
    while (entry && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0));
    return entry ? entry->d_name : NULL;
}

void system_folder_close(system_folder *folder)
{
    closedir((DIR *)folder);
}

/* ---- the terminal and the clock ---- */

int system_is_terminal(int file)
{
    return isatty(file);
}

unsigned system_terminal_width(int file)
{
    struct winsize size;
    return ioctl(file, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

double system_now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void system_clock(int64_t *seconds, int *milliseconds)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    *seconds = (int64_t)now.tv_sec;
    *milliseconds = (int)(now.tv_nsec / 1000000);
}

void system_utc(struct tm *out, int64_t seconds)
{
    const time_t time = (time_t)seconds;
    gmtime_r(&time, out);
}

/* ---- threads ---- */

void system_mutex_init(system_mutex *mutex)
{
    pthread_mutex_init(mutex, NULL);
}

void system_mutex_destroy(system_mutex *mutex)
{
    pthread_mutex_destroy(mutex);
}

void system_lock(system_mutex *mutex)
{
    pthread_mutex_lock(mutex);
}

void system_unlock(system_mutex *mutex)
{
    pthread_mutex_unlock(mutex);
}

void system_condition_init(system_condition *condition)
{
    pthread_cond_init(condition, NULL);
}

void system_condition_destroy(system_condition *condition)
{
    pthread_cond_destroy(condition);
}

void system_wait(system_condition *condition, system_mutex *mutex)
{
    pthread_cond_wait(condition, mutex);
}

void system_wake_all(system_condition *condition)
{
    pthread_cond_broadcast(condition);
}

int system_thread_start(system_thread *thread, void *(*entry)(void *), void *arg)
{
    thread->entry = entry;
    thread->arg = arg;
    int failed = pthread_create(&thread->id, NULL, entry, arg);
    errno = failed;
    return failed ? -1 : 0;
}

void system_thread_join(const system_thread *thread)
{
    pthread_join(thread->id, NULL);
}
