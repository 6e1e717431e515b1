/* gate.c - a gate that holds up the library's own threads, where they allocate. */
#include "gate.h"

#include <pthread.h>
#include <stdlib.h>

#include "rqa/rqa.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opened = PTHREAD_COND_INITIALIZER;
static int is_closed;
static pthread_t keeper;

static void pass(void)
{
    pthread_mutex_lock(&mutex);
    while (is_closed && !pthread_equal(keeper, pthread_self()))
        pthread_cond_wait(&opened, &mutex);
    pthread_mutex_unlock(&mutex);
}

static void *allocate(size_t n_bytes, void *user)
{
    (void)user;
    pass();
    return malloc(n_bytes);
}

static void *reallocate(void *block, size_t n_bytes, void *user)
{
    (void)user;
    pass();
    return realloc(block, n_bytes);
}

static void release(void *block, void *user)
{
    (void)user;
    free(block);
}

void gate_install(void)
{
    const rqa_memory_hooks hooks = {sizeof hooks, 0, allocate, reallocate, release, NULL};
    if (rqa_memory_hooks_set(&hooks))
        abort();
}

static void set(int closed)
{
    pthread_mutex_lock(&mutex);
    is_closed = closed;
    keeper = pthread_self();
    pthread_cond_broadcast(&opened);
    pthread_mutex_unlock(&mutex);
}

void gate_close(void)
{
    set(1);
}

void gate_open(void)
{
    set(0);
}
