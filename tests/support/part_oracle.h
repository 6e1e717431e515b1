/* part_oracle.h - what tallies of parts must be, from the matrix as bytes; and a plain joiner. */
#ifndef RQA_TESTS_PART_ORACLE_H
#define RQA_TESTS_PART_ORACLE_H

#include "lines/tally.h"
#include "plan/task.h"

/* The first dim of a task, for one threshold. */
typedef struct part_matrix {
    const rqa__task *task;
    size_t n_x, n_y;
    unsigned char *recurs; /* [n_x][n_y] */
} part_matrix;

void part_matrix_create(part_matrix *m, const rqa__task *task, uint32_t threshold_index);
void part_matrix_destroy(part_matrix *m);

/* Compares the tally of columns [first, end) with the definitions of rqa__edges. The first
 * difference goes to `wrong`, which stays as it is if there is none. */
void part_check(const part_matrix *m, size_t first, size_t end, const rqa__tally *tally,
                char *wrong, size_t size);

/* Joins the parts of a matrix, which are added from left to right. */
typedef struct part_join part_join;

part_join *part_join_create(const part_matrix *m);
void part_join_add(part_join *join, size_t first, size_t end, const rqa__tally *tally);
/* The tally of the whole to the sink; ends the join. */
int part_join_finish(part_join *join, uint32_t threshold_index, rqa__tally_sink sink, void *user);

#endif
