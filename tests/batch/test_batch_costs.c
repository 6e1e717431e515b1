/* test_batch_costs.c - what the units of a batch will take, as told from their data: the sample of
 * a recurrence plot's cells, and the time left that follows from it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "batch/batch_plan.h"
#include "batch/batch_task.h"
#include "plan/cost_passes.h"
#include "plan/neighbourhood.h"
#include "support.h"

enum { MOST = 1200, N_DIMS = 3, N_THRESHOLDS = 5 };

/* ---- the sample ---- */

static double wave[2][MOST], other[2][MOST];
static const double *const wave_channel[] = {wave[0], wave[1]};
static const double *const other_channel[] = {other[0], other[1]};
static const uint32_t dims[N_DIMS] = {1, 2, 4};
static double bounds[N_DIMS * N_THRESHOLDS];

static rqa__task task_of(size_t n, uint32_t n_channels, uint32_t norm, uint32_t relation)
{
    rqa__task task = {
        .relation = relation, .norm = norm, .n_dims = N_DIMS, .n_thresholds = N_THRESHOLDS};
    task.x = (rqa__side){wave_channel, n, n_channels, 3, dims};
    task.y = relation == RQA__RELATION_AUTO ? task.x
                                            : (rqa__side){other_channel, n, n_channels, 3, dims};
    task.bounds = bounds;
    task.bounds_y = relation == RQA__RELATION_JOINT ? bounds : NULL;
    return task;
}

/* Every step along all columns and diagonals, with other arithmetic. */
static double distance(const rqa__task *task, int y_space, size_t i, size_t j, uint32_t dim)
{
    int joint = task->relation == RQA__RELATION_JOINT;
    const rqa__side *a = y_space ? &task->y : &task->x, *b = joint && !y_space ? a : &task->y;
    double most = 0, sum = 0, squares = 0;
    int missing = 0;
    for (uint32_t c = 0; c < a->n_channels; c++)
        for (uint32_t k = 0; k < dim; k++) {
            double d = a->channel[c][i + k * a->delay] - b->channel[c][j + k * b->delay];
            missing |= isnan(d);
            most = fmax(most, fabs(d));
            sum += fabs(d);
            squares += d * d;
        }
    const double value[] = {most, squares, sum};
    return missing ? NAN : value[task->norm];
}

static int recurs(const rqa__task *task, size_t i, size_t j, uint32_t d, uint32_t e)
{
    double bound = task->bounds[d * N_THRESHOLDS + e];
    int is = distance(task, 0, i, j, dims[d]) <= bound;
    if (task->relation == RQA__RELATION_JOINT)
        is &= distance(task, 1, i, j, dims[d]) <= bound;
    return is;
}

static rqa__transitions all_steps(const rqa__task *task)
{
    rqa__transitions t = {0, 0};
    size_t n = rqa__side_vectors(&task->x, N_DIMS - 1);
    double sum[2][3] = {{0}};
    for (int along = 0; along <= 1; along++)
        for (size_t i = 0; i + 1 < n; i++)
            for (size_t j = 0; j + 1 < n; j++)
                for (uint32_t d = 0; d < N_DIMS; d++) {
                    int crossed = 0;
                    for (uint32_t e = 0; e < N_THRESHOLDS; e++)
                        crossed += recurs(task, i, j, d, e) !=
                                   recurs(task, i + (size_t)along, j + 1, d, e);
                    sum[along][0] += 1;
                    sum[along][1] += crossed > 0;
                    sum[along][2] += crossed;
                }
    t.changes = (sum[0][1] / sum[0][0] + sum[1][1] / sum[1][0]) / 2;
    t.crossings = (sum[0][2] / sum[0][0] + sum[1][2] / sum[1][0]) / 2 / N_THRESHOLDS;
    return t;
}

static void make_waves(void)
{
    rng r = {5};
    for (int c = 0; c < 2; c++)
        for (int i = 0; i < MOST; i++) {
            wave[c][i] = sin(.2 * i + c) + .3 * rng_uniform(&r);
            other[c][i] = cos(.17 * i + c) + .4 * rng_uniform(&r);
        }
    for (int c = 0; c < 2; c++)
        wave[c][40] = wave[c][41] = NAN;
    for (int d = 0; d < N_DIMS; d++)
        for (int e = 0; e < N_THRESHOLDS; e++)
            bounds[d * N_THRESHOLDS + e] = .2 * (d + 1) + .25 * e;
}

