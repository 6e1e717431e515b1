/* long_path_windows.c - long_path_windows.h: long names by GetFullPathNameW(), devices by their names. */
#include "base/long_path_windows.h"

#include <string.h>

#include "base/system_windows.h"

/* CreateDirectoryW refuses 248 characters and more, leaving room for a name of 8 + 3. */
enum { LONGEST_PLAIN = 247, PREFIX = 8 };

const char rqa__path_device_text[] =
    "Windows takes this name for a device (CON, PRN, AUX, NUL, COM1-9, LPT1-9, CONIN$, CONOUT$; with any "
    "ending); choose another";

static int is_one_of(const wchar_t *name, size_t n, const wchar_t *const *names, size_t n_names)
{
    for (size_t k = 0; k < n_names; k++)
        if (n == wcslen(names[k]) && _wcsnicmp(name, names[k], n) == 0)
            return 1;
    return 0;
}

/* As RtlIsDosDeviceName_U() of Windows 10 looks: later ones take fewer names, and the files go from one to the
 * other. */
int rqa__path_is_device(const wchar_t *path)
{
    static const wchar_t *const whole[] = {L"CON", L"PRN", L"AUX", L"NUL", L"CONIN$", L"CONOUT$"};
    static const wchar_t *const numbered[] = {L"COM", L"LPT"};
    const wchar_t *name = path;
    if (wcsncmp(path, L"\\\\?\\", 4) == 0 || wcsncmp(path, L"\\\\.\\", 4) == 0)
        return 0;
    for (const wchar_t *c = path; *c; c++)
        if (*c == L'\\' || *c == L'/' || (*c == L':' && c == path + 1))
            name = c + 1;
    size_t n = wcscspn(name, L".:");
    while (n > 0 && name[n - 1] == L' ')
        n--;
    if (name == path && _wcsicmp(path, L"NUL") == 0)
        return 0;
    if (is_one_of(name, n, whole, sizeof whole / sizeof whole[0]))
        return 1;
    /* COM and LPT take a small raised 1, 2 or 3 too. */
    return n == 4 && name[3] && wcschr(L"123456789\u00b9\u00b2\u00b3", name[3]) && is_one_of(name, 3, numbered, 2);
}

size_t rqa__path_settle(wchar_t *path)
{
    for (wchar_t *c = path; *c; c++)
        if (*c == L'/')
            *c = L'\\';
    /* A short name may be a long way down from the folder that the process is in. */
    const size_t n = GetFullPathNameW(path, 0, NULL, NULL);
    return n > LONGEST_PLAIN || wcslen(path) > LONGEST_PLAIN ? n + PREFIX : 0;
}

int rqa__path_lengthen(wchar_t *whole, size_t room, const wchar_t *path)
{
    const size_t n = GetFullPathNameW(path, (DWORD)(room - PREFIX), whole + PREFIX, NULL);
    if (n == 0 || n >= room - PREFIX) {
        SetLastError(ERROR_FILENAME_EXCED_RANGE);
        return 0;
    }
    const wchar_t *name = whole + PREFIX, *prefix = L"\\\\?\\";
    const int is_share = name[0] == L'\\' && name[1] == L'\\';
    if (is_share && (name[2] == L'?' || name[2] == L'.')) {
        prefix = L"";
    } else if (is_share) {
        prefix = L"\\\\?\\UNC\\";
        name += 2;
    }
    const size_t n_prefix = wcslen(prefix);
    memmove(whole + n_prefix, name, (wcslen(name) + 1) * sizeof *whole);
    memcpy(whole, prefix, n_prefix * sizeof *whole);
    return 1;
}
