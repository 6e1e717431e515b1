/* bench_neighbourhoods.c - thresholds from a recurrence rate, neighbours and corridors, each
 * against the plain analysis; a rate against the analysis at the threshold that it comes to, too, which
 * is what the search alone adds to. */
#include <stdio.h>
#include <stdlib.h>

#include "bench_tasks.h"

typedef struct rule {
    const char *what;
    int32_t unit;
    double threshold, lower;
} rule;

/* The threshold that a rule comes to. */
static double threshold_of(const bench_analysis *a)
{
    rqa_metrics *metrics;
    rqa_provenance p = {.struct_size = sizeof p};
    bench_check(rqa_metrics_compute(&metrics, a->x, NULL, &a->options), "rqa_metrics_compute");
    bench_check(rqa_metrics_provenance(metrics, &p), "rqa_metrics_provenance");
    rqa_metrics_destroy(metrics);
    return p.threshold;
}

static void compare(bench *b, const double *x, size_t n, int32_t norm, const rule *r)
{
    static const char name[] = "neighbourhoods";
    enum { PLAIN, RULE, FOUND, ALL };
    const unsigned n_compared = r->unit == RQA_THRESHOLD_RECURRENCE_RATE ? ALL : FOUND;
    bench_analysis a[ALL];
    bench_row row[ALL];
    for (unsigned k = 0; k < ALL; k++)
        bench_analysis_init(&a[k], b->context, x, n, norm);
    a[RULE].options.threshold_unit = r->unit;
    a[RULE].options.threshold = r->threshold;
    a[RULE].options.threshold_lower = r->lower;
    a[RULE].options.corridor = r->unit == RQA_THRESHOLD_DATA;
    if (n_compared == ALL)
        a[FOUND].options.threshold = threshold_of(&a[RULE]);
    bench_analyses_time(row, b, name, a, n_compared);
    row[RULE].speedup = row[PLAIN].time.median_s / row[RULE].time.median_s;
    snprintf(row[RULE].what, sizeof row->what, "%s, %s", r->what, rqa_norm_name(norm));
    bench_report_row(b, &row[RULE]);
    bench_report_figure(b, name, 1 / row[RULE].speedup, "times", "as long as plain: %s",
                        row[RULE].what);
    if (n_compared == ALL)
        bench_report_figure(b, name, row[RULE].time.median_s / row[FOUND].time.median_s, "times",
                            "as long as plain at that threshold: %s", row[RULE].what);
    for (unsigned k = 0; k < ALL; k++)
        bench_analysis_free(&a[k]);
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
