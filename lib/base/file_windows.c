/* file_windows.c - file.h over Windows' own file calls.
 *
 * A descriptor is a HANDLE: 32 bits of one say all (Microsoft, "Interprocess communication between
 * 32-bit and 64-bit applications"), and INVALID_HANDLE_VALUE is -1.
 */
#include "base/file.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/thread.h"
#include "base/system_windows.h"

enum {
    NAME_KEPT = 200,
    SUFFIX_ROOM = 64,
    MAX_ATTEMPTS = 100,
    MOST_AT_ONCE = 1 << 30
};

/* Another program may hold the file for a moment, as virus scanners and search indexes do. */
static const double patience_s = 2.0, step_s = 0.02;

static HANDLE handle_of(int descriptor)
{
    return (HANDLE)(intptr_t)descriptor;
}

static int fail_system(const char *action, const char *path, DWORD error)
{
    char reason[160];
    if (error == ERROR_NOT_ENOUGH_MEMORY)
        return rqa__fail_memory("the name of a file");
    const char *why = error == ERROR_SHARING_VIOLATION || error == ERROR_USER_MAPPED_FILE
                          ? "another program has it open and lets nobody replace it"
                          : rqa__system_text(reason, sizeof reason, error);
    return rqa__fail(RQA_ERROR_IO, "cannot %s %.300s: %s", action, path, why);
}

static int fail_exists(const char *path)
{
    return rqa__fail(RQA_ERROR_IO, "%.300s exists; set overwrite to replace it", path);
}

static int is_absent(DWORD error)
{
    return error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND;
}

/* Asks nothing of the file but what it is. */
static HANDLE look_at(const wchar_t *wide)
{
    return CreateFileW(wide, FILE_READ_ATTRIBUTES,
                       FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
                       FILE_FLAG_BACKUP_SEMANTICS, NULL);
}

/* Whether something that is there is a file with content; NUL and CON are always there. */
static int is_regular(const wchar_t *wide)
{
    BY_HANDLE_FILE_INFORMATION info;
    HANDLE file = look_at(wide);
    if (file == INVALID_HANDLE_VALUE)
        return 1; /* it may be looked at by nobody, and the replacing says why */
    int regular = GetFileType(file) == FILE_TYPE_DISK &&
                  GetFileInformationByHandle(file, &info) &&
                  !(info.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY);
    CloseHandle(file);
    return regular;
}

static int check_target(const char *path, const wchar_t *wide, int overwrite)
{
    const DWORD attributes = GetFileAttributesW(wide);
    const DWORD error = GetLastError();
    if (attributes == INVALID_FILE_ATTRIBUTES && is_absent(error))
        return RQA_OK;
    if (attributes == INVALID_FILE_ATTRIBUTES && error != ERROR_SHARING_VIOLATION)
        return fail_system("create", path, error);
    if (!overwrite)
        return fail_exists(path);
    if (!is_regular(wide))
        return rqa__fail(RQA_ERROR_IO, "%.300s is not a regular file and is not replaced", path);
    return RQA_OK;
}

/* A HANDLE is none of the host's streams. */
int rqa__above_streams(int descriptor)
{
    return descriptor;
}

static int create_temporary(rqa__draft *draft)
{
    static atomic_uint counter;
    DWORD error = ERROR_FILE_EXISTS;
    size_t folder = strlen(draft->path);
    while (folder > 0 && !strchr("/\\:", draft->path[folder - 1]))
        folder--;
    draft->descriptor = -1;
    for (int attempt = 0; attempt < MAX_ATTEMPTS && error == ERROR_FILE_EXISTS; attempt++) {
        snprintf(draft->temporary, folder + NAME_KEPT + SUFFIX_ROOM, "%.*s%.*s.%lld-%u.tmp",
                 (int)folder, draft->path, NAME_KEPT, draft->path + folder,
                 (long long)rqa__process_id(), atomic_fetch_add(&counter, 1));
        rqa__wide room;
        const wchar_t *wide = rqa__wide_path(&room, draft->temporary);
        HANDLE file = wide ? CreateFileW(wide, GENERIC_WRITE,
                                         FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                         NULL, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL)
                           : INVALID_HANDLE_VALUE;
        error = GetLastError();
        rqa__wide_free(&room);
        if (file != INVALID_HANDLE_VALUE) {
            draft->descriptor = (int)(intptr_t)file;
            return RQA_OK;
        }
    }
    return fail_system("create", draft->path, error);
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
        return fail_system("create", path, ERROR_FILENAME_EXCED_RANGE);
    rqa__wide room;
    const wchar_t *wide = rqa__wide_path(&room, path);
    int status = wide ? check_target(path, wide, overwrite) : fail_system("create", path, GetLastError());
    rqa__wide_free(&room);
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
    while (n > 0) {
        DWORD written = 0, here = n < MOST_AT_ONCE ? (DWORD)n : MOST_AT_ONCE;
        if (!WriteFile(handle_of(draft->descriptor), from, here, &written, NULL))
            return fail_system("write", draft->path, GetLastError());
        from += written;
        n -= written;
    }
    return RQA_OK;
}

/* As rename() of POSIX: the old file goes on under no name for those who have it open, as far as they
 * share the deleting (Windows 10 1709 and NTFS). 1 = done, 0 = GetLastError() says why not. */
