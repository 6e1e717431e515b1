/* block_counts.h - how many cells recur in each square block of a matrix: all a reduced picture of it
 * needs. */
#ifndef RQA_DATA_BLOCK_COUNTS_H
#define RQA_DATA_BLOCK_COUNTS_H

#include <stddef.h>
#include <stdint.h>

/* Blocks at the far ends of the matrix may be smaller than the others. */
typedef struct rqa__block_counts {
    size_t n_rows, n_columns; /* cells */
    size_t block;             /* cells a side */
    size_t width, height;     /* blocks */
    uint32_t *few; /* [height * width]; NULL where a block may hold more */
    uint64_t *many;
} rqa__block_counts;

/* Bytes for the counts; SIZE_MAX where they exceed the address space. */
size_t rqa__block_counts_memory(size_t n_rows, size_t n_columns, size_t block);

/* All 0; released even if that fails. 0 or RQA_ERROR_MEMORY, with its text. */
int rqa__block_counts_create(rqa__block_counts *counts, size_t n_rows, size_t n_columns,
                             size_t block);
void rqa__block_counts_release(rqa__block_counts *counts);

static inline uint64_t rqa__block_counts_get(const rqa__block_counts *counts, size_t line, size_t b)
{
    const size_t at = line * counts->width + b;
    return counts->few ? counts->few[at] : counts->many[at];
}

static inline void rqa__block_counts_set(rqa__block_counts *counts, size_t line, size_t b, uint64_t n)
{
    const size_t at = line * counts->width + b;
    if (counts->few)
        counts->few[at] = (uint32_t)n;
    else
        counts->many[at] = n;
}

/* Adds the ones of columns first .. last - 1 of a row to count[column / block]; bit 0 of words[0] is
 * column `origin`, a multiple of 64. */
void rqa__block_counts_add_row(uint64_t *count, size_t block, const uint64_t *words, size_t origin,
                               size_t first, size_t last);

#endif
