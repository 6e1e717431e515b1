/* file_posix.c - file.h over POSIX file calls. */
#define _POSIX_C_SOURCE 200809L

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file_limit.h"
#include "base/memory.h"
#include "base/thread.h"

enum {
    NAME_KEPT = 200, /* bytes of the final name in the temporary one, which must not get too long */
    SUFFIX_ROOM = 64,
    MAX_ATTEMPTS = 100
};

static int fail_io(const char *action, const char *path, int error)
{
    char reason[128];
    if (strerror_r(error, reason, sizeof reason) != 0)
        snprintf(reason, sizeof reason, "error %d", error);
    return rqa__fail(RQA_ERROR_IO, "cannot %s %.300s: %s", action, path, reason);
}

static int fail_exists(const char *path)
{
    return rqa__fail(RQA_ERROR_IO, "%.300s exists; set overwrite to replace it", path);
}

static int check_target(const char *path, int overwrite)
{
    struct stat info;
    if (lstat(path, &info) != 0)
        return errno == ENOENT ? RQA_OK : fail_io("create", path, errno);
    if (!overwrite)
        return fail_exists(path);
    /* A rename would replace a device or pipe by a plain file. */
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
        return rqa__fail(RQA_ERROR_IO, "%.300s is not a regular file and is not replaced", path);
    return RQA_OK;
}

int rqa__above_streams(int descriptor)
{
    if (descriptor < 0 || descriptor > STDERR_FILENO)
        return descriptor;
    int higher = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1), error = errno;
    close(descriptor);
    errno = error;
    return higher;
}

/* The process and a counter tell drafts apart; a leftover of a killed process is passed over. */
static int create_temporary(rqa__draft *draft)
{
    static atomic_uint counter;
    size_t folder = strlen(draft->path);
    while (folder > 0 && draft->path[folder - 1] != '/')
        folder--;
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        snprintf(draft->temporary, folder + NAME_KEPT + SUFFIX_ROOM, "%.*s%.*s.%lld-%u.tmp",
                 (int)folder, draft->path, NAME_KEPT, draft->path + folder,
                 (long long)rqa__process_id(), atomic_fetch_add(&counter, 1));
        draft->descriptor = rqa__above_streams(
            open(draft->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
        if (draft->descriptor >= 0 || errno != EEXIST)
            break;
    }
    return draft->descriptor >= 0 ? RQA_OK : fail_io("create", draft->path, errno);
}

static void free_names(rqa__draft *draft)
{
    rqa__free(draft->path);
    rqa__free(draft->temporary);
}

int rqa__draft_open(rqa__draft *draft, const char *path, int overwrite)
{
    if (path[0] == '\0')
        return rqa__fail(RQA_ERROR_VALUE, "path is empty");
    size_t length = strlen(path);
    if (length > INT32_MAX)
        return fail_io("create", path, ENAMETOOLONG);
    int status = check_target(path, overwrite);
    if (status)
        return status;
    draft->overwrite = overwrite;
    draft->path = rqa__strdup(path);
    draft->temporary = rqa__alloc(length + NAME_KEPT + SUFFIX_ROOM);
    status =
        draft->path && draft->temporary ? create_temporary(draft) : rqa__fail_memory("a file name");
    if (status)
        free_names(draft);
    return status;
}

int rqa__draft_write(rqa__draft *draft, const void *bytes, size_t n)
{
    const char *from = bytes;
    int status = RQA_OK;
    rqa__file_limit limit;
    rqa__file_limit_hold(&limit);
    while (n > 0 && !status) {
        ssize_t written = write(draft->descriptor, from, n);
        if (written < 0 && errno != EINTR)
            status = fail_io("write", draft->path, errno);
        from += written > 0 ? written : 0;
        n -= written > 0 ? (size_t)written : 0;
    }
    rqa__file_limit_release(&limit);
    return status;
}

/* link() refuses an existing name, which makes the check and the move one step. Where it fails
 * because the file system has no hard links, there is a moment between check and rename. */
static int move_without_replacing(const rqa__draft *draft)
{
    if (link(draft->temporary, draft->path) == 0) {
        unlink(draft->temporary);
        return RQA_OK;
    }
    int status = check_target(draft->path, 0);
    if (!status && rename(draft->temporary, draft->path) != 0)
        status = fail_io("create", draft->path, errno);
    return status;
}

int rqa__draft_commit(rqa__draft *draft)
{
    int status = RQA_OK;
    if (close(draft->descriptor) != 0)
        status = fail_io("write", draft->path, errno);
    else if (!draft->overwrite)
        status = move_without_replacing(draft);
    else if (rename(draft->temporary, draft->path) != 0)
        status = fail_io("replace", draft->path, errno);
    if (status)
        unlink(draft->temporary);
    free_names(draft);
    return status;
}

void rqa__draft_discard(rqa__draft *draft)
{
    close(draft->descriptor);
    unlink(draft->temporary);
    free_names(draft);
}

int rqa__is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

rqa__file_state rqa__file_state_of(const char *path)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return (rqa__file_state){.size = -1};
#ifdef __APPLE__
    const struct timespec modified = info.st_mtimespec;
#else
    const struct timespec modified = info.st_mtim;
#endif
    return (rqa__file_state){.size = (int64_t)info.st_size,
                             .modified_s = (int64_t)modified.tv_sec,
                             .modified_ns = (int64_t)modified.tv_nsec,
                             .device = (uint64_t)info.st_dev,
                             .number = (uint64_t)info.st_ino};
}
