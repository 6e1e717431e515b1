/* cli_system_names_windows.c - names of files and errors over Windows: UTF-8 and errno to the rest of the program. */
#include "cli_system_windows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/long_path_windows.h"

/* What C knows of an error of the system's, so that system_reason() says it. */
int system_errno(DWORD error)
{
    static const struct {
        DWORD error;
        int number;
    } table[] = {
        {ERROR_FILE_NOT_FOUND, ENOENT},
        {ERROR_PATH_NOT_FOUND, ENOENT},
        {ERROR_INVALID_NAME, ENOENT},
        {ERROR_BAD_PATHNAME, ENOENT},
        {ERROR_BAD_NETPATH, ENOENT},
        {ERROR_TOO_MANY_OPEN_FILES, EMFILE},
        {ERROR_ACCESS_DENIED, EACCES},
        {ERROR_SHARING_VIOLATION, EBUSY},
        {ERROR_LOCK_VIOLATION, EBUSY},
        {ERROR_USER_MAPPED_FILE, EBUSY},
        {ERROR_INVALID_HANDLE, EBADF},
        {ERROR_NOT_ENOUGH_MEMORY, ENOMEM},
        {ERROR_OUTOFMEMORY, ENOMEM},
        {ERROR_WRITE_PROTECT, EROFS},
        {ERROR_FILE_EXISTS, EEXIST},
        {ERROR_ALREADY_EXISTS, EEXIST},
        {ERROR_DIR_NOT_EMPTY, ENOTEMPTY},
        {ERROR_DIRECTORY, ENOTDIR},
        {ERROR_BROKEN_PIPE, EPIPE},
        {ERROR_NO_DATA, EPIPE},
        {ERROR_PIPE_NOT_CONNECTED, EPIPE},
        {ERROR_DISK_FULL, ENOSPC},
        {ERROR_HANDLE_DISK_FULL, ENOSPC},
        {ERROR_FILE_TOO_LARGE, EFBIG},
        {ERROR_FILENAME_EXCED_RANGE, ENAMETOOLONG},
        {ERROR_NO_UNICODE_TRANSLATION, EILSEQ},
        {ERROR_BAD_DEVICE, ENODEV},
    };
    for (size_t k = 0; k < sizeof table / sizeof table[0]; k++)
        if (table[k].error == error)
            return table[k].number;
    return EIO;
}

const char *system_reason(int number)
{
    if (number == ENODEV)
        return rqa__path_device_text;
    return number == EBUSY ? "another program has it open" : strerror(number);
}

int system_failed(void)
{
    errno = system_errno(GetLastError());
    return -1;
}

wchar_t *system_widen(const char *text)
{
    int n = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, NULL, 0);
    wchar_t *wide = n > 0 ? malloc((size_t)n * sizeof *wide) : NULL;
    if (wide)
        MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, wide, n);
    else if (n > 0)
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    return wide;
}

/* Half a surrogate, which names may hold, becomes U+FFFD. */
char *system_narrow(const wchar_t *wide)
{
    int n = WideCharToMultiByte(CP_UTF8, 0, wide, -1, NULL, 0, NULL, NULL);
    char *text = n > 0 ? malloc((size_t)n) : NULL;
    if (text)
        WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, n, NULL, NULL);
    return text;
}

/* A path as the system takes it; NULL and the system's error. */
wchar_t *system_wide_path(const char *path)
{
    wchar_t *wide = system_widen(path);
    if (wide && rqa__path_is_device(wide)) {
        free(wide);
        SetLastError(ERROR_BAD_DEVICE);
        return NULL;
    }
    const size_t n = wide ? rqa__path_settle(wide) : 0;
    if (n == 0)
        return wide;
    wchar_t *whole = malloc(n * sizeof *whole);
    if (!whole)
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    if (whole && !rqa__path_lengthen(whole, n, wide)) {
        free(whole);
        whole = NULL;
    }
    free(wide);
    return whole;
}

int system_is_separator(char c)
{
    return c == '/' || c == '\\';
}

/* A drive's colon separates too: C:x is x where C: stands. */
const char *system_last_separator(const char *path)
{
    const char *last = NULL;
    for (const char *c = path; *c; c++)
        if (system_is_separator(*c) || (*c == ':' && c == path + 1))
            last = c;
    return last;
}

int system_is_same_name(const char *a, const char *b)
{
    wchar_t *x = system_widen(a), *y = system_widen(b);
    const int same = x && y && CompareStringOrdinal(x, -1, y, -1, TRUE) == CSTR_EQUAL;
    free(x);
    free(y);
    return same;
}

char *system_label(const char *path)
{
    char *label = _strdup(path);
    for (char *c = label; c && *c; c++)
        if (*c == '\\')
            *c = '/';
    return label;
}
