/* analyze_lags.h - a profile by lag: the result, and how it is made from embeddings. */
#ifndef RQA_BATCH_ANALYZE_LAGS_H
#define RQA_BATCH_ANALYZE_LAGS_H

#include "data/delay_embedding.h"
#include "rqa/lag_profile.h"

enum { RQA__LAG_PROFILE_QUANTITIES = 3, RQA__LAG_PROFILE_COUNTS = 4 };

struct rqa_lag_profile {
    int64_t first_lag, lag_of_max;
    size_t n_lags;
    double *value[RQA__LAG_PROFILE_QUANTITIES]; /* by rqa_lag_profile_quantity */
    uint64_t *count[RQA__LAG_PROFILE_COUNTS];   /* by rqa_lag_profile_count */
};

/* rqa_lag_profile_compute() after its NULL checks. */
int rqa__lag_profile_of(struct rqa_lag_profile **out, const struct rqa_embedding *x,
                        const struct rqa_embedding *y, const rqa_analysis_options *options,
                        uint64_t max_lag);
void rqa__lag_profile_free(struct rqa_lag_profile *profile); /* NULL is allowed */

#endif
