/* suggest_run.h - a suggestion in its context: threads, range, memory, and the thresholds. */
#ifndef RQA_BATCH_SUGGEST_RUN_H
#define RQA_BATCH_SUGGEST_RUN_H

#include "explore/suggestion.h"

/* rqa_suggest_compute() after its NULL checks; the options are complete. */
int rqa__suggest(struct rqa_suggestion **out, const struct rqa_series *series,
                 const rqa_suggest_options *options);

#endif
