/* analyze_intervals.h - intervals of line measures, for rqa analyze --bootstrap. */
#ifndef ANALYZE_INTERVALS_H
#define ANALYZE_INTERVALS_H

#include <rqa/rqa.h>

#include "cli_options.h"

typedef struct analyze_intervals {
    rqa_bootstrap *bootstrap; /* NULL: not asked for */
    rqa_bootstrap_options options;
    int wanted;
    uint64_t measures;
} analyze_intervals;

/* --bootstrap and --seed: CLI_OK, or a code with a line. Nothing is to be freed yet. */
int analyze_intervals_read(analyze_intervals *out, const cli_arguments *arguments);

/* Of the measures in a mask, 0 for all. CLI_OK, or a code with a line. */
int analyze_intervals_make(analyze_intervals *intervals, const rqa_metrics *metrics, uint64_t measures);
void analyze_intervals_free(analyze_intervals *intervals);

/* Nothing where none were asked for. */
void analyze_intervals_json(const analyze_intervals *intervals);
void analyze_intervals_text(const analyze_intervals *intervals);

#endif
