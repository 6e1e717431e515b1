/* surrogate_test.c - one batch of a recording and its surrogates, and where the recording stands. */
#include "batch/surrogate_test.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/look.h"
#include "base/memory.h"
#include "base/number.h"
#include "batch/batch_run.h"
#include "batch/batch_state.h"
#include "plan/analysis_rules.h"
#include "plan/context_state.h"
#include "resample/sample_summary.h"
#include "rqa/batch.h"

/* What the batch's events need. */
typedef struct watch {
    const rqa_test_options *options;
    const atomic_int *cancel;
    int is_stopped; /* by one of them */
} watch;

static int on_event(const rqa_batch_event *event, void *user)
{
    watch *w = user;
    const rqa_batch_statistics *s = &event->statistics;
    if (w->is_stopped)
        return 1;
    w->is_stopped =
        rqa__is_cancelled(w->cancel) ||
        (w->options->progress &&
         w->options->progress(s->n_done + s->n_failed, s->n_total, w->options->progress_user));
    return w->is_stopped;
}

static int check(const struct rqa_series *x, const struct rqa_series *y,
                 const struct rqa_surrogates *s, const rqa_test_options *o)
{
    if (s->original->context != x->context || (y && y->context != x->context))
        return rqa__fail(RQA_ERROR_MISMATCH, "x, y and surrogates belong to different contexts");
    if (s->original->n_samples != x->n_samples || s->original->n_channels != x->n_channels)
        return rqa__fail(RQA_ERROR_MISMATCH,
                         "surrogates have %zu samples of %zu channels and x has %zu of %zu: they must be "
                         "made from x",
                         s->original->n_samples, s->original->n_channels, x->n_samples, x->n_channels);
    if (o->reserved)
        return rqa__fail(RQA_ERROR_VALUE, "options->reserved is %" PRIu32 "; it must be 0", o->reserved);
    const rqa_analysis_options *a = o->analysis;
    if (y && a && a->relation == RQA_RELATION_JOINT && a->threshold_y >= 0 &&
        a->threshold_y != a->threshold)
        return rqa__fail(RQA_ERROR_UNSUPPORTED,
                         "options->analysis->threshold_y is %s; in a test both recordings have the same "
                         "threshold, %s",
                         rqa__shortest(a->threshold_y).text, rqa__shortest(a->threshold).text);
    return RQA_OK;
}

static int open_batch(rqa_batch **out, const struct rqa_series *x, const rqa_test_options *o)
{
    rqa_analysis_options defaults;
    rqa_batch_options b = {.struct_size = sizeof b, .device_interval_s = 5};
    rqa__analysis_options_read(&defaults, NULL);
    b.analysis = o->analysis ? o->analysis : &defaults;
    b.n_dims = b.n_delays = b.n_thresholds = 1;
    b.dims = &o->dim;
    b.delays = &o->delay;
    b.thresholds = &b.analysis->threshold;
    b.event_interval_s = .05;
    return rqa__batch_new(out, x->context, &b);
}

static int add_all(rqa_batch *batch, const struct rqa_series *x, const struct rqa_series *y,
                   const struct rqa_surrogates *s)
{
    rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1, .x = x, .y = y};
    item.label = "the recording";
    int status = rqa__batch_add(batch, &item);
    item.label = NULL;
    for (size_t k = 0; k < s->count && !status; k++) {
        item.x = s->series[k];
        status = rqa__batch_add(batch, &item);
    }
    return status;
}

/* The first item that failed, in the words it failed with. */
static int first_failure(rqa_batch *batch, size_t n_items)
{
    for (size_t k = 0; k < n_items; k++) {
        const char *text = "";
        const int status = rqa__batch_item_status(batch, k, &text);
        if (status && k == 0)
            return rqa__fail(status, "%s", text);
        if (status)
            return rqa__fail(status, "surrogate %zu: %s", k - 1, text);
    }
    return RQA_OK;
}

/* Rows of items to columns of measures. */
static int take_table(struct rqa_test *t, const double *table, const uint8_t *why)
{
    const size_t n = 1 + t->n_surrogates;
    t->value = rqa__alloc_array(t->n_measures, n * sizeof *t->value);
    t->reason = rqa__alloc_array(t->n_measures, sizeof *t->reason);
    t->result = rqa__calloc(t->n_measures, sizeof *t->result);
    if (!t->value || !t->reason || !t->result)
        return rqa__fail_memory("the test");
    for (uint32_t m = 0; m < t->n_measures; m++) {
        t->reason[m] = why[m];
        for (size_t k = 0; k < n; k++)
            t->value[m * n + k] = table[k * t->n_measures + m];
    }
    return RQA_OK;
}

