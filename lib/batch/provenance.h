/* provenance.h - what ran and by which rules, as results tell it. */
#ifndef RQA_BATCH_PROVENANCE_H
#define RQA_BATCH_PROVENANCE_H

#include "batch/metrics_result.h"

/* Writes to the caller's struct `ran`, which says what ran and the lower threshold, with the rules and
 * the thresholds of x and y. 0 or RQA_ERROR_STRUCT_SIZE. */
int rqa__provenance_write(rqa_provenance *out, rqa_provenance ran, const rqa__rules *rules,
                          const rqa__reached *x, const rqa__reached *y);

#endif
