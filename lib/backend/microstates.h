/* microstates.h - how often each pattern of s x s cells stands in the recurrence matrix. */
#ifndef RQA_BACKEND_MICROSTATES_H
#define RQA_BACKEND_MICROSTATES_H

#include <stdatomic.h>

#include "backend/parallel.h"
#include "cpu/bits_table.h"
#include "plan/task.h"

enum { RQA__MICROSTATE_MOST = 4 };

/* How many patterns there are of a size. */
static inline size_t rqa__microstate_patterns(uint32_t size)
{
    return (size_t)1 << size * size;
}

/* count[code] = blocks whose cell (i + a, j + b) is bit a * size + b of code, over all blocks that lie
 * wholly outside the band |i - j| < theiler and touch no missing sample. Of the first dim and
 * threshold of a task. `parallel` and `cancel` may be NULL. 0 or a status with its text. */
int rqa__microstates(uint64_t *count, const rqa__task *task, uint32_t size, uint64_t theiler,
                     const rqa__bits_kernels *kernels, const rqa__parallel *parallel,
                     const atomic_int *cancel);
/* Bytes that it takes at most, beside `count`. */
uint64_t rqa__microstates_memory(const rqa__task *task, uint32_t size, unsigned n_workers);

#endif
