/* cli_output.c - a result file that appears under its name only when it is complete. */
#include "cli_output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plain_text.h"
#include "cli_console.h"
#include "cli_signals.h"
#include "cli_system.h"

enum { BUFFER = 1 << 18 };

static int fail_exists(const char *path)
{
    return cli_fail(CLI_BAD_INPUT, "%s: exists; --force replaces it", path);
}

int cli_output_refuse_store(const char *path)
{
    static const char magic[16] = "SQLite format 3";
    char begin[sizeof magic] = "";
    system_info info;
    const int is_file = system_look(&info, path) == 0 && info.kind == SYSTEM_FILE;
    int fd = is_file ? system_open(path, SYSTEM_READ) : -1;
    if (fd < 0)
        return CLI_OK;
    int is_store = system_read(fd, begin, sizeof begin) == sizeof begin &&
                   memcmp(begin, magic, sizeof magic) == 0;
    system_close(fd);
    if (!is_store)
        return CLI_OK;
    return cli_fail(CLI_BAD_INPUT, "%s: is a store (an SQLite file); another file is expected",
                    path);
}

int cli_output_check(const char *path, int force)
{
    system_info info;
    if (system_look(&info, path) == 0) {
        if (info.kind == SYSTEM_FOLDER)
            return cli_fail(CLI_BAD_INPUT, "%s: is a folder, a file name is expected", path);
        if (!force && info.kind == SYSTEM_FILE)
            return fail_exists(path);
        return CLI_OK;
    }
    if (errno == ENODEV) /* a name that no file can have, wherever the folder */
        return cli_fail(CLI_BAD_INPUT, "%s: cannot be written: %s", path, system_reason(errno));
    const char *slash = system_last_separator(path);
    char *folder = slash ? cli_text("%.*s", (int)(slash + 1 - path), path) : cli_text(".");
    int writable = system_may_make_files(folder);
    free(folder);
    if (!writable)
        return cli_fail(CLI_BAD_INPUT, "%s: cannot be written: %s", path, system_reason(errno));
    return CLI_OK;
}

/* Devices and named pipes have no content to protect: they are written to directly. */
static int open_special(cli_output *output, const char *path)
{
    output->fd = system_open(path, SYSTEM_WRITE);
    if (output->fd < 0)
        return cli_fail(CLI_BAD_INPUT, "%s: cannot be written: %s", path, system_reason(errno));
    output->is_terminal = system_is_terminal(output->fd);
    return CLI_OK;
}

int cli_output_open(cli_output *output, const char *path, int force)
{
    system_info info;
    memset(output, 0, sizeof *output);
    output->fd = -1;
    output->force = force;
    output->path = cli_text("%s", strcmp(path, "-") == 0 ? "stdout" : path);
    output->buffer = cli_calloc(BUFFER, 1);
    if (strcmp(path, "-") == 0) {
        output->fd = SYSTEM_STDOUT;
        output->is_terminal = system_is_terminal(SYSTEM_STDOUT);
        return CLI_OK;
    }
    int code = cli_output_check(path, force);
    if (code == CLI_OK)
        code = cli_output_refuse_store(path);
    if (code != CLI_OK)
        return code;
    if (system_look(&info, path) == 0 && info.kind != SYSTEM_FILE)
        return open_special(output, path);
    char *real = system_real_path(path); /* replace the file, not a link to it */
    output->target = cli_text("%s", real ? real : path);
    free(real);
    output->temporary = cli_text("%s.partial-%lld", output->target, (long long)system_process_id());
    output->fd = system_open(output->temporary, SYSTEM_NEW);
    if (output->fd < 0) {
        code = cli_fail(CLI_BAD_INPUT, "%s: cannot be written: %s", path, system_reason(errno));
        free(output->temporary);
        output->temporary = NULL;
        return code;
    }
    cli_signals_add_unfinished(output->temporary);
    return CLI_OK;
}

static int fail_write(cli_output *output)
{
    if (!output->failed)
        cli_fail(CLI_FAILED, "%s: %s", output->path,
                 errno == EPIPE ? "the reader closed the pipe" : system_reason(errno));
    output->failed = 1;
    return CLI_FAILED;
}

int cli_output_flush(cli_output *output)
{
    size_t done = 0;
    while (done < output->used && !output->failed) {
        int64_t n = system_write(output->fd, output->buffer + done, output->used - done);
        if (n < 0 && errno != EINTR)
            return fail_write(output);
        done += n > 0 ? (size_t)n : 0;
    }
    output->used = 0;
    return output->failed ? CLI_FAILED : CLI_OK;
}

static int append(cli_output *output, const void *data, size_t n)
{
    const char *from = data;
    while (n > 0) {
        size_t here = BUFFER - output->used < n ? BUFFER - output->used : n;
        memcpy(output->buffer + output->used, from, here);
        output->used += here;
        from += here;
        n -= here;
        if (output->used == BUFFER && cli_output_flush(output) != CLI_OK)
            return CLI_FAILED;
    }
    return output->failed ? CLI_FAILED : CLI_OK;
}

/* What is written at once are whole lines. */
int cli_output_write(cli_output *output, const void *data, size_t n)
{
    if (!output->is_terminal)
        return append(output, data, n);
    char *plain = cli_text("%.*s", (int)n, (const char *)data);
    rqa__plain_text(plain, "\n");
    int code = append(output, plain, strlen(plain));
    free(plain);
    return code;
}

/* An existing name is refused in one step, so that a file made meanwhile is not lost; where the file
 * system has no such step, replacing after a look is as good as it gets. */
static int move_into_place(cli_output *output)
{
    if (!output->force) {
        if (system_name_new(output->temporary, output->target) == 0)
            return CLI_OK;
        if (errno == EEXIST || system_is_there(output->target))
            return fail_exists(output->path);
    }
    if (cli_output_refuse_store(output->target) != CLI_OK) /* made meanwhile */
        return CLI_BAD_INPUT;
    return system_replace(output->temporary, output->target) == 0 ? CLI_OK : fail_write(output);
}

int cli_output_commit(cli_output *output)
{
    int code = cli_output_flush(output);
    if (code != CLI_OK)
        return code;
    if (!output->temporary)
        return CLI_OK;
    int closed = system_close(output->fd);
    output->fd = -1;
    if (closed != 0)
        return fail_write(output);
    code = move_into_place(output);
    if (code == CLI_OK) {
        cli_signals_forget_unfinished();
        free(output->temporary);
        output->temporary = NULL;
    }
    return code;
}

void cli_output_close(cli_output *output)
{
    if (output->fd > SYSTEM_STDERR)
        system_close(output->fd);
    if (output->temporary) {
        cli_signals_forget_unfinished();
        system_remove(output->temporary);
    }
    free(output->temporary);
    free(output->target);
    free(output->path);
    free(output->buffer);
    memset(output, 0, sizeof *output);
}
