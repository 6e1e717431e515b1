/* heap_posix.c - heap.h by the C library, which keeps what it gets back. */
#if defined(__linux__) && !defined(_DEFAULT_SOURCE)
#define _DEFAULT_SOURCE /* madvise */
#endif
#include "base/heap.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

const size_t rqa__heap_most_kept = 0;

void *rqa__heap_allocate(size_t n_bytes)
{
    return malloc(n_bytes);
}

void *rqa__heap_reallocate(void *block, size_t n_bytes)
{
    return realloc(block, n_bytes);
}

void rqa__heap_release(void *block)
{
    free(block);
}

/* With large pages of 2 MiB at least one lies wholly inside. */
enum { LEAST_DENSE = 4 << 20 };

void rqa__heap_expect_dense(void *block, size_t n_bytes)
{
#ifdef MADV_HUGEPAGE
    const long page = sysconf(_SC_PAGESIZE);
    if (n_bytes < LEAST_DENSE || page <= 0)
        return;
    const uintptr_t size = (uintptr_t)page, end = ((uintptr_t)block + n_bytes) / size * size;
    char *first = (char *)block + (size - (uintptr_t)block % size) % size;
    (void)madvise(first, end - (uintptr_t)first, MADV_HUGEPAGE); /* without it pages are small */
#else
    (void)block;
    (void)n_bytes;
#endif
}
