/* cli_system_windows.c - cli_system.h over Windows: the process, signals, the terminal, the clock, threads. Files
 * are in cli_system_files_windows.c, writes that may not wait in cli_system_soon_windows.c. */
#include "cli_system_windows.h"

/* After windows.h. */
#include <shellapi.h>

#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <process.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* ---- the process ---- */

static UINT code_page_before;

static void give_code_page_back(void)
{
    SetConsoleOutputCP(code_page_before);
}

/* Bytes go through as they are; what would be a stream and is closed leads nowhere. */
static void prepare_streams(void)
{
    static const int how[3] = {_O_WRONLY, _O_RDONLY, _O_RDONLY};
    for (int k = 0; k < 3; k++) {
        if (_get_osfhandle(k) == -1 || _get_osfhandle(k) == -2) {
            int nowhere = _open("NUL", how[k]);
            if (nowhere >= 0 && nowhere != k) {
                _dup2(nowhere, k);
                _close(nowhere);
            }
        }
        _setmode(k, _O_BINARY);
    }
    /* A character of several bytes must come in one piece; cli_console.c flushes each line. */
    setvbuf(stderr, NULL, _IOFBF, 1 << 12);
    setvbuf(stdout, NULL, _IOFBF, 1 << 16);
}

static void prepare_console(void)
{
    DWORD mode;
    for (int k = SYSTEM_STDOUT; k <= SYSTEM_STDERR; k++) {
        HANDLE stream = (HANDLE)_get_osfhandle(k);
        if (GetConsoleMode(stream, &mode))
            SetConsoleMode(stream, mode | ENABLE_PROCESSED_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
    }
    code_page_before = GetConsoleOutputCP();
    if (code_page_before && code_page_before != CP_UTF8 && SetConsoleOutputCP(CP_UTF8))
        atexit(give_code_page_back);
}

void system_begin(int *argc, char ***argv)
{
    int n = 0;
    wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), &n);
    char **texts = wide ? calloc((size_t)n + 1, sizeof *texts) : NULL;
    for (int k = 0; texts && k < n; k++)
        if (!(texts[k] = system_narrow(wide[k])))
            texts = NULL;
    if (texts) {
        *argc = n;
        *argv = texts;
    }
    LocalFree(wide);
    prepare_streams();
    prepare_console();
}

int64_t system_process_id(void)
{
    return (int64_t)GetCurrentProcessId();
}

int system_own_folder(char *out, size_t size)
{
    enum { LONGEST = 32768 };
    wchar_t *wide = malloc(LONGEST * sizeof *wide);
    const DWORD n = wide ? GetModuleFileNameW(NULL, wide, LONGEST) : 0;
    char *path = n > 0 && n < LONGEST ? system_narrow(wide) : NULL;
    char *end = path ? strrchr(path, '\\') : NULL;
    const int fits = end && (size_t)(end - path) < size;
    if (fits) {
        *end = '\0';
        memcpy(out, path, (size_t)(end - path) + 1);
    } else {
        system_failed();
    }
    free(path);
    free(wide);
    return fits ? 0 : -1;
}

const char system_program_ending[] = ".exe";

/* One argument as CommandLineToArgvW() reads it back: backslashes count only before a quote. */
static wchar_t *put_argument(wchar_t *to, const wchar_t *from)
{
    size_t n_backslashes = 0;
    *to++ = L'"';
    for (; *from; from++) {
        if (*from == L'\\') {
            n_backslashes++;
        } else {
            for (; *from == L'"' && n_backslashes > 0; n_backslashes--)
                *to++ = L'\\';
            if (*from == L'"')
                *to++ = L'\\';
            n_backslashes = 0;
        }
        *to++ = *from;
    }
    for (; n_backslashes > 0; n_backslashes--)
        *to++ = L'\\';
    *to++ = L'"';
    return to;
}

static wchar_t *join_arguments(char **argv)
{
    size_t room = 1;
    for (char **text = argv; *text; text++)
        room += 2 * strlen(*text) + 3;
    wchar_t *line = malloc(room * sizeof *line), *to = line;
    for (char **text = argv; line && *text; text++) {
        wchar_t *wide = system_widen(*text);
        if (!wide) {
            free(line);
            return NULL;
        }
        if (to > line)
            *to++ = L' ';
        to = put_argument(to, wide);
        free(wide);
    }
    if (line)
        *to = L'\0';
    return line;
}

/* There is no exec: the other one is waited for, and its code is ours. */
int system_become(const char *path, char **argv)
{
    STARTUPINFOW startup = {.cb = sizeof startup};
    PROCESS_INFORMATION child;
    wchar_t *wide = system_wide_path(path), *line = join_arguments(argv);
    DWORD code = 1;
    const int started =
        wide && line && CreateProcessW(wide, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &child);
    const DWORD error = GetLastError();
    free(wide);
    free(line);
    if (!started) {
        errno = system_errno(error);
        return -1;
    }
    WaitForSingleObject(child.hProcess, INFINITE);
    GetExitCodeProcess(child.hProcess, &code);
    exit((int)code);
}

int system_set_environment(const char *name, const char *value)
{
    wchar_t *wide_name = system_widen(name), *wide_value = system_widen(value);
    const int done = wide_name && wide_value && SetEnvironmentVariableW(wide_name, wide_value);
    free(wide_name);
    free(wide_value);
    return done ? 0 : system_failed();
}

