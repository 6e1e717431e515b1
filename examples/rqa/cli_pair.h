/* cli_pair.h - one or two recordings, embedded as the options say: what analyze and plot begin
 * with. */
#ifndef CLI_PAIR_H
#define CLI_PAIR_H

#include <rqa/rqa.h>

#include "cli_options.h"

typedef struct cli_pair {
    rqa_context *context;
    rqa_series *x_series, *y_series; /* y: NULL for auto-recurrence */
    rqa_embedding *x, *y;
    char *x_columns, *y_columns; /* their names */
    char *x_shape, *y_shape;     /* lines on tables that seem to lie on their side, or NULL */
    double x_rate, y_rate;       /* samples in a second, as the files state it; 0: they do not */
    rqa_analysis_options options;
} cli_pair;

/* CLI_OK or a code with a line; free in either case. */
int cli_pair_make(cli_pair *out, const cli_arguments *arguments);

/* Samples in a second: what is given, else what the files state, if they agree; 0: not known. */
double cli_pair_rate(const cli_pair *pair, double given);

/* What is remarkable about the recordings, as notes. */
void cli_pair_tell(const cli_pair *pair, const cli_arguments *arguments);

void cli_pair_free(cli_pair *pair);

#endif
