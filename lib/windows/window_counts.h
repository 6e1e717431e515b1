/* window_counts.h - counts of runs by length, by end or by start, and which of them may not be 0.
 *
 * Most lengths have no run, so a flag for each block of counts says where one may be: it is set
 * with every count that rises, and cleared when a reading finds all of its block to be 0.
 */
#ifndef RQA_WINDOWS_WINDOW_COUNTS_H
#define RQA_WINDOWS_WINDOW_COUNTS_H

#include <stdint.h>

#include "cpu/window_table.h"

/* A ring, or an array of no more than its size. Behind its end is room for a copy of its first
 * block. */
typedef struct rqa__window_counts {
    uint32_t *count;
    uint8_t *seen; /* 1 or 0 for each block of RQA__WINDOW_BLOCK, and 0 up to a multiple of 64 */
} rqa__window_counts;

static inline void rqa__count_more(const rqa__window_counts *c, uint32_t at, uint32_t n)
{
    c->count[at] += n;
    c->seen[at / RQA__WINDOW_BLOCK] = 1;
}

static inline void rqa__count_fewer(const rqa__window_counts *c, uint32_t at, uint32_t n)
{
    c->count[at] -= n;
}

/* Where an array has the runs of this length; they are 1 or longer. */
static inline uint32_t rqa__by_length(uint32_t length)
{
    return length - 1;
}

#endif
