/* surrogate_test.h - rqa_test: one recording among its surrogates. */
#ifndef RQA_BATCH_SURROGATE_TEST_H
#define RQA_BATCH_SURROGATE_TEST_H

#include "batch/surrogate_set.h"
#include "rqa/significance.h"

struct rqa_test {
    size_t n_surrogates;
    uint32_t n_measures;
    int32_t column[64];         /* of a measure, -1 where it was not asked for */
    double *value;              /* [n_measures][1 + n_surrogates], the recording's first */
    uint8_t *reason;            /* [n_measures] of the recording */
    rqa_test_result *result;    /* [n_measures] */
};

/* rqa_test_create() after its NULL checks; the options are complete. */
int rqa__test_new(struct rqa_test **out, const struct rqa_series *x, const struct rqa_series *y,
                  const struct rqa_surrogates *surrogates, const rqa_test_options *options);
void rqa__test_free(struct rqa_test *test); /* NULL is allowed */

#endif
