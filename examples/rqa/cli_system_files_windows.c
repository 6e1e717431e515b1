/* cli_system_files_windows.c - the files of cli_system.h over Windows. */
#include "cli_system_windows.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_AT_ONCE = 1 << 30 };

static int tell_info(system_info *out, HANDLE file)
{
    BY_HANDLE_FILE_INFORMATION info;
    memset(out, 0, sizeof *out);
    out->kind = SYSTEM_OTHER;
    if (file == INVALID_HANDLE_VALUE || (intptr_t)file == -2)
        return system_failed();
    if (GetFileType(file) != FILE_TYPE_DISK)
        return 0;
    if (!GetFileInformationByHandle(file, &info))
        return system_failed();
    out->kind = info.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY ? SYSTEM_FOLDER : SYSTEM_FILE;
    out->device = info.dwVolumeSerialNumber;
    out->number = (uint64_t)info.nFileIndexHigh << 32 | info.nFileIndexLow;
    return 0;
}

enum { SHARED = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE };

static HANDLE open_handle(const char *path, DWORD access, DWORD what, DWORD flags)
{
    wchar_t *wide = system_wide_path(path);
    HANDLE file = wide ? CreateFileW(wide, access, SHARED, NULL, what, flags, NULL)
                       : INVALID_HANDLE_VALUE;
    const DWORD error = GetLastError();
    free(wide);
    SetLastError(error);
    return file;
}

int system_look(system_info *out, const char *path)
{
    HANDLE file = open_handle(path, FILE_READ_ATTRIBUTES, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS);
    if (file == INVALID_HANDLE_VALUE)
        return system_failed();
    const int status = tell_info(out, file);
    CloseHandle(file);
    return status;
}

int system_look_stream(system_info *out, int file)
{
    return tell_info(out, (HANDLE)_get_osfhandle(file));
}

/* Others may read, write, rename and delete what the program has open, as on other systems. */
int system_open(const char *path, system_how how)
{
    static const struct {
        DWORD access, what;
        int flags;
    } modes[] = {
        [SYSTEM_READ] = {GENERIC_READ, OPEN_EXISTING, _O_RDONLY},
        [SYSTEM_WRITE] = {GENERIC_WRITE, OPEN_EXISTING, _O_WRONLY},
        [SYSTEM_NEW] = {GENERIC_WRITE, CREATE_NEW, _O_WRONLY},
        [SYSTEM_APPEND] = {FILE_APPEND_DATA | SYNCHRONIZE, OPEN_ALWAYS, _O_WRONLY | _O_APPEND},
    };
    HANDLE file = open_handle(path, modes[how].access, modes[how].what, FILE_ATTRIBUTE_NORMAL);
    if (file == INVALID_HANDLE_VALUE) {
        const DWORD error = GetLastError();
        wchar_t *wide = error == ERROR_ACCESS_DENIED ? system_wide_path(path) : NULL;
        const DWORD attributes = wide ? GetFileAttributesW(wide) : INVALID_FILE_ATTRIBUTES;
        free(wide);
        errno = attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY)
                    ? EISDIR
                    : system_errno(error);
        return -1;
    }
    const int descriptor = _open_osfhandle((intptr_t)file, modes[how].flags | _O_BINARY | _O_NOINHERIT);
    if (descriptor < 0)
        CloseHandle(file);
    return descriptor;
}

int system_duplicate(int file)
{
    return _dup(file);
}

int64_t system_read(int file, void *out, size_t n)
{
    DWORD n_read = 0, here = n < MOST_AT_ONCE ? (DWORD)n : MOST_AT_ONCE;
    if (ReadFile((HANDLE)_get_osfhandle(file), out, here, &n_read, NULL))
        return n_read;
    return GetLastError() == ERROR_BROKEN_PIPE || GetLastError() == ERROR_HANDLE_EOF ? 0 : system_failed();
}

int64_t system_write(int file, const void *bytes, size_t n)
{
    DWORD written = 0, here = n < MOST_AT_ONCE ? (DWORD)n : MOST_AT_ONCE;
    if (WriteFile((HANDLE)_get_osfhandle(file), bytes, here, &written, NULL))
        return written;
    return system_failed();
}

