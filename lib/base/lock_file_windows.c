/* lock_file_windows.c - lock_file.h over LockFileEx(), whose locks belong to the open file and go with it.
 *
 * Bytes may be locked where the file has none. There is no asking who holds one: whoever asks locks it
 * for a moment, shared, so that those who ask do not get in each other's way; who takes one waits such
 * a moment out.
 */
#include "base/lock_file.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/thread.h"
#include "base/system_windows.h"

enum {
    MOST_TRIES = 5,
    DISK_QUOTA_EXCEEDED = 1295 /* ERROR_DISK_QUOTA_EXCEEDED, which older headers do not have */
};
static const double moment_s = 0.001;

static HANDLE handle_of(int file)
{
    return (HANDLE)(intptr_t)file;
}

static OVERLAPPED place_of(int64_t at)
{
    OVERLAPPED place;
    memset(&place, 0, sizeof place);
    place.Offset = (DWORD)(uint64_t)at;
    place.OffsetHigh = (DWORD)((uint64_t)at >> 32);
    return place;
}

static int lock(int file, int64_t at, int64_t n, DWORD how)
{
    OVERLAPPED place = place_of(at);
    return LockFileEx(handle_of(file), how | LOCKFILE_FAIL_IMMEDIATELY, 0, (DWORD)(uint64_t)n,
                      (DWORD)((uint64_t)n >> 32), &place);
}

int rqa__lock_file_open(int *file, const char *path)
{
    char reason[160];
    rqa__wide room;
    const wchar_t *wide = rqa__wide_path(&room, path);
    HANDLE handle = wide ? CreateFileW(wide, GENERIC_READ | GENERIC_WRITE,
                                       FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                                       OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL)
                         : INVALID_HANDLE_VALUE;
    const DWORD error = GetLastError();
    rqa__wide_free(&room);
    *file = (int)(intptr_t)handle;
    if (handle != INVALID_HANDLE_VALUE)
        return RQA_OK;
    if (error == ERROR_NOT_ENOUGH_MEMORY)
        return rqa__fail_memory("the name of a file");
    return rqa__fail(RQA_ERROR_STORE, "cannot make %.300s: %s", path,
                     rqa__system_text(reason, sizeof reason, error));
}

int rqa__lock_file_take(int file, int64_t at)
{
    for (int k = 0; k < MOST_TRIES; k++) {
        if (lock(file, at, 1, LOCKFILE_EXCLUSIVE_LOCK))
            return 1;
        if (GetLastError() != ERROR_LOCK_VIOLATION && GetLastError() != ERROR_IO_PENDING)
            return 0;
        rqa__sleep(moment_s);
    }
    return 0;
}

int rqa__lock_file_is_held(int file, int64_t at)
{
    if (!lock(file, at, 1, 0))
        return GetLastError() == ERROR_LOCK_VIOLATION || GetLastError() == ERROR_IO_PENDING;
    OVERLAPPED place = place_of(at);
    UnlockFileEx(handle_of(file), 0, 1, 0, &place);
    return 0;
}

/* Locks do not overlap here, not even one's own: with its own given back by closing, the file is opened
 * once more to see whether anybody has any. */
static int is_free(const wchar_t *path)
{
    int file = (int)(intptr_t)CreateFileW(path, GENERIC_READ | GENERIC_WRITE,
                                          FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                                          OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
    if (file == -1)
        return 0;
    int alone = lock(file, 0, INT64_MAX, LOCKFILE_EXCLUSIVE_LOCK);
    CloseHandle(handle_of(file));
    return alone;
}

void rqa__lock_file_close(int file, const char *path)
{
    if (file == -1)
        return;
    rqa__wide room = {.longer = NULL};
    const wchar_t *wide = path ? rqa__wide_path(&room, path) : NULL;
    CloseHandle(handle_of(file));
    if (wide && is_free(wide))
        DeleteFileW(wide);
    rqa__wide_free(&room);
}

int rqa__is_file_limit(int error)
{
    return error == ERROR_FILE_TOO_LARGE;
}

int rqa__is_disk_full(int error)
{
    return error == ERROR_DISK_FULL || error == ERROR_HANDLE_DISK_FULL ||
           error == DISK_QUOTA_EXCEEDED || rqa__is_file_limit(error);
}

int rqa__is_too_many_files(int error)
{
    return error == ERROR_TOO_MANY_OPEN_FILES;
}

int rqa__is_same_file(const char *a, const char *b)
{
    const rqa__file_state x = rqa__file_state_of(a), y = rqa__file_state_of(b);
    return x.size >= 0 && y.size >= 0 && x.device == y.device && x.number == y.number;
}
