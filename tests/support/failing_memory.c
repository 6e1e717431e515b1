/* failing_memory.c - the library's memory, of which so many allocations are granted and no more. */
#include "failing_memory.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "rqa/rqa.h"

static atomic_long n_left, n_live;
static atomic_int refuses_one;

static int is_refused(void)
{
    const long left = atomic_fetch_sub(&n_left, 1);
    return refuses_one ? left == 0 : left <= 0;
}

static void *allocate(size_t n_bytes, void *user)
{
    (void)user;
    if (is_refused())
        return NULL;
    atomic_fetch_add(&n_live, 1);
    return malloc(n_bytes);
}

static void *reallocate(void *block, size_t n_bytes, void *user)
{
    if (!block)
        return allocate(n_bytes, user);
    return is_refused() ? NULL : realloc(block, n_bytes);
}

static void release(void *block, void *user)
{
    (void)user;
    atomic_fetch_sub(&n_live, block != NULL);
    free(block);
}

void failing_memory_install(void)
{
    const rqa_memory_hooks hooks = {sizeof hooks, 0, allocate, reallocate, release, NULL};
    n_live = 0;
    if (rqa_memory_hooks_set(&hooks))
        abort();
}

void failing_memory_remove(void)
{
    rqa_memory_hooks_set(NULL);
}

void failing_memory_grant(long n)
{
    refuses_one = 0;
    n_left = n;
}

void failing_memory_refuse_one(long n)
{
    refuses_one = 1;
    n_left = n;
}

long failing_memory_live(void)
{
    return n_live;
}
