/* bench_neighbourhoods.c - thresholds from a recurrence rate, neighbours and corridors, each
 * against the plain analysis. */
#include <stdio.h>
#include <stdlib.h>

#include "bench_tasks.h"

typedef struct rule {
    const char *what;
    int32_t unit;
    double threshold, lower;
} rule;

static void compare(bench *b, const double *x, size_t n, int32_t norm, const rule *r)
{
    static const char name[] = "neighbourhoods";
    bench_analysis both[2];
    bench_row row[2];
    for (unsigned k = 0; k < 2; k++)
        bench_analysis_init(&both[k], b->context, x, n, norm);
    both[1].options.threshold_unit = r->unit;
    both[1].options.threshold = r->threshold;
    both[1].options.threshold_lower = r->lower;
    both[1].options.corridor = r->unit == RQA_THRESHOLD_DATA;
    bench_analyses_time(row, b, name, both, 2);
    row[1].speedup = row[0].time.median_s / row[1].time.median_s;
    snprintf(row[1].what, sizeof row->what, "%s, %s", r->what, rqa_norm_name(norm));
    bench_report_row(b, &row[1]);
    bench_report_figure(b, name, 1 / row[1].speedup, "times", "as long as plain: %s", row[1].what);
    for (unsigned k = 0; k < 2; k++)
        bench_analysis_free(&both[k]);
}

void bench_neighbourhoods(bench *b)
{
    static const rule rules[] = {
        {"a rate of 0.05", RQA_THRESHOLD_RECURRENCE_RATE, .05, 0},
        {"a rate of 0.2", RQA_THRESHOLD_RECURRENCE_RATE, .2, 0},
        {"50 neighbours", RQA_THRESHOLD_NEIGHBOURS, 50, 0},
        {"1000 neighbours", RQA_THRESHOLD_NEIGHBOURS, 1000, 0},
        {"a corridor", RQA_THRESHOLD_DATA, 1.2, .6},
    };
    const size_t most = b->settings.tiny ? 1500 : 50000;
    const size_t n = b->settings.max_n < most ? b->settings.max_n : most;
    bench_report_title(b, "neighbourhoods",
                       "roessler, dim 3 delay 6; speed-up over a plain analysis at threshold 1.2");
    double *x = bench_roessler(n);
    for (int32_t norm = 0; norm < 2; norm++)
        for (size_t k = 0; k < sizeof rules / sizeof *rules; k++)
            if (rules[k].unit != RQA_THRESHOLD_NEIGHBOURS || 2 * rules[k].threshold < (double)n)
                compare(b, x, n, norm, &rules[k]);
    free(x);
}