START_TEST(a_sample_tells_of_the_whole)
{
    make_waves();
    for (uint32_t relation = 0; relation < 3; relation++)
        for (uint32_t norm = 0; norm < 3; norm++)
            for (uint32_t n_channels = 1; n_channels <= 2; n_channels++) {
                rqa__task task = task_of(120, n_channels, norm, relation);
                rqa__transitions all = all_steps(&task), t = rqa__transitions_of(&task, 4000);
                ck_near(t.changes, all.changes, .02);
                ck_near(t.crossings, all.crossings, .01);
                rqa__transitions few = rqa__transitions_of(&task, 64);
                ck_near(few.changes, all.changes, .08);
                rqa__transitions again = rqa__transitions_of(&task, 64);
                ck_assert(few.changes == again.changes && few.crossings == again.crossings);
            }
}
END_TEST

/* 0 1 0 1 ...: every step along a column crosses the lower of two thresholds, none along a
 * diagonal. */
START_TEST(counted_by_hand)
{
    double x[64], bound[] = {.5, 2};
    const double *channel[] = {x};
    const uint32_t one[] = {1};
    for (int i = 0; i < 64; i++)
        x[i] = i & 1;
    rqa__task task = {.n_dims = 1, .n_thresholds = 2, .bounds = bound};
    task.x = task.y = (rqa__side){channel, 64, 1, 1, one};
    rqa__transitions t = rqa__transitions_of(&task, 64);
    ck_assert(t.changes == .5 && t.crossings == .25);
    task.x.n_samples = task.y.n_samples = 2;
    t = rqa__transitions_of(&task, 64);
    ck_assert(t.changes == .5 && t.crossings == .25);
    memset(x, 0, sizeof x);
    t = rqa__transitions_of(&task, 64);
    ck_assert(t.changes == 0 && t.crossings == 0);
    task.x.n_samples = task.y.n_samples = 1;
    t = rqa__transitions_of(&task, 64);
    ck_assert(t.changes == 0);
    task.x.n_samples = task.y.n_samples = 64;
    t = rqa__transitions_of(&task, 0);
    ck_assert(t.changes == 0);
    task.n_dims = 0;
    t = rqa__transitions_of(&task, 64);
    ck_assert(t.changes == 0);
}
END_TEST

/* ---- the time left ---- */

enum { N_ITEMS = 90 };

typedef struct world {
    rqa_context *context;
    rqa_batch *batch;
} world;

/* Recordings in three groups, one after the other: noise, steps, a slow wave. */
static void add_items(world *w)
{
    rng r = {11};
    for (int k = 0; k < N_ITEMS; k++) {
        size_t n = (size_t)(200 * exp(1.8 * rng_uniform(&r)));
        double level = 0;
        for (size_t i = 0; i < n; i++) {
            double u = rng_uniform(&r);
            level = i % 30 == 0 ? u : level;
            wave[0][i] = k < N_ITEMS / 3       ? u
                         : k < 2 * N_ITEMS / 3 ? level + .02 * u
                                               : .5 + .5 * sin(.01 * (double)i) + .01 * u;
        }
        rqa_series *series = support_series(w->context, wave[0], n, 1);
        rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1};
        item.x = series;
        ck_ok(rqa_batch_add(w->batch, &item));
        rqa_series_destroy(series);
    }
}

static void make(world *w, int32_t threshold_unit)
{
    static const uint32_t two_delays[] = {1, 4};
    double thresholds[20];
    for (int k = 0; k < 20; k++)
        thresholds[k] = .05 + .005 * k;
    rqa_analysis_options a = support_options(0, RQA_NORM_MAXIMUM, .1);
    a.backend = RQA_BACKEND_SEQUENTIAL;
    a.threshold_unit = threshold_unit;
    rqa_batch_options o;
    rqa_batch_options_init(&o);
    o.analysis = &a;
    o.dims = dims;
    o.n_dims = N_DIMS;
    o.delays = two_delays;
    o.n_delays = 2;
    o.thresholds = thresholds;
    o.n_thresholds = 20;
    w->context = support_context(1);
    ck_ok(rqa_batch_create(&w->batch, w->context, &o));
    add_items(w);
    ck_ok(rqa__batch_prepare(w->batch));
}

static void unmake(world *w)
{
    rqa_batch_destroy(w->batch);
    rqa_context_destroy(w->context);
}

