/* analyze_sample.h - estimates from cells drawn at random, for rqa analyze --sampled. */
#ifndef ANALYZE_SAMPLE_H
#define ANALYZE_SAMPLE_H

#include "cli_pair.h"

typedef struct analyze_sample {
    rqa_sampled *sampled; /* NULL: not made */
    rqa_sampled_options options;
    int wanted;
} analyze_sample;

/* --sampled, --max-cells and --seed: CLI_OK, or a code with a line. Nothing is to be freed yet. */
int analyze_sample_read(analyze_sample *out, const cli_arguments *arguments);

/* CLI_OK, or a code with a line. */
int analyze_sample_make(analyze_sample *sample, const cli_pair *pair, const char *path);
void analyze_sample_free(analyze_sample *sample);

/* What was drawn, measures, their standard errors, and what is undefined. */
void analyze_sample_json(const analyze_sample *sample);
void analyze_sample_text(const analyze_sample *sample);

#endif
