/* system_windows.c - names of files as Windows takes them, its errors in words. */
#include "base/system_windows.h"

#include <stdio.h>
#include <string.h>

#include "base/long_path_windows.h"
#include "base/memory.h"

/* The text in wide->room, or in wide->longer. */
static wchar_t *widen(rqa__wide *wide, const char *text)
{
    if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, wide->room, RQA__WIDE_ROOM) > 0)
        return wide->room;
    if (GetLastError() != ERROR_INSUFFICIENT_BUFFER)
        return NULL;
    int n = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, NULL, 0);
    if (n <= 0)
        return NULL;
    wide->longer = rqa__alloc_array((size_t)n, sizeof *wide->longer);
    if (wide->longer)
        MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, wide->longer, n);
    else
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    return wide->longer;
}

const wchar_t *rqa__wide_path(rqa__wide *wide, const char *path)
{
    wide->longer = NULL;
    wchar_t *text = widen(wide, path);
    if (text && rqa__path_is_device(text)) {
        rqa__wide_free(wide);
        SetLastError(ERROR_BAD_DEVICE);
        return NULL;
    }
    const size_t n = text ? rqa__path_settle(text) : 0;
    if (n == 0)
        return text;
    wchar_t *whole = rqa__alloc_array(n, sizeof *whole);
    if (!whole)
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    if (whole && !rqa__path_lengthen(whole, n, text)) {
        rqa__free(whole);
        whole = NULL;
    }
    const DWORD error = GetLastError();
    rqa__free(wide->longer);
    SetLastError(error);
    return wide->longer = whole;
}

void rqa__wide_free(rqa__wide *wide)
{
    const DWORD error = GetLastError();
    rqa__free(wide->longer);
    wide->longer = NULL;
    SetLastError(error);
}

char *rqa__narrow(const wchar_t *wide)
{
    int n = WideCharToMultiByte(CP_UTF8, 0, wide, -1, NULL, 0, NULL, NULL);
    char *text = n > 0 ? rqa__alloc((size_t)n) : NULL;
    if (text)
        WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, n, NULL, NULL);
    return text;
}

/* What other systems say, where they have the same: nobody should meet two words for one thing. */
static const char *common_text(unsigned long error)
{
    switch (error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_NAME:
        return "No such file or directory";
    case ERROR_ACCESS_DENIED:
        return "Permission denied";
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL:
        return "No space left on device";
    case ERROR_BAD_DEVICE:
        return rqa__path_device_text;
    default:
        return NULL;
    }
}

/* In English, as all other texts are; in the user's language where that is not installed. */
const char *rqa__system_text(char *out, size_t size, unsigned long error)
{
    const char *common = common_text(error);
    if (common) {
        snprintf(out, size, "%s", common);
        return out;
    }
    const DWORD how = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS;
    const DWORD english = MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US);
    wchar_t wide[200];
    DWORD n = FormatMessageW(how, NULL, error, english, wide, 200, NULL);
    if (n == 0)
        n = FormatMessageW(how, NULL, error, 0, wide, 200, NULL);
    while (n > 0 && (wide[n - 1] <= L' ' || wide[n - 1] == L'.'))
        n--;
    int length = n > 0 ? WideCharToMultiByte(CP_UTF8, 0, wide, (int)n, out, (int)size - 1, NULL, NULL) : 0;
    if (length > 0)
        out[length] = '\0';
    else
        snprintf(out, size, "error %lu", error);
    return out;
}
