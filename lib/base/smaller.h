/* smaller.h - the smaller of two numbers. */
#ifndef RQA_BASE_SMALLER_H
#define RQA_BASE_SMALLER_H

#include <stddef.h>
#include <stdint.h>

static inline size_t rqa__smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static inline uint64_t rqa__smaller64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

#endif
