/* lock_file_posix.c - lock_file.h over fcntl().
 *
 * A killed process needs no clean-up and no clock tells that it is dead: the system drops its
 * locks. Linux has locks that belong to the open file, so that two stores in one process see each
 * other too; elsewhere they belong to the process.
 */
#define _GNU_SOURCE /* F_OFD_SETLK */

#include "base/lock_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

#ifdef F_OFD_SETLK
enum { SET_LOCK = F_OFD_SETLK, GET_LOCK = F_OFD_GETLK };
#else
enum { SET_LOCK = F_SETLK, GET_LOCK = F_GETLK };
#endif

static struct flock lock_of(int64_t at, int64_t n)
{
    struct flock lock;
    memset(&lock, 0, sizeof lock);
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = (off_t)at;
    lock.l_len = (off_t)n;
    return lock;
}

int rqa__lock_file_open(int *file, const char *path)
{
    *file = rqa__above_streams(open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    if (*file >= 0)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_STORE, "cannot make %.300s: %s", path, strerror(errno));
}

int rqa__lock_file_take(int file, int64_t at)
{
    struct flock lock = lock_of(at, 1);
    return fcntl(file, SET_LOCK, &lock) == 0;
}

int rqa__lock_file_is_held(int file, int64_t at)
{
    struct flock lock = lock_of(at, 1);
    return fcntl(file, GET_LOCK, &lock) == 0 && lock.l_type != F_UNLCK;
}

void rqa__lock_file_close(int file, const char *path)
{
    struct flock all = lock_of(0, 0); /* to the end of the file, wherever it is */
    if (file < 0)
        return;
    if (path && fcntl(file, SET_LOCK, &all) == 0)
        unlink(path);
    close(file);
}

int rqa__is_file_limit(int error)
{
    return error == EFBIG;
}

int rqa__is_disk_full(int error)
{
#ifdef EDQUOT
    if (error == EDQUOT)
        return 1;
#endif
    return error == ENOSPC || rqa__is_file_limit(error);
}

int rqa__is_too_many_files(int error)
{
    return error == EMFILE || error == ENFILE;
}

int rqa__is_same_file(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}