/* What a unit would take if the cost model were true and saw everything. */
static double true_seconds(const world *w, uint64_t unit)
{
    rqa__task task;
    const rqa__item *item = &w->batch->job.item[unit / 2];
    const rqa__profile *profile = &w->context->profile;
    if (rqa__unit_task(&task, w->batch, item, (uint32_t)(unit % 2)) == 0)
        return 0;
    rqa__transitions seen = rqa__transitions_of(&task, 500);
    return 1e-9 * rqa__cost(profile, &task) * rqa__cost_factor(profile, &task, &seen);
}

/* The worst error of the time left, relative to the whole, once a tenth of it has passed. */
static double worst_error(const double *seconds, const double *cost)
{
    rqa__pace pace = {0};
    double total = 0, passed = 0, worst = 0;
    for (uint64_t u = 0; u < 2 * N_ITEMS; u++) {
        rqa__pace_add(&pace, cost[u]);
        total += seconds[u];
    }
    for (uint64_t u = 0; u < 2 * N_ITEMS; u++) {
        rqa__pace_done(&pace, cost[u], seconds[u]);
        passed += seconds[u];
        if (passed >= .1 * total)
            worst = fmax(worst, fabs(passed * (1 + rqa__pace_left(&pace)) / total - 1));
    }
    return worst;
}

START_TEST(the_time_left_settles_whatever_the_data)
{
    world w;
    double seconds[2 * N_ITEMS], seen[2 * N_ITEMS], by_size[2 * N_ITEMS];
    make(&w, RQA_THRESHOLD_DATA);
    ck_assert_uint_eq(w.batch->plan.n_units, 2 * N_ITEMS);
    for (uint64_t u = 0; u < 2 * N_ITEMS; u++) {
        rqa__task task;
        seen[u] = w.batch->plan.unit[u].cost;
        ck_assert(rqa__unit_task(&task, w.batch, &w.batch->job.item[u / 2], (uint32_t)(u % 2)) > 0);
        by_size[u] = rqa__cost(&w.context->profile, &task);
        seconds[u] = true_seconds(&w, u);
    }
    printf("worst error: %.3f; by size alone %.3f\n", worst_error(seconds, seen),
           worst_error(seconds, by_size));
    ck_assert(worst_error(seconds, seen) < .05);
    ck_assert(worst_error(seconds, by_size) > .1); /* or these recordings test nothing */
    unmake(&w);
}
END_TEST

/* Thresholds in diameters are not known yet, and nothing is looked at then. */
START_TEST(costs_without_bounds)
{
    world w;
    make(&w, RQA_THRESHOLD_MAX_DIAMETER);
    for (uint64_t u = 0; u < w.batch->plan.n_units; u++) {
        rqa__task task;
        ck_assert(rqa__unit_task(&task, w.batch, &w.batch->job.item[u / 2], (uint32_t)(u % 2)) > 0);
        ck_assert(w.batch->plan.unit[u].cost == rqa__cost(&w.context->profile, &task));
    }
    unmake(&w);
}
END_TEST

/* ---- what is told before anything runs ---- */

START_TEST(what_is_predicted_follows_the_data)
{
    world w;
    double core_seconds, sum = 0, by_size = 0;
    make(&w, RQA_THRESHOLD_DATA);
    for (uint64_t u = 0; u < w.batch->plan.n_units; u++) {
        sum += 1e-9 * w.batch->plan.unit[u].cost;
        by_size += 1e-9 * w.batch->plan.unit[u].plan.cost;
    }
    ck_ok(rqa_batch_predict(w.batch, &core_seconds));
    ck_assert_msg(fabs(core_seconds / sum - 1) < 1e-9, "%g, not %g", core_seconds, sum);
    ck_assert_msg(fabs(core_seconds / by_size - 1) > .01, "the data say nothing");
    unmake(&w);
}
END_TEST

static double predicted_for(uint64_t measures, int32_t threshold_unit, double threshold,
                            uint64_t window)
{
    static const uint32_t two = 2;
    rqa_context *context = support_context(1);
    rqa_analysis_options a = support_options(0, RQA_NORM_EUCLIDEAN, threshold);
    rqa_batch *batch;
    rqa_batch_options o;
    double core_seconds;
    a.backend = RQA_BACKEND_SEQUENTIAL;
    a.measures = measures;
    a.threshold_unit = threshold_unit;
    rqa_batch_options_init(&o);
    o.analysis = &a;
    o.dims = o.delays = &two;
    o.n_dims = o.n_delays = 1;
    o.thresholds = &threshold;
    o.n_thresholds = 1;
    o.window = window;
    o.step = window > 0 ? 10 : 0;
    ck_ok(rqa_batch_create(&batch, context, &o));
    for (int i = 0; i < MOST; i++)
        wave[0][i] = sin(.1 * i);
    rqa_series *series = support_series(context, wave[0], MOST, 1);
    rqa_batch_item item = {.struct_size = sizeof item, .x = series, .norm = -1, .relation = -1};
    ck_ok(rqa_batch_add(batch, &item));
    ck_ok(rqa_batch_predict(batch, &core_seconds));
    rqa_series_destroy(series);
    rqa_batch_destroy(batch);
    rqa_context_destroy(context);
    return core_seconds;
}

