/* counted_heap.c - a heap that knows how much of it is in use. */
#include "counted_heap.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int64_t live, peak;
enum { HEADER = 16 };

static void *took(void *block, size_t n_bytes, int64_t before)
{
    if (!block)
        return NULL;
    memcpy(block, &n_bytes, sizeof n_bytes);
    pthread_mutex_lock(&lock);
    live += (int64_t)n_bytes - before;
    peak = live > peak ? live : peak;
    pthread_mutex_unlock(&lock);
    return (char *)block + HEADER;
}

static size_t size_of(void *block)
{
    size_t n_bytes;
    memcpy(&n_bytes, (char *)block - HEADER, sizeof n_bytes);
    return n_bytes;
}

static void *allocate(size_t n_bytes, void *user)
{
    (void)user;
    return took(malloc(n_bytes + HEADER), n_bytes, 0);
}

static void *reallocate(void *block, size_t n_bytes, void *user)
{
    (void)user;
    int64_t before = (int64_t)size_of(block);
    return took(realloc((char *)block - HEADER, n_bytes + HEADER), n_bytes, before);
}

static void release(void *block, void *user)
{
    (void)user;
    pthread_mutex_lock(&lock);
    live -= (int64_t)size_of(block);
    pthread_mutex_unlock(&lock);
    free((char *)block - HEADER);
}

void counted_heap_begin(void)
{
    const rqa_memory_hooks hooks = {sizeof hooks, 0, allocate, reallocate, release, NULL};
    ck_ok(rqa_memory_hooks_set(&hooks));
}

void counted_heap_end(void)
{
    ck_ok(rqa_memory_hooks_set(NULL));
}

int64_t counted_heap_live(void)
{
    return live;
}

int64_t counted_heap_peak(void)
{
    return peak;
}

void counted_heap_reset_peak(void)
{
    peak = live;
}
