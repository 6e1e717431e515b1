/* cli_output.c - a result file that appears under its name only when it is complete. */
#include "cli_output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/plain_text.h"
#include "cli_console.h"
#include "cli_signals.h"

enum { BUFFER = 1 << 18 };

static int fail_exists(const char *path)
{
    return cli_fail(CLI_BAD_INPUT, "%s: exists; --force replaces it", path);
}

int cli_output_refuse_store(const char *path)
{
    static const char magic[16] = "SQLite format 3";
    char begin[sizeof magic] = "";
    struct stat info;
    int fd =
        stat(path, &info) == 0 && S_ISREG(info.st_mode) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return CLI_OK;
    int is_store =
        read(fd, begin, sizeof begin) == sizeof begin && memcmp(begin, magic, sizeof magic) == 0;
    close(fd);
    if (!is_store)
        return CLI_OK;
    return cli_fail(CLI_BAD_INPUT, "%s: is a store (an SQLite file); another file is expected",
                    path);
}

int cli_output_check(const char *path, int force)
{
    struct stat info;
    if (stat(path, &info) == 0) {
        if (S_ISDIR(info.st_mode))
            return cli_fail(CLI_BAD_INPUT, "%s: is a folder, a file name is expected", path);
        if (!force && S_ISREG(info.st_mode))
            return fail_exists(path);
        return CLI_OK;
    }
    const char *slash = strrchr(path, '/');
    char *folder = slash ? cli_text("%.*s/", (int)(slash - path), path) : cli_text(".");
    int writable = access(folder, W_OK | X_OK) == 0;
    free(folder);
    if (!writable)
        return cli_fail(CLI_BAD_INPUT, "%s: cannot be written: %s", path, strerror(errno));
    return CLI_OK;
}

/* Devices and named pipes have no content to protect: they are written to directly. */
static int open_special(cli_output *output, const char *path)
{
    output->fd = open(path, O_WRONLY | O_CLOEXEC);
    if (output->fd < 0)
        return cli_fail(CLI_BAD_INPUT, "%s: cannot be written: %s", path, strerror(errno));
    output->is_terminal = isatty(output->fd);
    return CLI_OK;
}

int cli_output_open(cli_output *output, const char *path, int force)
{
    struct stat info;
    memset(output, 0, sizeof *output);
    output->fd = -1;
    output->force = force;
    output->path = cli_text("%s", strcmp(path, "-") == 0 ? "stdout" : path);
    output->buffer = cli_calloc(BUFFER, 1);
    if (strcmp(path, "-") == 0) {
        output->fd = STDOUT_FILENO;
        output->is_terminal = isatty(STDOUT_FILENO);
        return CLI_OK;
    }
    int code = cli_output_check(path, force);
    if (code == CLI_OK)
        code = cli_output_refuse_store(path);
    if (code != CLI_OK)
        return code;
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
        return open_special(output, path);
    char *real = realpath(path, NULL); /* replace the file, not a link to it */
    output->target = cli_text("%s", real ? real : path);
    free(real);
    output->temporary = cli_text("%s.partial-%ld", output->target, (long)getpid());
    output->fd = open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (output->fd < 0) {
        code = cli_fail(CLI_BAD_INPUT, "%s: cannot be written: %s", path, strerror(errno));
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
                 errno == EPIPE ? "the reader closed the pipe" : strerror(errno));
    output->failed = 1;
    return CLI_FAILED;
}

int cli_output_flush(cli_output *output)
{
    size_t done = 0;
    while (done < output->used && !output->failed) {
        ssize_t n = write(output->fd, output->buffer + done, output->used - done);
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

/* link() refuses an existing name, so that a file made meanwhile is not lost; where the file
 * system has no links, rename() after a look is as good as it gets. */
static int move_into_place(cli_output *output)
{
    if (!output->force) {
        if (link(output->temporary, output->target) == 0) {
            unlink(output->temporary);
            return CLI_OK;
        }
        if (errno == EEXIST || access(output->target, F_OK) == 0)
            return fail_exists(output->path);
    }
    if (cli_output_refuse_store(output->target) != CLI_OK) /* made meanwhile */
        return CLI_BAD_INPUT;
    return rename(output->temporary, output->target) == 0 ? CLI_OK : fail_write(output);
}

int cli_output_commit(cli_output *output)
{
    int code = cli_output_flush(output);
    if (code != CLI_OK)
        return code;
    if (!output->temporary)
        return CLI_OK;
    int closed = close(output->fd);
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
    if (output->fd > STDERR_FILENO)
        close(output->fd);
    if (output->temporary) {
        cli_signals_forget_unfinished();
        unlink(output->temporary);
    }
    free(output->temporary);
    free(output->target);
    free(output->path);
    free(output->buffer);
    memset(output, 0, sizeof *output);
}
