/* environment_windows.c - environment.h by the system: each C library of a process keeps a copy of its
 * own, and what a host sets through another one does not reach ours. */
#include "base/environment.h"

#include "base/memory.h"
#include "base/system_windows.h"

enum { LONGEST = 4096, LONGEST_NAME = 64 };

/* One that is longer counts as not set. */
const char *rqa__environment(const char *name)
{
    static _Thread_local char value[LONGEST];
    wchar_t wide[LONGEST], wide_name[LONGEST_NAME];
    if (MultiByteToWideChar(CP_UTF8, 0, name, -1, wide_name, LONGEST_NAME) <= 0)
        return NULL;
    SetLastError(ERROR_SUCCESS);
    const DWORD n = GetEnvironmentVariableW(wide_name, wide, LONGEST);
    if (n >= LONGEST || (n == 0 && GetLastError() != ERROR_SUCCESS))
        return NULL;
    wide[n] = L'\0';
    return WideCharToMultiByte(CP_UTF8, 0, wide, -1, value, LONGEST, NULL, NULL) > 0 ? value : NULL;
}

/* No program runs with another user's rights because of its file's owner here. */
const char *rqa__trusted_environment(const char *name)
{
    return rqa__environment(name);
}
