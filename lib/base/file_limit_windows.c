/* file_limit_windows.c - a write that finds no room is an error here, and no signal. */
#include "base/file_limit.h"

#include <errno.h>

void rqa__file_limit_hold(rqa__file_limit *limit)
{
    limit->none = 0;
    errno = 0;
}

void rqa__file_limit_release(const rqa__file_limit *limit)
{
    (void)limit;
}