static int run_batch(struct rqa_test *t, rqa_batch *batch, watch *w)
{
    const size_t n_items = 1 + t->n_surrogates;
    t->n_measures = batch->job.grid.n_measures;
    for (int32_t k = 0; k < 64; k++)
        t->column[k] = -1;
    for (uint32_t m = 0; m < t->n_measures; m++)
        t->column[batch->job.grid.measure[m]] = (int32_t)m;
    double *table = rqa__alloc_array(n_items, t->n_measures * sizeof *table);
    uint8_t *why = rqa__alloc_array(n_items, t->n_measures);
    int status = table && why ? RQA_OK : rqa__fail_memory("the test");
    if (!status)
        status = rqa__batch_set_table(batch, table, why, n_items);
    if (!status)
        status = rqa__batch_start(batch);
    if (!status)
        status = rqa__batch_wait(batch, -1, on_event, w);
    if (!status && w->is_stopped) /* when all was done already */
        status = rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
    if (!status)
        status = first_failure(batch, n_items);
    if (!status)
        status = take_table(t, table, why);
    rqa__free(table);
    rqa__free(why);
    return status;
}

/* By the ranks of BREADTH's and everybody's test: the recording counts as one of S + 1. */
static rqa_test_result result_of(double value, const double *draw, size_t n_draws, double *sorted)
{
    const rqa__sample_summary s = rqa__sample_summarize(draw, n_draws, sorted);
    rqa_test_result r = {
        .struct_size = sizeof r, .value = value, .mean = s.mean, .std = s.std,
        .minimum = rqa__quantile(sorted, s.n, 0), .q025 = rqa__quantile(sorted, s.n, .025),
        .median = rqa__quantile(sorted, s.n, .5), .q975 = rqa__quantile(sorted, s.n, .975),
        .maximum = rqa__quantile(sorted, s.n, 1), .n_surrogates = s.n, .n_undefined = n_draws - s.n,
        .p = NAN, .p_less = NAN, .p_two_sided = NAN,
    };
    if (isnan(value) || s.n == 0)
        return r;
    size_t n_at_most = 0;
    for (size_t k = 0; k < s.n; k++)
        n_at_most += sorted[k] <= value;
    const double all = (double)s.n + 1;
    r.n_at_least = rqa__count_from(sorted, s.n, value);
    r.p = (1 + (double)r.n_at_least) / all;
    r.p_less = (1 + (double)n_at_most) / all;
    /* 1 - p + 1/(S+1), the share of those below with the recording itself, in one division. */
    const double below = (double)(s.n - (size_t)r.n_at_least + 1) / all;
    r.p_two_sided = fmin(1, 2 * fmin(r.p, below));
    return r;
}

static int summarize(struct rqa_test *t)
{
    double *sorted = rqa__alloc_array(t->n_surrogates, sizeof *sorted);
    if (!sorted)
        return rqa__fail_memory("the test");
    for (uint32_t m = 0; m < t->n_measures; m++) {
        const double *value = t->value + m * (1 + t->n_surrogates);
        t->result[m] = result_of(value[0], value + 1, t->n_surrogates, sorted);
        t->result[m].reason = t->reason[m];
    }
    rqa__free(sorted);
    return RQA_OK;
}

int rqa__test_new(struct rqa_test **out, const struct rqa_series *x, const struct rqa_series *y,
                  const struct rqa_surrogates *surrogates, const rqa_test_options *options)
{
    rqa_batch *batch = NULL;
    int status = rqa__context_check_process(x->context);
    if (!status)
        status = check(x, y, surrogates, options);
    if (status)
        return status;
    struct rqa_test *t = rqa__calloc(1, sizeof *t);
    if (!t)
        return rqa__fail_memory("the test");
    t->n_surrogates = surrogates->count;
    watch w = {options, rqa__context_enter(x->context), 0};
    status = open_batch(&batch, x, options);
    if (!status)
        status = add_all(batch, x, y, surrogates);
    if (!status)
        status = run_batch(t, batch, &w);
    rqa__batch_free(batch);
    rqa__context_leave(x->context);
    if (!status)
        status = summarize(t);
    if (status) {
        rqa__test_free(t);
        return status;
    }
    *out = t;
    return RQA_OK;
}

void rqa__test_free(struct rqa_test *t)
{
    if (!t)
        return;
    rqa__free(t->value);
    rqa__free(t->reason);
    rqa__free(t->result);
    rqa__free(t);
}
