/* block_counts.c - how many cells recur in each square block of a matrix. */
#include "data/block_counts.h"

#include "base/error.h"
#include "base/memory.h"
#include "data/bit_range.h"

/* The longest side of a block whose cells fit 32 bits. */
enum { MOST_FOR_FEW = 65535 };

static size_t divide_up(size_t a, size_t b)
{
    return a / b + (a % b != 0);
}

size_t rqa__block_counts_memory(size_t n_rows, size_t n_columns, size_t block)
{
    size_t n;
    if (rqa__mul_size(divide_up(n_rows, block), divide_up(n_columns, block), &n) ||
        rqa__mul_size(n, block <= MOST_FOR_FEW ? sizeof(uint32_t) : sizeof(uint64_t), &n))
        return SIZE_MAX;
    return n;
}

int rqa__block_counts_create(rqa__block_counts *counts, size_t n_rows, size_t n_columns,
                             size_t block)
{
    *counts = (rqa__block_counts){.n_rows = n_rows,
                                  .n_columns = n_columns,
                                  .block = block,
                                  .width = divide_up(n_columns, block),
                                  .height = divide_up(n_rows, block)};
    void *counted = rqa__calloc(rqa__block_counts_memory(n_rows, n_columns, block), 1);
    if (!counted)
        return rqa__fail_memory("the plot");
    if (block <= MOST_FOR_FEW)
        counts->few = counted;
    else
        counts->many = counted;
    return RQA_OK;
}

void rqa__block_counts_release(rqa__block_counts *counts)
{
    rqa__free(counts->few);
    rqa__free(counts->many);
    counts->few = NULL;
    counts->many = NULL;
}

void rqa__block_counts_add_row(uint64_t *count, size_t block, const uint64_t *words, size_t origin,
                               size_t first, size_t last)
{
    for (size_t b = first / block; first < last; b++) {
        const size_t end = (b + 1) * block < last ? (b + 1) * block : last;
        count[b] += rqa__count_range(words, first - origin, end - origin);
        first = end;
    }
}
