/* memory.c - the only door to the heap: hooks, checked sizes, aligned blocks. */
#include "base/memory.h"

#include <string.h>

#include "base/error.h"
#include "base/fp_env.h"
#include "base/heap.h"
#include "rqa/context.h"

static void *default_allocate(size_t n_bytes, void *user)
{
    (void)user;
    return rqa__heap_allocate(n_bytes);
}

static void *default_reallocate(void *block, size_t n_bytes, void *user)
{
    (void)user;
    return rqa__heap_reallocate(block, n_bytes);
}

static void default_release(void *block, void *user)
{
    (void)user;
    rqa__heap_release(block);
}

#define DEFAULT_HOOKS \
    {sizeof(rqa_memory_hooks), 0, default_allocate, default_reallocate, default_release, NULL}

static const rqa_memory_hooks default_hooks = DEFAULT_HOOKS;

/* Written only by rqa_memory_hooks_set(), which forbids other threads inside the library. */
static rqa_memory_hooks hooks = DEFAULT_HOOKS;

rqa_status rqa_memory_hooks_set(const rqa_memory_hooks *new_hooks)
{
    if (!new_hooks) {
        hooks = default_hooks;
        return RQA_OK;
    }
    rqa_memory_hooks full = {.struct_size = 0};
    int status = rqa__options_read(&full, sizeof full, RQA__SIZE_THROUGH(rqa_memory_hooks, user),
                                   new_hooks, "hooks");
    if (status)
        return status;
    if (!full.allocate || !full.reallocate || !full.release)
        return rqa__fail(RQA_ERROR_NULL, "hooks must give allocate, reallocate and release");
    hooks = full;
    return RQA_OK;
}

int rqa__mul_size(size_t a, size_t b, size_t *out)
{
    if (b != 0 && a > SIZE_MAX / b)
        return -1;
    *out = a * b;
    return 0;
}

int rqa__add_size(size_t a, size_t b, size_t *out)
{
    if (a > SIZE_MAX - b)
        return -1;
    *out = a + b;
    return 0;
}

/* malloc and its kin look at no floating-point environment; the host's functions may. */
static int lend(void)
{
    return hooks.allocate != default_allocate && rqa__fp_lend();
}

void *rqa__alloc(size_t n_bytes)
{
    const int was_inside = lend();
    void *block = hooks.allocate(n_bytes ? n_bytes : 1, hooks.user);
    rqa__fp_take_back(was_inside);
    return block;
}

void *rqa__alloc_array(size_t n, size_t size)
{
    size_t n_bytes;
    return rqa__mul_size(n, size, &n_bytes) ? NULL : rqa__alloc(n_bytes);
}

void *rqa__calloc(size_t n, size_t size)
{
    void *block = rqa__alloc_array(n, size);
    if (block)
        memset(block, 0, n * size);
    return block;
}

void *rqa__realloc(void *block, size_t n_bytes)
{
    if (!block)
        return rqa__alloc(n_bytes);
    const int was_inside = lend();
    void *moved = hooks.reallocate(block, n_bytes ? n_bytes : 1, hooks.user);
    rqa__fp_take_back(was_inside);
    return moved;
}

void rqa__free(void *block)
{
    if (!block)
        return;
    const int was_inside = lend();
    hooks.release(block, hooks.user);
    rqa__fp_take_back(was_inside);
}

char *rqa__strdup(const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = rqa__alloc(n);
    if (copy)
        memcpy(copy, text, n);
    return copy;
}

/* The hooks promise no alignment, so the block is padded and its start kept just below. */
enum { ALIGNMENT = 64 };

void *rqa__alloc_aligned(size_t n_bytes)
{
    size_t padded;
    if (rqa__add_size(n_bytes, ALIGNMENT + sizeof(void *), &padded))
        return NULL;
    char *block = rqa__alloc(padded);
    if (!block)
        return NULL;
    uintptr_t start = (uintptr_t)block + sizeof(void *);
    char *aligned = block + ((start + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT - (uintptr_t)block);
    memcpy(aligned - sizeof(void *), &block, sizeof block);
    return aligned;
}

void *rqa__alloc_dense(size_t n_bytes)
{
    void *block = rqa__alloc_aligned(n_bytes);
    if (block && hooks.allocate == default_allocate)
        rqa__heap_expect_dense(block, n_bytes);
    return block;
}

void rqa__free_aligned(void *aligned)
{
    if (!aligned)
        return;
    void *block;
    memcpy(&block, (char *)aligned - sizeof(void *), sizeof block);
    rqa__free(block);
}
