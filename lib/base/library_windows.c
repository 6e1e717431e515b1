/* library_windows.c - library.h over LoadLibraryExW(). */
#include "base/library.h"

#include <stdio.h>
#include <string.h>

#include "base/fp_env.h"
#include "base/system_windows.h"

/* Never the current folder, nor PATH: not for the file itself, whose path is whole or which is the
 * system's, and not for what it needs. */
static void *open_as(const wchar_t *wide, DWORD how, char *why, size_t why_size)
{
    HMODULE library = wide ? LoadLibraryExW(wide, NULL, how) : NULL;
    const DWORD error = GetLastError();
    rqa__fp_default(); /* what was linked with -ffast-math sets FTZ and DAZ as it is loaded */
    if (!library)
        rqa__system_text(why, why_size, error);
    return library;
}

static void name_file(char *why, size_t size, const char *path)
{
    char text[160];
    strncpy(text, why, sizeof text - 1);
    text[sizeof text - 1] = '\0';
    snprintf(why, size, "%.80s: %s", path, text);
}

void *rqa__library_open(const char *path, char *why, size_t why_size)
{
    rqa__wide room;
    const wchar_t *wide = rqa__wide_path(&room, path);
    void *library = open_as(wide, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_SYSTEM32, why,
                            why_size);
    rqa__wide_free(&room);
    if (!library)
        name_file(why, why_size, path);
    return library;
}

void *rqa__library_open_system(const char *name, char *why, size_t why_size)
{
    wchar_t wide[64];
    const int n = MultiByteToWideChar(CP_UTF8, 0, name, -1, wide, 64);
    void *library = open_as(n > 0 ? wide : NULL, LOAD_LIBRARY_SEARCH_SYSTEM32, why, why_size);
    if (!library)
        name_file(why, why_size, name);
    return library;
}

rqa__library_function rqa__library_find(void *library, const char *name)
{
    FARPROC symbol = GetProcAddress(library, name);
    rqa__library_function function;
    memcpy(&function, &symbol, sizeof function);
    return function;
}

int rqa__library_own_folder(char *out, size_t size)
{
    static const char here = 0;
    enum { LONGEST = 1024 };
    wchar_t wide[LONGEST];
    HMODULE own;
    if (!GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
                                GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                            (const wchar_t *)&here, &own))
        return -1;
    const DWORD n = GetModuleFileNameW(own, wide, LONGEST);
    wchar_t *slash = n > 0 && n < LONGEST ? wcsrchr(wide, L'\\') : NULL;
    if (!slash)
        return -1;
    *slash = L'\0';
    return WideCharToMultiByte(CP_UTF8, 0, wide, -1, out, (int)size, NULL, NULL) > 0 ? 0 : -1;
}

int rqa__file_is_there(const char *path)
{
    rqa__wide room;
    const wchar_t *wide = rqa__wide_path(&room, path);
    const int found = wide && GetFileAttributesW(wide) != INVALID_FILE_ATTRIBUTES;
    rqa__wide_free(&room);
    return found;
}
