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
    uint64_t memory_bytes;         /* that it may take */
    uint64_t limit_bytes;          /* of which others have the rest, for texts */
} rqa__skeleton_means;

/* Of the first dim and threshold of a symmetric task, within its limits. 0 or a status with text
 * (memory, its limit, cancelled, too many vectors), *out then NULL. */
int rqa__skeleton_find(rqa__skeleton **out, const rqa__task *task,
                       const rqa__skeleton_means *means);
void rqa__skeleton_destroy(rqa__skeleton *skeleton); /* NULL is allowed */

/* What finding it takes at least, whatever the lines; and what one that is there holds (NULL: 0). */
uint64_t rqa__skeleton_work_bytes(const rqa__task *task, unsigned n_workers);
uint64_t rqa__skeleton_bytes(const rqa__skeleton *skeleton);

/* The rule, as long as the skeleton lives. */
rqa__cells rqa__skeleton_cells(const rqa__skeleton *skeleton);

#endif
