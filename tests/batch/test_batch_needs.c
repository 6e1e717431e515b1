/* test_batch_needs.c - the bytes that a refusal of a batch or of windows for the memory limit names are
 * enough: with just that limit it runs and no item fails, also where thresholds are searched for in every
 * dim and delay. Where each window is an analysis of its own it may be "at least" so many, and more then. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum { MOST_DIMS = 4, MOST_DELAYS = 4, MOST_THRESHOLDS = 8, MOST_SAMPLES = 1500 };

/* What one draw asks for. */
typedef struct request {
    size_t n_x, n_y; /* n_y is 0 without another */
    uint32_t n_threads, n_dims, n_delays, n_thresholds;
    uint32_t dims[MOST_DIMS], delays[MOST_DELAYS];
    double thresholds[MOST_THRESHOLDS], x[MOST_SAMPLES], y[MOST_SAMPLES];
    uint64_t window, step;
    int32_t scope;
    int is_batch; /* or the windows of its first settings */
    rqa_analysis_options options;
    char text[500];
} request;

static void draw_samples(rng *r, double *x, size_t n)
{
    const int smooth = rng_below(r, 2) == 0;
    for (size_t i = 0; i < n; i++)
        x[i] = smooth ? sin(.05 * (double)i) + .01 * rng_uniform(r) : rng_uniform(r);
}

/* Rising, none twice. */
static uint32_t draw_axis(rng *r, uint32_t *axis, uint32_t most, uint32_t step)
{
    const uint32_t n = 1 + (uint32_t)rng_below(r, most);
    for (uint32_t k = 0; k < n; k++)
        axis[k] = (k ? axis[k - 1] : 0) + 1 + (uint32_t)rng_below(r, step);
    return n;
}

static void draw_thresholds(rng *r, request *q)
{
    static const int32_t units[] = {RQA_THRESHOLD_RECURRENCE_RATE, RQA_THRESHOLD_NEIGHBOURS,
                                    RQA_THRESHOLD_MAX_DIAMETER, RQA_THRESHOLD_DATA};
    rqa_analysis_options *o = &q->options;
    o->threshold_unit = units[rng_below(r, 4)];
    if (o->threshold_unit == RQA_THRESHOLD_NEIGHBOURS)
        o->ties = (int32_t)rng_below(r, 2);
    q->n_thresholds = 1 + (uint32_t)rng_below(r, MOST_THRESHOLDS);
    for (uint32_t k = 0; k < q->n_thresholds; k++)
        q->thresholds[k] = o->threshold_unit == RQA_THRESHOLD_NEIGHBOURS ? k + 1. : .01 + .02 * k;
}

static void draw_request(request *q, uint64_t seed)
{
    rng r = {seed};
    memset(q, 0, sizeof *q);
    q->n_threads = 1 + (uint32_t)rng_below(&r, 2);
    q->n_x = 400 + (size_t)rng_below(&r, MOST_SAMPLES - 400);
    rqa_analysis_options *o = &q->options;
    rqa_analysis_options_init(o);
    o->relation = (int32_t)rng_below(&r, 3);
    q->n_y = o->relation == RQA_RELATION_AUTO ? 0 : q->n_x;
    o->norm = (int32_t)rng_below(&r, 3);
    if (rng_below(&r, 2))
        o->measures = RQA_MEASURE_BIT(RQA_MEASURE_RR) | RQA_MEASURE_BIT(RQA_MEASURE_DET);
    draw_samples(&r, q->x, q->n_x);
    draw_samples(&r, q->y, q->n_y);
    q->n_dims = draw_axis(&r, q->dims, MOST_DIMS, 4);
    q->n_delays = draw_axis(&r, q->delays, MOST_DELAYS, 5);
    draw_thresholds(&r, q);
    if (rng_below(&r, 3) == 0) {
        q->window = 100 + rng_below(&r, 200);
        q->step = 1 + rng_below(&r, 100);
        q->scope = o->threshold_unit == RQA_THRESHOLD_DATA ? RQA_WINDOWS_SCOPE_RECORDING
                                                           : RQA_WINDOWS_SCOPE_WINDOW;
    }
    q->is_batch = !q->window || (o->threshold_unit != RQA_THRESHOLD_NEIGHBOURS && rng_below(&r, 2));
    char options[300];
    snprintf(q->text, sizeof q->text,
             "draw %" PRIu64 ": %s %zu samples, %" PRIu32 " dims to %" PRIu32 ", %" PRIu32
             " delays to %" PRIu32 ", %" PRIu32 " thresholds, windows of %" PRIu64 ", %" PRIu32
             " threads: %s",
             seed, q->is_batch ? "batch of" : "windows in", q->n_x, q->n_dims, q->dims[q->n_dims - 1], q->n_delays, q->delays[q->n_delays - 1],
             q->n_thresholds, q->window, q->n_threads, support_describe(options, sizeof options, o));
}

