/* rate_threshold.h - the smallest threshold that reaches a recurrence rate, by exact selection. */
#ifndef RQA_EXPLORE_RATE_THRESHOLD_H
#define RQA_EXPLORE_RATE_THRESHOLD_H

#include <stddef.h>
#include <stdint.h>

#include "explore/explore_crew.h"

typedef struct rqa__rate_question {
    rqa__distance_space space; /* x and y are one */
    size_t n_vectors;
    uint32_t exclusion; /* cells |i-j| below it are left out; at least 1 */
    double rate;        /* above 0, at most 1 */
} rqa__rate_question;

/* The k-th smallest distance of the M cells that are kept, k the smallest whole number with
 * k/M >= rate. NaN if no cell is kept. 0 or a status with text. */
int rqa__rate_threshold(const rqa__explore_crew *crew, const rqa__rate_question *question,
                        double *out);

#endif
