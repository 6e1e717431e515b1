/* cli_console.c - what the program says on stderr, its exit codes, and memory that never fails. */
#include "cli_console.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plain_text.h"
#include "cli_options.h"
#include "cli_signals.h"
#include "cli_system.h"

enum { LINE = 2048 };

static system_mutex mutex = SYSTEM_MUTEX_INIT;
static int quiet, bar_shown, log_fd = -1;
static char *log_path;

static void wipe_bar(void)
{
    if (bar_shown)
        fputs("\r\033[K", stderr);
    bar_shown = 0;
}

void cli_bar(const char *text)
{
    char *plain = text ? cli_text("%s", text) : NULL;
    if (plain)
        rqa__plain_text(plain, "");
    system_lock(&mutex);
    wipe_bar();
    if (plain) {
        fputs(plain, stderr);
        bar_shown = 1;
    }
    fflush(stderr);
    system_unlock(&mutex);
    free(plain);
}

int cli_log_open(const char *path)
{
    log_fd = system_open(path, SYSTEM_APPEND);
    if (log_fd < 0)
        return cli_fail(CLI_BAD_INPUT, "--log: %s: cannot be written: %s", path, system_reason(errno));
    log_path = cli_text("%s", path);
    rqa__plain_text(log_path, "");
    return CLI_OK;
}

/* One write for a line, so that the lines of several processes do not mix. The first failure is
 * told, and the work goes on without a log. */
static void log_line(const char *line)
{
    char text[LINE + 40];
    int64_t seconds;
    int milliseconds;
    struct tm utc;
    if (log_fd < 0)
        return;
    system_clock(&seconds, &milliseconds);
    system_utc(&utc, seconds);
    size_t n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    n += (size_t)snprintf(text + n, sizeof text - n, ".%03dZ %s\n", milliseconds, line);
    if (system_write(log_fd, text, n) == (int64_t)n)
        return;
    fprintf(stderr, "rqa: --log: %s: %s; nothing more is written there\n", log_path,
            system_reason(errno));
    fflush(stderr);
    system_close(log_fd);
    log_fd = -1;
}

static void tell(const char *prefix, const char *format, va_list args, int to_terminal)
{
    char line[LINE];
    int n = snprintf(line, sizeof line, "%s", prefix);
    vsnprintf(line + n, sizeof line - (size_t)n, format, args);
    rqa__plain_text(line, "");
    system_lock(&mutex);
    if (to_terminal) {
        wipe_bar();
        fprintf(stderr, "%s\n", line);
        fflush(stderr);
    }
    log_line(line);
    system_unlock(&mutex);
}

int cli_fail(int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tell("rqa: ", format, args, 1);
    va_end(args);
    return code;
}

int cli_code_of_status(rqa_status status)
{
    return status <= -1 && status > -20 ? CLI_BAD_INPUT : CLI_FAILED;
}

int cli_fail_status(rqa_status status, const char *what)
{
    char *text = cli_option_text(rqa_last_error());
    const int code = cli_fail(cli_code_of_status(status), "%s: %s", what, text);
    free(text);
    return code;
}

int cli_fail_store_text(rqa_status status, const char *what, const char *text)
{
    int is_input = status == RQA_ERROR_STORE || status == RQA_ERROR_STORE_FORMAT ||
                   status == RQA_ERROR_STORE_CONFLICT;
    return cli_fail(is_input ? CLI_BAD_INPUT : cli_code_of_status(status), "%s: %s", what, text);
}

int cli_fail_store(rqa_status status, const char *what)
{
    char *text = cli_option_text(rqa_last_error());
    const int code = cli_fail_store_text(status, what, text);
    free(text);
    return code;
}

void cli_set_quiet(int on)
{
    quiet = on;
}

void cli_note(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tell("", format, args, !quiet);
    va_end(args);
}

void cli_log(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tell("", format, args, 0);
    va_end(args);
}

/* The format with `mark` for its line ends. */
static char *format_marked(const char *format, char mark, va_list args)
{
    va_list again;
    char *marked = cli_text("%s", format);
    for (char *c = marked; (c = strchr(c, '\n')) != NULL;)
        *c = mark;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, marked, again);
    va_end(again);
    char *text = cli_calloc((size_t)n + 1, 1);
    vsnprintf(text, (size_t)n + 1, marked, args);
    free(marked);
    return text;
}

/* Written twice, with two marks: where both are, the format had a line end. All others are in what
 * was put into it, and are no more welcome there than an escape. */
void cli_print_to(FILE *out, const char *format, ...)
{
    static const char marks[2] = {'\x1e', '\x1f'};
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    char *text = format_marked(format, marks[0], args);
    char *other = format_marked(format, marks[1], again);
    va_end(again);
    va_end(args);
    for (size_t k = 0; text[k]; k++)
        if (text[k] == '\n')
            text[k] = '?';
        else if (text[k] == marks[0] && other[k] == marks[1])
            text[k] = '\n';
    rqa__plain_text(text, "\n");
    fputs(text, out);
    free(other);
    free(text);
}

static void no_memory(void)
{
    cli_signals_clean();
    exit(cli_fail(CLI_FAILED, "out of memory"));
}

void *cli_calloc(size_t n, size_t size)
{
    void *block = calloc(n ? n : 1, size);
    if (!block)
        no_memory();
    return block;
}

void *cli_grow(void *block, size_t n, size_t size)
{
    void *grown = n > SIZE_MAX / size ? NULL : realloc(block, n * size);
    if (!grown)
        no_memory();
    return grown;
}

char *cli_text(const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    char *text = cli_calloc((size_t)n + 1, 1);
    vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    va_end(args);
    return text;
}

int cli_finish_stdout(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return CLI_OK;
    return cli_fail(CLI_FAILED, "stdout: %s",
                    errno == EPIPE ? "the reader closed the pipe" : system_reason(errno));
}
