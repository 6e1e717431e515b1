/* environment_posix.c - environment.h by the C library. */
#define _GNU_SOURCE /* secure_getenv */
#include "base/environment.h"

#include <stdlib.h>
#include <unistd.h>

const char *rqa__environment(const char *name)
{
    return getenv(name);
}

#ifdef __linux__
const char *rqa__trusted_environment(const char *name)
{
    return secure_getenv(name);
}
#else
const char *rqa__trusted_environment(const char *name)
{
    return issetugid() ? NULL : getenv(name);
}
#endif
