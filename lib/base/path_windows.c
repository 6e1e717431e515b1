/* path_windows.c - path.h where there are drives and shares. */
#include "base/path.h"

#include <string.h>

#include "base/long_path_windows.h"
#include "base/memory.h"
#include "base/system_windows.h"

const char rqa__path_absolute_rule[] = "it must begin with a drive and a backslash, as C:\\";
const char rqa__path_list_separator = ';';

static int is_separator(char c)
{
    return c == '/' || c == '\\';
}

static int is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

int rqa__path_is_absolute(const char *path)
{
    return (is_letter(path[0]) && path[1] == ':' && is_separator(path[2])) ||
           (is_separator(path[0]) && is_separator(path[1]));
}

/* Backslashes are written as %5C, so a share begins no name of a host; one with slashes would. A name
 * without drive or folder begins with "./", so that it can mean nothing else. */
const char *rqa__path_uri_scheme(const char *path)
{
    if (path[0] == '/' && path[1] == '/')
        return "file://";
    return is_separator(path[0]) || (is_letter(path[0]) && path[1] == ':') ? "file:" : "file:./";
}

const char *rqa__path_refusal(const char *path)
{
    rqa__wide room;
    const wchar_t *wide = rqa__wide_path(&room, path);
    const DWORD error = wide ? ERROR_SUCCESS : GetLastError();
    rqa__wide_free(&room);
    return error == ERROR_BAD_DEVICE ? rqa__path_device_text : NULL;
}

char *rqa__path_for_others(const char *path)
{
    rqa__wide room;
    const wchar_t *wide = rqa__wide_path(&room, path);
    char *copy = NULL;
    if (!wide) /* no name of a file: whoever opens it says so */
        return rqa__strdup(path);
    copy = wcsncmp(wide, L"\\\\?\\", 4) == 0 ? rqa__narrow(wide) : rqa__strdup(path);
    rqa__wide_free(&room);
    return copy;
}
