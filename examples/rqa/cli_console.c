/* cli_console.c - what the program says on stderr, its exit codes, and memory that never fails. */
#include "cli_console.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_signals.h"

static int quiet, bar_shown;

static void wipe_bar(void)
{
    if (bar_shown)
        fputs("\r\033[K", stderr);
    bar_shown = 0;
}

void cli_bar(const char *text)
{
    wipe_bar();
    if (text) {
        fputs(text, stderr);
        bar_shown = 1;
    }
    fflush(stderr);
}

int cli_fail(int code, const char *format, ...)
{
    char line[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    for (char *c = line; *c; c++)
        if ((unsigned char)*c < 32 || *c == 127)
            *c = '?';
    wipe_bar();
    fprintf(stderr, "rqa: %s\n", line);
    return code;
}

int cli_code_of_status(rqa_status status)
{
    return status <= -1 && status > -20 ? CLI_BAD_INPUT : CLI_FAILED;
}

int cli_fail_status(rqa_status status, const char *what)
{
    return cli_fail(cli_code_of_status(status), "%s: %s", what, rqa_last_error());
}

void cli_set_quiet(int on)
{
    quiet = on;
}

void cli_note(const char *format, ...)
{
    if (quiet)
        return;
    va_list args;
    va_start(args, format);
    wipe_bar();
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
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
                    errno == EPIPE ? "the reader closed the pipe" : strerror(errno));
}