int64_t system_write_at(int file, const void *bytes, size_t n, uint64_t at)
{
    DWORD written = 0, here = n < MOST_AT_ONCE ? (DWORD)n : MOST_AT_ONCE;
    OVERLAPPED place;
    memset(&place, 0, sizeof place);
    place.Offset = (DWORD)at;
    place.OffsetHigh = (DWORD)(at >> 32);
    if (WriteFile((HANDLE)_get_osfhandle(file), bytes, here, &written, &place))
        return written;
    return system_failed();
}

/* Lines end as they are written, with \n. */
FILE *system_create(const char *path)
{
    wchar_t *wide = system_wide_path(path);
    FILE *out = wide ? _wfopen(wide, L"wb") : NULL;
    if (!wide)
        system_failed();
    free(wide);
    return out;
}

/* A file that the system keeps in memory as long as it can, and that is gone when it is closed. */
int system_text_open(system_text *text)
{
    wchar_t folder[MAX_PATH + 1], name[MAX_PATH + 1];
    memset(text, 0, sizeof *text);
    if (!GetTempPathW(MAX_PATH, folder) || !GetTempFileNameW(folder, L"rqa", 0, name))
        return system_failed();
    HANDLE file = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, SHARED, NULL, CREATE_ALWAYS,
                              FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, NULL);
    if (file == INVALID_HANDLE_VALUE)
        return system_failed();
    const int descriptor = _open_osfhandle((intptr_t)file, _O_RDWR | _O_BINARY | _O_NOINHERIT);
    text->out = descriptor >= 0 ? _fdopen(descriptor, "w+b") : NULL;
    if (!text->out && descriptor >= 0)
        _close(descriptor);
    else if (!text->out)
        CloseHandle(file);
    return text->out ? 0 : -1;
}

int system_text_close(system_text *text)
{
    const long long n = fflush(text->out) == 0 ? _ftelli64(text->out) : -1;
    text->text = n >= 0 ? malloc((size_t)n + 1) : NULL;
    int failed = !text->text || _fseeki64(text->out, 0, SEEK_SET) != 0 ||
                 fread(text->text, 1, (size_t)n, text->out) != (size_t)n;
    text->n = failed ? 0 : (size_t)n;
    if (text->text)
        text->text[text->n] = '\0';
    fclose(text->out);
    return failed ? -1 : 0;
}

int system_is_there(const char *path)
{
    wchar_t *wide = system_wide_path(path);
    const int found = wide && GetFileAttributesW(wide) != INVALID_FILE_ATTRIBUTES;
    if (!found)
        system_failed();
    free(wide);
    return found;
}

int system_may_read(const char *path)
{
    HANDLE file = open_handle(path, GENERIC_READ, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS);
    if (file == INVALID_HANDLE_VALUE)
        return system_failed() == 0;
    CloseHandle(file);
    return 1;
}

int system_may_make_files(const char *folder)
{
    HANDLE file = open_handle(folder, FILE_ADD_FILE, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS);
    system_info info;
    if (file == INVALID_HANDLE_VALUE)
        return system_failed() == 0;
    const int is_folder = tell_info(&info, file) == 0 && info.kind == SYSTEM_FOLDER;
    CloseHandle(file);
    if (!is_folder)
        errno = ENOTDIR;
    return is_folder;
}

/* Does something with one path. */
static int with_path(const char *path, BOOL(WINAPI *what)(const wchar_t *))
{
    wchar_t *wide = system_wide_path(path);
    const int done = wide && what(wide);
    if (!done)
        system_failed();
    free(wide);
    return done ? 0 : -1;
}

static BOOL WINAPI make_folder(const wchar_t *wide)
{
    return CreateDirectoryW(wide, NULL);
}

int system_make_folder(const char *path)
{
    return with_path(path, make_folder);
}

int system_remove(const char *path)
{
    return with_path(path, DeleteFileW);
}

int system_remove_folder(const char *path)
{
    return with_path(path, RemoveDirectoryW);
}

