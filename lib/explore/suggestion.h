/* suggestion.h - a suggestion: curves, what was picked from them, by which rule, and warnings. */
#ifndef RQA_EXPLORE_SUGGESTION_H
#define RQA_EXPLORE_SUGGESTION_H

#include "data/recording.h"
#include "explore/explore_crew.h"
#include "rqa/suggest.h"

enum {
    RQA__N_CURVES = RQA_CURVE_CAO_E2 + 1,
    RQA__N_SUGGESTED = RQA_SUGGESTION_SD02 + 1,
    RQA__MOST_WARNINGS = 8,
    RQA__RULE_ROOM = 160
};

struct rqa_suggestion {
    double *curve[RQA__N_CURVES]; /* into `values` */
    size_t n[RQA__N_CURVES];
    double *values;
    double value[RQA__N_SUGGESTED];
    char rule[RQA__N_SUGGESTED][RQA__RULE_ROOM];
    char warning[RQA__MOST_WARNINGS][RQA__RULE_ROOM];
    size_t n_warnings;
};

/* What options and recording come to: nothing is left open but what the curves decide. */
typedef struct rqa__suggest_plan {
    rqa_suggest_options options; /* max_lag is set; delay is 0 where it is to be picked */
    const struct rqa_series *series;
    const struct rqa_series *read; /* the same times 2^exponent, in the range of its squares */
    int exponent;
} rqa__suggest_plan;

/* Options as rqa/suggest.h allows them, and a recording that has an answer. 0 or a status with text. */
int rqa__suggest_check(rqa_suggest_options *options, const struct rqa_series *series);

/* Bytes for the curves and neighbours on so many workers. */
uint64_t rqa__suggest_memory(const rqa__suggest_plan *plan, unsigned n_workers);

/* Curves, delay and dim; the thresholds are NaN, and their rules are empty. */
int rqa__suggestion_explore(struct rqa_suggestion **out, const rqa__suggest_plan *plan,
                            const rqa__explore_crew *crew);
void rqa__suggestion_free(struct rqa_suggestion *suggestion);

/* Sets a number and its rule; warns. */
void rqa__suggestion_set(struct rqa_suggestion *suggestion, int item, double value,
                         const char *format, ...) RQA__PRINTF(4, 5);
void rqa__suggestion_warn(struct rqa_suggestion *suggestion, const char *format, ...)
    RQA__PRINTF(2, 3);

/* suggestion_picks.c: delay and dim from the curves. */
void rqa__suggestion_pick_delay(struct rqa_suggestion *suggestion,
                                const rqa_suggest_options *options);
void rqa__suggestion_pick_dim(struct rqa_suggestion *suggestion,
                              const rqa_suggest_options *options);

#endif
