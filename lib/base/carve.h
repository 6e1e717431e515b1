/* carve.h - parts of one block: the function that lays a block out says how large it is, too. */
#ifndef RQA_BASE_CARVE_H
#define RQA_BASE_CARVE_H

#include <stddef.h>
#include <stdint.h>

/* The next n * size bytes, 64-byte aligned, of a block at `base`; NULL if it is only measured,
 * which `used` does. */
static inline void *rqa__carve(uint8_t *base, size_t *used, size_t n, size_t size)
{
    void *at = base != NULL ? base + *used : NULL;
    *used += (n * size + 63) / 64 * 64;
    return at;
}

#endif
