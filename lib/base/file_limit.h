/* file_limit.h - writing where a file may not grow: an error, and not the signal that ends the host.
 *
 * A write past RLIMIT_FSIZE (ulimit -f) raises SIGXFSZ in the thread that writes, and that ends the
 * process unless it is prepared. The library has no handlers: the thread holds the signal back while
 * it writes, and takes away the one its own write has raised. What remains is the errno EFBIG.
 */
#ifndef RQA_BASE_FILE_LIMIT_H
#define RQA_BASE_FILE_LIMIT_H

#ifdef _WIN32
typedef struct rqa__file_limit {
    int none; /* there is no such signal */
} rqa__file_limit;
#else
#include <signal.h>
typedef struct rqa__file_limit {
    sigset_t before;  /* the thread's signals */
    int was_pending;  /* one that is not ours */
} rqa__file_limit;
#endif

/* Around all that may write to a file on a thread of the caller's, but never around a callback.
 * May be nested; release on the thread that holds. hold sets errno to 0, release leaves what the
 * work between has set. */
void rqa__file_limit_hold(rqa__file_limit *limit);
void rqa__file_limit_release(const rqa__file_limit *limit);

#endif