static int replace_open(const wchar_t *from, const wchar_t *to)
{
    /* FILE_RENAME_INFO with its flags, which older headers do not have. */
    enum { REPLACE_IF_EXISTS = 1, POSIX_SEMANTICS = 2, RENAME_INFO_EX = 22 };
    const size_t n = wcslen(to) * sizeof *to;
    FILE_RENAME_INFO *info = rqa__calloc(1, sizeof *info + n);
    if (!info) {
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        return 0;
    }
    const DWORD flags = REPLACE_IF_EXISTS | POSIX_SEMANTICS;
    memcpy(info, &flags, sizeof flags);
    info->FileNameLength = (DWORD)n;
    memcpy(info->FileName, to, n + sizeof *to);
    HANDLE file = CreateFileW(from, DELETE | SYNCHRONIZE,
                              FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                              OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
    int done = file != INVALID_HANDLE_VALUE &&
               SetFileInformationByHandle(file, (FILE_INFO_BY_HANDLE_CLASS)RENAME_INFO_EX, info,
                                          (DWORD)(sizeof *info + n));
    const DWORD error = GetLastError();
    if (file != INVALID_HANDLE_VALUE)
        CloseHandle(file);
    rqa__free(info);
    SetLastError(error);
    return done;
}

static int is_held(DWORD error)
{
    return error == ERROR_SHARING_VIOLATION || error == ERROR_ACCESS_DENIED ||
           error == ERROR_USER_MAPPED_FILE;
}

/* Moving onto a file that is open is told as missing rights; opening it tells. */
static int is_open(const wchar_t *wide)
{
    HANDLE file = CreateFileW(wide, DELETE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                              OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
    if (file == INVALID_HANDLE_VALUE)
        return GetLastError() == ERROR_SHARING_VIOLATION;
    CloseHandle(file);
    return 0;
}

/* ERROR_SUCCESS or why not. Without `replace` the name must be free, which is one step with the move. */
static DWORD move_file(const char *temporary, const char *path, int replace)
{
    rqa__wide from_room, to_room = {.longer = NULL};
    const wchar_t *from = rqa__wide_path(&from_room, temporary);
    const wchar_t *to = from ? rqa__wide_path(&to_room, path) : NULL;
    DWORD error = to ? ERROR_SUCCESS : GetLastError();
    const double until_s = rqa__now_s() + patience_s;
    for (int again = !error; again;) {
        again = 0;
        if (replace && replace_open(from, to))
            break;
        if (replace && (error = GetLastError()) == ERROR_NOT_ENOUGH_MEMORY)
            break;
        error = MoveFileExW(from, to, replace ? MOVEFILE_REPLACE_EXISTING : 0) ? ERROR_SUCCESS
                                                                               : GetLastError();
        const DWORD attributes = error ? GetFileAttributesW(to) : 0;
        if (replace && is_held(error) && !(attributes & (FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_DIRECTORY)) &&
            rqa__now_s() < until_s) {
            rqa__sleep(step_s);
            again = 1;
        }
    }
    if (error == ERROR_ACCESS_DENIED && is_open(to))
        error = ERROR_SHARING_VIOLATION;
    rqa__wide_free(&from_room);
    rqa__wide_free(&to_room);
    return error;
}

static void remove_file(const char *path)
{
    rqa__wide room;
    const wchar_t *wide = rqa__wide_path(&room, path);
    if (wide)
        DeleteFileW(wide);
    rqa__wide_free(&room);
}

int rqa__draft_commit(rqa__draft *draft)
{
    int status = RQA_OK;
    if (!CloseHandle(handle_of(draft->descriptor))) {
        status = fail_system("write", draft->path, GetLastError());
    } else {
        const DWORD error = move_file(draft->temporary, draft->path, draft->overwrite);
        if (error == ERROR_ALREADY_EXISTS || error == ERROR_FILE_EXISTS)
            status = fail_exists(draft->path);
        else if (error)
            status = fail_system(draft->overwrite ? "replace" : "create", draft->path, error);
    }
    if (status)
        remove_file(draft->temporary);
    free_names(draft);
    return status;
}

void rqa__draft_discard(rqa__draft *draft)
{
    CloseHandle(handle_of(draft->descriptor));
    remove_file(draft->temporary);
    free_names(draft);
}

int rqa__is_folder(const char *path)
{
    rqa__wide room;
    const wchar_t *wide = rqa__wide_path(&room, path);
    const DWORD attributes = wide ? GetFileAttributesW(wide) : INVALID_FILE_ATTRIBUTES;
    rqa__wide_free(&room);
    return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY);
}

rqa__file_state rqa__file_state_of(const char *path)
{
    BY_HANDLE_FILE_INFORMATION info;
    rqa__file_state state = {.size = -1};
    rqa__wide room;
    const wchar_t *wide = rqa__wide_path(&room, path);
    HANDLE file = wide ? look_at(wide) : INVALID_HANDLE_VALUE;
    rqa__wide_free(&room);
    if (file == INVALID_HANDLE_VALUE)
        return state;
    if (GetFileInformationByHandle(file, &info)) {
        const uint64_t ticks = (uint64_t)info.ftLastWriteTime.dwHighDateTime << 32 |
                               info.ftLastWriteTime.dwLowDateTime; /* of 100 ns */
        state.size = (int64_t)((uint64_t)info.nFileSizeHigh << 32 | info.nFileSizeLow);
        state.modified_s = (int64_t)(ticks / 10000000);
        state.modified_ns = (int64_t)(ticks % 10000000 * 100);
        state.device = info.dwVolumeSerialNumber;
        state.number = (uint64_t)info.nFileIndexHigh << 32 | info.nFileIndexLow;
    }
    CloseHandle(file);
    return state;
}
