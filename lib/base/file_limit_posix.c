/* file_limit_posix.c - writing where a file may not grow: an error, and not the signal that ends the host. */
#define _POSIX_C_SOURCE 200809L
#define _XOPEN_SOURCE 700 /* SIGXFSZ */

#include "base/file_limit.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

static int is_pending(void)
{
    sigset_t pending;
    return sigpending(&pending) == 0 && sigismember(&pending, SIGXFSZ) == 1;
}

static sigset_t that_signal(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGXFSZ);
    return set;
}

void rqa__file_limit_hold(rqa__file_limit *limit)
{
    const sigset_t set = that_signal();
    pthread_sigmask(SIG_BLOCK, &set, &limit->before);
    /* It can wait only where it was held back before. */
    limit->was_pending = sigismember(&limit->before, SIGXFSZ) == 1 && is_pending();
    errno = 0;
}

void rqa__file_limit_release(const rqa__file_limit *limit)
{
    int error = errno, taken;
    const sigset_t set = that_signal();
    if (!limit->was_pending && is_pending())
        sigwait(&set, &taken);
    pthread_sigmask(SIG_SETMASK, &limit->before, NULL);
    errno = error;
}