void system_name(char *out, size_t size)
{
    typedef LONG(WINAPI * get_version)(OSVERSIONINFOW *);
    OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof version};
    /* GetVersionEx() tells a program what it wants to hear. */
    FARPROC found = GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "RtlGetVersion");
    get_version function;
    memcpy(&function, &found, sizeof function);
    if (found && function(&version) == 0)
        snprintf(out, size, "Windows %lu.%lu.%lu x86_64", version.dwMajorVersion,
                 version.dwMinorVersion, version.dwBuildNumber);
    else
        snprintf(out, size, "unknown");
}

/* CPUID leaves 0x80000002 to 0x80000004. */
void system_processor(char *out, size_t size)
{
    unsigned word[13] = {0};
    snprintf(out, size, "unknown");
    for (unsigned k = 0; k < 3; k++)
        if (!__get_cpuid(0x80000002u + k, &word[4 * k], &word[4 * k + 1], &word[4 * k + 2],
                         &word[4 * k + 3]))
            return;
    const char *name = (const char *)word;
    snprintf(out, size, "%.90s", name + strspn(name, " "));
}

_Noreturn void system_exit_now(int code)
{
    give_code_page_back();
    TerminateProcess(GetCurrentProcess(), (UINT)code);
    abort();
}

static void (*on_signal)(int number);

/* On a thread of the system's. After closing the window there are five seconds until the end. */
static BOOL WINAPI on_control(DWORD type)
{
    enum { PATIENCE_MS = 10000 };
    switch (type) {
    case CTRL_C_EVENT:
        on_signal(SIGINT);
        return TRUE;
    case CTRL_BREAK_EVENT:
        on_signal(SIGBREAK);
        return TRUE;
    default:
        on_signal(SIGTERM);
        Sleep(PATIENCE_MS);
        return TRUE;
    }
}

/* A write to a pipe without a reader is an error here anyway. */
void system_catch_signals(void (*handler)(int number))
{
    on_signal = handler;
    SetConsoleCtrlHandler(on_control, TRUE);
}

/* ---- the terminal and the clock ---- */

/* _isatty() takes a printer, and NUL, for one. */
int system_is_terminal(int file)
{
    DWORD mode;
    return GetConsoleMode((HANDLE)_get_osfhandle(file), &mode) != 0;
}

unsigned system_terminal_width(int file)
{
    CONSOLE_SCREEN_BUFFER_INFO info;
    if (!GetConsoleScreenBufferInfo((HANDLE)_get_osfhandle(file), &info))
        return 0;
    return (unsigned)(info.srWindow.Right - info.srWindow.Left + 1);
}

double system_now_s(void)
{
    LARGE_INTEGER now, per_s;
    QueryPerformanceFrequency(&per_s);
    QueryPerformanceCounter(&now);
    return (double)now.QuadPart / (double)per_s.QuadPart;
}

void system_clock(int64_t *seconds, int *milliseconds)
{
    const uint64_t from_1601 = UINT64_C(116444736000000000); /* to 1970, in 100 ns */
    FILETIME now;
    GetSystemTimePreciseAsFileTime(&now);
    const uint64_t ticks = ((uint64_t)now.dwHighDateTime << 32 | now.dwLowDateTime) - from_1601;
    *seconds = (int64_t)(ticks / 10000000);
    *milliseconds = (int)(ticks / 10000 % 1000);
}

void system_utc(struct tm *out, int64_t seconds)
{
    const __time64_t time = seconds;
    memset(out, 0, sizeof *out);
    _gmtime64_s(out, &time);
}

/* ---- threads ---- */

void system_mutex_init(system_mutex *mutex)
{
    InitializeSRWLock((SRWLOCK *)mutex);
}

void system_mutex_destroy(system_mutex *mutex)
{
    (void)mutex;
}

void system_lock(system_mutex *mutex)
{
    AcquireSRWLockExclusive((SRWLOCK *)mutex);
}

void system_unlock(system_mutex *mutex)
{
    ReleaseSRWLockExclusive((SRWLOCK *)mutex);
}

void system_condition_init(system_condition *condition)
{
    InitializeConditionVariable((CONDITION_VARIABLE *)condition);
}

void system_condition_destroy(system_condition *condition)
{
    (void)condition;
}

void system_wait(system_condition *condition, system_mutex *mutex)
{
    SleepConditionVariableSRW((CONDITION_VARIABLE *)condition, (SRWLOCK *)mutex, INFINITE, 0);
}

void system_wake_all(system_condition *condition)
{
    WakeAllConditionVariable((CONDITION_VARIABLE *)condition);
}

static unsigned __stdcall begin(void *arg)
{
    const system_thread *self = arg;
    self->entry(self->arg);
    return 0;
}

int system_thread_start(system_thread *thread, void *(*entry)(void *), void *arg)
{
    thread->entry = entry;
    thread->arg = arg;
    thread->id = (void *)_beginthreadex(NULL, 0, begin, thread, 0, NULL);
    return thread->id ? 0 : -1;
}

void system_thread_join(const system_thread *thread)
{
    WaitForSingleObject(thread->id, INFINITE);
    CloseHandle(thread->id);
}