/* Passes beside the lines, which take most of the time. */
START_TEST(what_is_predicted_counts_the_passes)
{
    const uint64_t rr = RQA_MEASURE_BIT(RQA_MEASURE_RR);
    const uint64_t lines = rr | RQA_MEASURE_BIT(RQA_MEASURE_DET);
    static const int32_t cells[] = {RQA_MEASURE_MICROSTATE_ENTROPY, RQA_MEASURE_RPDE,
                                    RQA_MEASURE_TRANSITIVITY, RQA_MEASURE_PATH_MEAN};
    for (uint64_t window = 0; window <= 400; window += 400) {
        const double plain = predicted_for(lines, RQA_THRESHOLD_DATA, .3, window);
        for (size_t k = 0; k < sizeof cells / sizeof cells[0]; k++)
            ck_assert_double_gt(predicted_for(lines | RQA_MEASURE_BIT(cells[k]), RQA_THRESHOLD_DATA, .3,
                                              window),
                                1.5 * plain);
        if (window > 0)
            continue;
        ck_assert_double_gt(predicted_for(lines, RQA_THRESHOLD_RECURRENCE_RATE, .1, 0), 2 * plain);
        ck_assert_double_gt(predicted_for(lines, RQA_THRESHOLD_NEIGHBOURS, 5, 0), 2 * plain);
    }
}
END_TEST

/* ---- neighbours ---- */

static double passes_of(int32_t unit, int32_t ties, const double *thresholds, uint32_t n)
{
    enum { SAMPLES = 10000 };
    static const uint32_t one_dim = 3;
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, thresholds[0]);
    rqa__rules rules;
    o.threshold_unit = unit;
    o.ties = ties;
    ck_ok(rqa__rules_resolve(&rules, &o, 0));
    const rqa__side x = {.n_samples = SAMPLES, .n_channels = 1, .delay = 6, .dims = &one_dim};
    const rqa__task task = {.relation = rqa__task_relation(&rules),
                            .norm = RQA__NORM_EUCLIDEAN,
                            .n_dims = 1,
                            .n_thresholds = n,
                            .x = x,
                            .y = x};
    return rqa__cost_of_passes(&rules, &task, thresholds);
}

/* Few are found by a tree, many by a pass over all; several numbers by one search for the largest. */
START_TEST(the_more_neighbours_the_longer)
{
    const double few = 5, many = 1000, share = 0.1, all[] = {5, 100, 1000};
    const double time = passes_of(RQA_THRESHOLD_NEIGHBOURS, RQA_TIES_ALL, &many, 1);
    ck_assert_double_gt(time, 4 * passes_of(RQA_THRESHOLD_NEIGHBOURS, RQA_TIES_ALL, &few, 1));
    ck_assert_double_gt(passes_of(RQA_THRESHOLD_NEIGHBOURS, RQA_TIES_INDEX, &many, 1), time);
    ck_assert_double_eq_tol(passes_of(RQA_THRESHOLD_NEIGHBOUR_RATE, RQA_TIES_ALL, &share, 1), time,
                            time / 50);
    const double together = passes_of(RQA_THRESHOLD_NEIGHBOURS, RQA_TIES_ALL, all, 3);
    ck_assert(together > time && together < 1.2 * time);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("costs of a batch");
    TCase *t = tcase_create("costs");
    tcase_add_test(t, a_sample_tells_of_the_whole);
    tcase_add_test(t, counted_by_hand);
    tcase_add_test(t, the_time_left_settles_whatever_the_data);
    tcase_add_test(t, costs_without_bounds);
    tcase_add_test(t, what_is_predicted_follows_the_data);
    tcase_add_test(t, what_is_predicted_counts_the_passes);
    tcase_add_test(t, the_more_neighbours_the_longer);
    suite_add_tcase(s, t);
    return support_run(s);
}
