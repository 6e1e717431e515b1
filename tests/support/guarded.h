/* guarded.h - arrays between guard bytes, at any alignment, to catch what a kernel writes astray. */
#ifndef RQA_TESTS_GUARDED_H
#define RQA_TESTS_GUARDED_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum { GUARD_BYTES = 256 };

typedef struct guarded {
    uint8_t *block;
    void *data; /* GUARD_BYTES and a little more into the block */
    size_t n_bytes;
} guarded;

static inline uint8_t guarded_pattern(size_t k)
{
    return (uint8_t)(0xa5 ^ (k * 37));
}

/* n elements of `size` bytes, which begin at a random multiple of `size`. They hold random bytes:
 * what a kernel must not read shows in its result. */
static inline guarded guarded_make(rng *r, size_t n, size_t size)
{
    guarded g = {.n_bytes = n * size};
    const size_t shift = size * (size_t)rng_below(r, 64 / size + 1);
    const size_t room = g.n_bytes + shift + 2 * GUARD_BYTES;
    g.block = aligned_alloc(64, (room + 63) / 64 * 64);
    ck_assert_ptr_nonnull(g.block);
    for (size_t k = 0; k < (room + 63) / 64 * 64; k++)
        g.block[k] = guarded_pattern(k);
    g.data = g.block + GUARD_BYTES + shift;
    for (size_t k = 0; k < g.n_bytes; k += sizeof(uint64_t)) {
        const uint64_t draw = rng_next(r);
        const size_t left = g.n_bytes - k;
        memcpy((uint8_t *)g.data + k, &draw, left < sizeof draw ? left : sizeof draw);
    }
    return g;
}

/* An array of the same content, guarded by itself. */
static inline guarded guarded_copy(rng *r, const guarded *from, size_t size)
{
    guarded g = guarded_make(r, from->n_bytes / size, size);
    memcpy(g.data, from->data, g.n_bytes);
    return g;
}

/* Whether every guard byte is as it was. */
static inline int guarded_is_whole(const guarded *g)
{
    const size_t first = (size_t)((const uint8_t *)g->data - g->block);
    size_t wrong = 0;
    for (size_t k = 0; k < first; k++)
        wrong += g->block[k] != guarded_pattern(k);
    for (size_t k = first + g->n_bytes; k < first + g->n_bytes + GUARD_BYTES; k++)
        wrong += g->block[k] != guarded_pattern(k);
    return wrong == 0;
}

static inline void guarded_free(guarded *g)
{
    free(g->block);
}

#endif
