/* surrogate_set.h - rqa_surrogates: the surrogates of one recording. */
#ifndef RQA_BATCH_SURROGATE_SET_H
#define RQA_BATCH_SURROGATE_SET_H

#include "data/recording.h"
#include "rqa/surrogates.h"

struct rqa_surrogates {
    size_t count;
    const struct rqa_series *original; /* one reference */
    struct rqa_series **series;        /* [count] */
    double *error;                     /* [count] of the spectrum */
    uint32_t *n_iterations;            /* [count] */
    uint64_t n_pairs, n_vectors;       /* twins */
};

/* rqa_surrogates_create() after its NULL checks; both options are complete. */
int rqa__surrogates_new(struct rqa_surrogates **out, const struct rqa_series *series,
                        const rqa_surrogate_options *options, const rqa_analysis_options *analysis);
void rqa__surrogates_free(struct rqa_surrogates *surrogates); /* NULL is allowed */

#endif