static int move(const char *from, const char *to, DWORD how)
{
    wchar_t *wide_from = system_wide_path(from), *wide_to = system_wide_path(to);
    const int done = wide_from && wide_to && MoveFileExW(wide_from, wide_to, how);
    if (!done)
        system_failed();
    free(wide_from);
    free(wide_to);
    return done ? 0 : -1;
}

int system_name_new(const char *from, const char *to)
{
    return move(from, to, 0);
}

static int is_folder(const char *path)
{
    system_info info;
    return system_look(&info, path) == 0 && info.kind == SYSTEM_FOLDER;
}

/* Moving onto a file that is open is told as missing rights; opening it tells. */
static int is_held(const char *path)
{
    HANDLE file = open_handle(path, DELETE, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL);
    if (file == INVALID_HANDLE_VALUE)
        return GetLastError() == ERROR_SHARING_VIOLATION;
    CloseHandle(file);
    return 0;
}

/* Another program may hold the file for a moment, as virus scanners and search indexes do. */
int system_replace(const char *from, const char *to)
{
    enum { TRIES = 100, STEP_MS = 20 };
    if (is_folder(from) && is_folder(to) && system_remove_folder(to) != 0)
        return -1;
    for (int k = 0; k < TRIES; k++) {
        if (move(from, to, MOVEFILE_REPLACE_EXISTING) == 0)
            return 0;
        if ((errno != EBUSY && errno != EACCES) || is_folder(to) || is_folder(from))
            return -1;
        Sleep(STEP_MS);
    }
    errno = is_held(to) ? EBUSY : EACCES;
    return -1;
}

char *system_real_path(const char *path)
{
    enum { LONGEST = 32768 };
    HANDLE file = open_handle(path, FILE_READ_ATTRIBUTES, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS);
    if (file == INVALID_HANDLE_VALUE) {
        system_failed();
        return NULL;
    }
    wchar_t *wide = malloc(LONGEST * sizeof *wide);
    const DWORD n = wide ? GetFinalPathNameByHandleW(file, wide, LONGEST, 0) : 0;
    CloseHandle(file);
    /* Without \\?\, which is put before it where it must be. */
    const wchar_t *name = wide;
    if (n > 0 && n < LONGEST && wcsncmp(wide, L"\\\\?\\UNC\\", 8) == 0) {
        wide[6] = L'\\';
        name = wide + 6;
    } else if (n > 0 && n < LONGEST && wcsncmp(wide, L"\\\\?\\", 4) == 0) {
        name = wide + 4;
    }
    char *real = n > 0 && n < LONGEST ? system_narrow(name) : NULL;
    free(wide);
    return real;
}

struct system_folder {
    HANDLE search;
    WIN32_FIND_DATAW entry;
    int is_first;
    char *name;
};

system_folder *system_folder_open(const char *path)
{
    wchar_t *wide = system_wide_path(path);
    system_folder *folder = calloc(1, sizeof *folder);
    const size_t n = wide ? wcslen(wide) : 0;
    wchar_t *pattern = wide ? malloc((n + 3) * sizeof *pattern) : NULL;
    if (pattern && folder) {
        memcpy(pattern, wide, n * sizeof *pattern);
        memcpy(pattern + n, n > 0 && wide[n - 1] == L'\\' ? L"*\0" : L"\\*", 3 * sizeof *pattern);
        folder->search = FindFirstFileW(pattern, &folder->entry);
        folder->is_first = 1;
    }
    if (!pattern || !folder || folder->search == INVALID_HANDLE_VALUE) {
        system_failed();
        free(folder);
        folder = NULL;
    }
    free(pattern);
    free(wide);
    return folder;
}

const char *system_folder_next(system_folder *folder)
{
    do {
        if (!folder->is_first && !FindNextFileW(folder->search, &folder->entry))
            return NULL;
        folder->is_first = 0;
    } while (wcscmp(folder->entry.cFileName, L".") == 0 || wcscmp(folder->entry.cFileName, L"..") == 0);
    free(folder->name);
    return folder->name = system_narrow(folder->entry.cFileName);
}

void system_folder_close(system_folder *folder)
{
    FindClose(folder->search);
    free(folder->name);
    free(folder);
}
