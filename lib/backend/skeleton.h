/* skeleton.h - the skeleton of a symmetric plot: of the diagonal runs that touch each other the
 * longest alone; found offset by offset, and then a rule on cells. */
#ifndef RQA_BACKEND_SKELETON_H
#define RQA_BACKEND_SKELETON_H

#include <stdatomic.h>

#include "backend/parallel.h"
#include "cpu/bits_table.h"
#include "plan/task.h"

typedef struct rqa__skeleton rqa__skeleton;

/* A run of one side of the plot: cells (start + k, start + offset + k), k < length. */
typedef struct rqa__skeleton_line {
    uint32_t offset, start, length;
} rqa__skeleton_line;

typedef struct rqa__skeleton_means {
    const rqa__bits_kernels *bits;
    const rqa__parallel *parallel; /* may be NULL */
    const atomic_int *cancel;      /* may be NULL */
    uint64_t memory_bytes;         /* the limit, for the lines that stay */
} rqa__skeleton_means;

/* Of the first dim and threshold of a symmetric task, within its limits. 0 or a status with text
 * (memory, its limit, cancelled, too many vectors), *out then NULL. */
int rqa__skeleton_find(rqa__skeleton **out, const rqa__task *task,
                       const rqa__skeleton_means *means);
void rqa__skeleton_destroy(rqa__skeleton *skeleton); /* NULL is allowed */

/* The rule, as long as the skeleton lives. */
rqa__cells rqa__skeleton_cells(const rqa__skeleton *skeleton);

#endif
