/* library_posix.c - library.h over dlopen. */
#define _GNU_SOURCE /* dladdr */
#include "base/library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fp_env.h"

void *rqa__library_open(const char *path, char *why, size_t why_size)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    rqa__fp_default(); /* what was linked with -ffast-math sets FTZ and DAZ as it is loaded */
    if (!library) {
        const char *text = dlerror();
        snprintf(why, why_size, "%s", text ? text : "dlopen gave no reason");
    }
    return library;
}

void *rqa__library_open_system(const char *name, char *why, size_t why_size)
{
    return rqa__library_open(name, why, why_size);
}

rqa__library_function rqa__library_find(void *library, const char *name)
{
    /* ISO C has no conversion from void * to a function; POSIX says that the bits are the same. */
    void *symbol = dlsym(library, name);
    rqa__library_function function;
    memcpy(&function, &symbol, sizeof function);
    return function;
}

int rqa__library_own_folder(char *out, size_t size)
{
    static const char here = 0;
    Dl_info info;
    if (!dladdr(&here, &info) || !info.dli_fname || info.dli_fname[0] != '/')
        return -1;
    const char *slash = strrchr(info.dli_fname, '/');
    size_t length = (size_t)(slash - info.dli_fname);
    if (length + 1 > size)
        return -1;
    memcpy(out, info.dli_fname, length);
    out[length] = '\0';
    return 0;
}

int rqa__file_is_there(const char *path)
{
    return access(path, F_OK) == 0;
}