static rqa_batch *batch_of(const request *q, rqa_context *context)
{
    rqa_batch *batch;
    rqa_batch_options o;
    rqa_batch_options_init(&o);
    o.analysis = &q->options;
    o.dims = q->dims;
    o.n_dims = q->n_dims;
    o.delays = q->delays;
    o.n_delays = q->n_delays;
    o.thresholds = q->thresholds;
    o.n_thresholds = q->n_thresholds;
    o.window = q->window;
    o.step = q->window ? q->step : o.step;
    o.scope = q->scope;
    ck_ok(rqa_batch_create(&batch, context, &o));
    return batch;
}

/* What it ends with, or its item does, and the text. */
static rqa_status run_batch(const request *q, rqa_context *context, const rqa_series *x,
                            const rqa_series *y, char *text, size_t room)
{
    rqa_batch *batch = batch_of(q, context);
    rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1, .x = x, .y = y};
    const char *said = "";
    ck_ok(rqa_batch_add(batch, &item));
    rqa_status status = rqa_batch_run(batch, NULL, NULL);
    if (status)
        said = rqa_last_error();
    else
        status = rqa_batch_item_status(batch, 0, &said);
    snprintf(text, room, "%s", said);
    rqa_batch_destroy(batch);
    return status;
}

static rqa_status run_windows(const request *q, const rqa_series *x, const rqa_series *y, char *text,
                              size_t room)
{
    rqa_embedding *of_x, *of_y = NULL;
    rqa_windows *windows;
    rqa_analysis_options options = q->options;
    rqa_windows_options o;
    rqa_windows_options_init(&o);
    o.window = q->window;
    o.step = q->step;
    o.scope = q->scope;
    options.threshold = q->thresholds[0];
    ck_ok(rqa_embedding_create(&of_x, x, q->dims[0], q->delays[0]));
    if (y)
        ck_ok(rqa_embedding_create(&of_y, y, q->dims[0], q->delays[0]));
    const rqa_status status = rqa_windows_compute(&windows, of_x, of_y, &options, &o);
    snprintf(text, room, "%s", status ? rqa_last_error() : "");
    rqa_windows_destroy(windows);
    rqa_embedding_destroy(of_x);
    rqa_embedding_destroy(of_y);
    return status;
}

static rqa_status run(const request *q, uint64_t limit, char *text, size_t room)
{
    rqa_context *context;
    rqa_context_options co;
    rqa_context_options_init(&co);
    co.n_threads = q->n_threads;
    co.memory_limit_bytes = limit;
    ck_ok(rqa_context_create(&context, &co));
    rqa_series *x = support_series(context, q->x, q->n_x, 1);
    rqa_series *y = q->n_y ? support_series(context, q->y, q->n_y, 1) : NULL;
    const rqa_status status = q->is_batch ? run_batch(q, context, x, y, text, room)
                                          : run_windows(q, x, y, text, room);
    rqa_series_destroy(x);
    rqa_series_destroy(y);
    rqa_context_destroy(context);
    return status;
}

static int n_refused[2][RQA_THRESHOLD_ADAPTIVE_NEIGHBOURS + 1];

static uint64_t needed_bytes(const request *q, uint64_t limit, const char *text, int *is_least)
{
    const char *needs = strstr(text, " needs ");
    ck_assert_msg(needs != NULL, "%s: %s", q->text, text);
    *is_least = strstr(needs, "at least ") != NULL;
    ck_assert_msg(!*is_least || q->window, "%s: %s", q->text, text);
    const uint64_t needed = strtoull(needs + strcspn(needs, "0123456789"), NULL, 10);
    ck_assert_msg(needed > limit, "%s: %s", q->text, text);
    return needed;
}

/* A refusal in each of some limits, and then no other one. */
static void ask_for_enough(const request *q)
{
    for (uint64_t first = 9 * (uint64_t)q->n_x; first < 4000000; first *= 3) {
        uint64_t limit = first;
        int is_least = 1;
        char text[400];
        while (run(q, limit, text, sizeof text) == RQA_ERROR_MEMORY_LIMIT) {
            ck_assert_msg(is_least, "%s: again: %s", q->text, text);
            n_refused[q->is_batch][q->options.threshold_unit]++;
            limit = needed_bytes(q, limit, text, &is_least);
        }
        ck_assert_msg(!*text, "%s: %s", q->text, text);
    }
}

START_TEST(what_a_batch_names_is_enough)
{
    const uint64_t seed = env_number("RQA_TEST_SEED", 1), draws = env_number("RQA_TEST_DRAWS", 36);
    static request q;
    for (uint64_t k = seed; k < seed + draws; k++) {
        draw_request(&q, k);
        ask_for_enough(&q);
    }
    for (int k = 0; k < 2 && draws >= 36; k++) {
        ck_assert_int_gt(n_refused[k][RQA_THRESHOLD_RECURRENCE_RATE], 0);
        ck_assert_int_gt(n_refused[k][RQA_THRESHOLD_NEIGHBOURS], 0);
        ck_assert_int_gt(n_refused[k][RQA_THRESHOLD_MAX_DIAMETER], 0);
        ck_assert_int_gt(n_refused[k][RQA_THRESHOLD_DATA], 0);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("what a refusal of a batch or of windows says is needed");
    TCase *t = tcase_create("needs");
    tcase_set_timeout(t, 300);
    tcase_add_test(t, what_a_batch_names_is_enough);
    suite_add_tcase(s, t);
    return support_run(s);
}
