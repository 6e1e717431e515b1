/* test_device_lags.c - bits of the maximum norm that the GPU plugin makes from those of single
 * samples: the tallies are those of the brute force at every border, and the choice is the one that
 * is documented.
 *
 * RQA_TEST_PLUGIN=FILE runs the same on another plugin, such as the real one on a real card.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/device_run.h"
#include "rqa/rqa.h"
#include "support.h"
#include "task_draws.h"

static rqa__device_list *open_list(uint32_t flags)
{
    const char *path = getenv("RQA_TEST_PLUGIN");
    rqa__device_list *list;
    path = path && *path ? path : getenv("RQA_TEST_EMULATED");
    ck_assert_int_eq(rqa__device_list_create(&list, path, NULL), RQA_OK);
    ck_assert_msg(list->n_devices > 0, "%s", list->reason);
    list->device[0].options.flags = flags;
    return list;
}

static uint64_t n_draws(uint64_t usual)
{
    const char *more = getenv("RQA_TEST_DRAWS");
    return more ? strtoull(more, NULL, 10) : usual;
}

/* Options take effect when the device is opened. */
static void reopen(rqa__device *device)
{
    device->table->device_close(device->handle);
    device->handle = NULL;
}

static void draw_options(rqa__device *device)
{
    static const uint32_t steps[] = {0, 0, 32, 64, 96, 160};
    rqa_plugin_device_options *o = &device->options;
    reopen(device);
    o->band_steps = steps[task_below(6)];
    o->segment_steps = steps[task_below(6)];
    o->batch_tallies = task_below(3) == 0 ? 1 + (uint32_t)task_below(12) : 0;
    o->flags = RQA_PLUGIN_LAGS_ALWAYS | (task_below(8) ? 0 : RQA_PLUGIN_EXACT_ONLY);
}

static uint64_t by_lags(rqa__device *device)
{
    return rqa__device_timings(device).n_by_lags;
}

/* ---- tasks ---- */

enum { MOST_SAMPLES = 900, N_DIMS = 6, N_BOUNDS = 10 };

typedef struct draw {
    double sample[2][MOST_CHANNELS][MOST_SAMPLES];
    const double *channel[2][MOST_CHANNELS];
    uint32_t dims[2][N_DIMS];
    double bounds[2][N_DIMS * N_BOUNDS];
    rqa__task task;
} draw;

static double uniform(void)
{
    return (double)task_below(1 << 30) * 0x1p-30;
}

/* Noise, integers, decimals, a wave; some samples are missing in all channels. */
static void fill(draw *d, unsigned side, size_t n, uint32_t n_channels, int missing)
{
    const size_t kind = task_below(4);
    for (uint32_t c = 0; c < n_channels; c++) {
        double *x = d->sample[side][c];
        for (size_t i = 0; i < n; i++)
            x[i] = kind == 0   ? uniform()
                   : kind == 1 ? (double)task_below(6)
                   : kind == 2 ? floor(50 * uniform()) / 100
                               : sin(0.31 * (double)i) + 0.05 * uniform();
        d->channel[side][c] = x;
    }
    for (size_t i = 0; missing && i < n; i++)
        if (task_below(40) == 0)
            for (uint32_t c = 0; c < n_channels; c++)
                d->sample[side][c][i] = NAN;
}

/* 32 k and up to two beside it. */
static size_t near_words(size_t most)
{
    return 32 * (1 + task_below(most)) + task_below(5) - 2;
}

/* Short, about a word, about two, or nearly as far as the series is long. */
static uint32_t draw_delay(size_t n, uint32_t dim)
{
    const size_t k = task_below(6),
                 near = dim > 1 ? (n - task_below(n < 5 ? n : 5)) / (dim - 1) : 1;
    const size_t delay = k < 2    ? 1 + task_below(7)
                         : k == 2 ? 31 + task_below(3)
                         : k == 3 ? 63 + task_below(3)
                         : k == 4 ? near
                                  : 1 + near / 2;
    return (uint32_t)(delay ? delay : 1);
}

/* A difference that exists, or beside it. */
static double draw_bound(const draw *d, unsigned side)
{
    const rqa__side *s = side ? &d->task.y : &d->task.x;
    const double *x = s->channel[task_below(s->n_channels)];
    const double value = fabs(x[task_below(s->n_samples)] - x[task_below(s->n_samples)]);
    const size_t k = task_below(8);
    if (isnan(value) || k == 0)
        return k ? 0.4 : -1;
    return k < 5 ? value : nextafter(value, k == 5 ? 0 : INFINITY);
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Rising, and mostly the same for all dims. */
static void draw_bounds(draw *d, unsigned side)
{
    const size_t n = d->task.n_thresholds;
    const int same = task_below(4) != 0;
    for (uint32_t m = 0; m < d->task.n_dims; m++) {
        double *row = d->bounds[side] + m * n;
        for (size_t k = 0; k < n; k++)
            row[k] = draw_bound(d, side);
        qsort(row, n, sizeof *row, compare_doubles);
        if (m > 0 && same)
            memcpy(row, d->bounds[side], n * sizeof *row);
    }
}

static void draw_side(draw *d, unsigned side, size_t n, uint32_t n_channels, uint32_t delay,
                      int missing)
{
    rqa__side *s = side ? &d->task.y : &d->task.x;
    fill(d, side, n, n_channels, missing);
    *s = (rqa__side){d->channel[side], n, n_channels, delay, d->dims[side]};
}

static void draw_dims(draw *d, unsigned side)
{
    uint32_t dim = 0;
    for (uint32_t m = 0; m < d->task.n_dims; m++)
        d->dims[side][m] = dim += 1 + (task_below(3) == 0 ? (uint32_t)task_below(3) : 0);
}

/* Samples, or vectors of the largest dim, are near a multiple of 32. */
static size_t draw_length(uint32_t delay, uint32_t dim)
{
    const size_t n = task_below(6) ? near_words(5) : 1 + task_below(40);
    const size_t longer = n + (size_t)(dim - 1) * delay;
    return task_below(2) && longer <= 330 ? longer : n;
}

static void draw_rules(rqa__task *t)
{
    t->theiler_points = task_below(3) ? task_below(3) : task_below(100);
    t->theiler_diagonal = task_below(3) ? t->theiler_points : task_below(100);
    t->theiler_vertical = task_below(3) ? t->theiler_points : task_below(100);
    t->tallies = task_below(3) ? 31 : 1 + (uint32_t)task_below(7);
    t->upper_only = t->relation == RQA__RELATION_AUTO && task_below(3) == 0;
    t->band_is_white = task_below(3) == 0;
    task_set_skips(t);
    task_drop_cuts(t);
}

static void draw_task(draw *d, uint64_t seed)
{
    rqa__task *t = &d->task;
    memset(d, 0, sizeof *d);
    task_seed(seed * UINT64_C(0x9e3779b97f4a7c15));
    t->relation = (uint32_t)task_below(3);
    t->norm = RQA__NORM_MAXIMUM;
    t->n_dims = 1 + (uint32_t)task_below(N_DIMS);
    t->n_thresholds = 1 + (uint32_t)task_below(t->n_dims < 3 ? N_BOUNDS : 4);
    draw_dims(d, 0);
    draw_dims(d, 1);
    if (t->relation != RQA__RELATION_JOINT)
        memcpy(d->dims[1], d->dims[0], sizeof d->dims[0]);
    const uint32_t dim = d->dims[0][t->n_dims - 1], dim_y = d->dims[1][t->n_dims - 1];
    const int missing = task_below(4) == 0;
    const uint32_t n_channels = 1 + (uint32_t)task_below(MOST_CHANNELS);
    const uint32_t delay = draw_delay(near_words(5), dim);
    const uint32_t delay_y = task_below(2) ? delay : draw_delay(near_words(5), dim_y);
    draw_side(d, 0, draw_length(delay, dim), n_channels, delay, missing);
    t->y = t->x;
    if (t->relation == RQA__RELATION_CROSS)
        draw_side(d, 1, draw_length(delay_y, dim), n_channels, delay_y, missing);
    if (t->relation == RQA__RELATION_JOINT)
        draw_side(d, 1, draw_length(delay_y, dim_y), 1 + (uint32_t)task_below(MOST_CHANNELS),
                  delay_y, missing);
    draw_bounds(d, 0);
    draw_bounds(d, 1);
    t->bounds = d->bounds[0];
    t->bounds_y = t->relation == RQA__RELATION_JOINT ? d->bounds[1] : NULL;
    draw_rules(t);
}

static void describe(char *out, size_t size, const draw *d, const rqa__device *device)
{
    const rqa__task *t = &d->task;
    const rqa_plugin_device_options *o = &device->options;
    snprintf(
        out, size,
        "relation %u, %zu and %zu samples, %u channels, delays %u %u, %u dims to %u and %u, %u "
        "thresholds, tallies %u, band %u segment %u batch %u flags %u",
        t->relation, t->x.n_samples, t->y.n_samples, t->x.n_channels, t->x.delay, t->y.delay,
        t->n_dims, t->x.dims[t->n_dims - 1], t->y.dims[t->n_dims - 1], t->n_thresholds, t->tallies,
        o->band_steps, o->segment_steps, o->batch_tallies, o->flags);
}

static void expect_right(rqa__device *device, const draw *d, const char *what)
{
    task_check check = {.task = &d->task};
    char how[320];
    describe(how, sizeof how, d, device);
    ck_assert_msg(!rqa__device_run_one(device, NULL, &d->task, NULL, task_check_tally, &check),
                  "%s (%s): %s", what, how, rqa_last_error());
    ck_assert_msg(!check.wrong[0], "%s (%s): %s", what, how, check.wrong);
    ck_assert_uint_eq(check.n_calls, d->task.n_dims * d->task.n_thresholds);
}

START_TEST(test_draws)
{
    static draw d;
    rqa__device_list *list = open_list(0);
    uint64_t n_by_lags = 0;
    for (uint64_t seed = 1; seed <= n_draws(400); seed++) {
        char what[32];
        draw_task(&d, seed);
        draw_options(&list->device[0]);
        snprintf(what, sizeof what, "draw %llu", (unsigned long long)seed);
        expect_right(&list->device[0], &d, what);
        n_by_lags += by_lags(&list->device[0]);
    }
    ck_assert_uint_gt(n_by_lags, n_draws(400));
    rqa__device_list_destroy(list);
}
END_TEST

/* ---- many tasks: delays of one series, and other series between them ---- */

enum { MANY = 12 };

static int take_one_of_many(void *user, size_t task, uint32_t d, uint32_t th,
                            const rqa__tally *tally)
{
    return task_check_tally((task_check *)user + task, d, th, tally);
}

/* The same with its samples in reverse: another series with the same bounds. */
static void reverse(draw *d)
{
    rqa__side *side[] = {&d->task.x, &d->task.y};
    const unsigned n_sides = d->task.relation == RQA__RELATION_AUTO ? 1 : 2;
    for (unsigned k = 0; k < n_sides; k++)
        for (uint32_t c = 0; c < side[k]->n_channels; c++)
            for (size_t i = 0, j = side[k]->n_samples - 1; i < j; i++, j--) {
                double *x = d->sample[k][c], swap = x[i];
                x[i] = x[j];
                x[j] = swap;
            }
}

START_TEST(test_delays)
{
    static draw d[2];
    rqa__device_list *list = open_list(0);
    for (uint64_t seed = 1; seed <= n_draws(40) / 2; seed++) {
        rqa__task task[MANY];
        const rqa__task *tasks[MANY];
        task_check check[MANY];
        uint64_t n = 0;
        draw_task(&d[0], 50000 + seed);
        draw_task(&d[1], (seed % 2 ? 50000 : 60000) + seed);
        if (seed % 2)
            reverse(&d[1]);
        for (size_t k = 0; k < MANY; k++) {
            task[k] = d[k % 5 == 4].task;
            task[k].x.delay = 1 + (uint32_t)task_below(12);
            task[k].y.delay = task[k].relation == RQA__RELATION_AUTO ? task[k].x.delay
                                                                     : 1 + (uint32_t)task_below(12);
            tasks[k] = &task[k];
            check[k] = (task_check){.task = &task[k]};
            n += task[k].n_dims * task[k].n_thresholds;
        }
        draw_options(&list->device[0]);
        ck_assert_msg(
            !rqa__device_run(&list->device[0], NULL, tasks, MANY, NULL, take_one_of_many, check),
            "%s", rqa_last_error());
        for (size_t k = 0; k < MANY; k++)
            ck_assert_msg(!check[k].wrong[0], "seed %llu task %zu: %s", (unsigned long long)seed, k,
                          check[k].wrong);
        ck_assert_uint_le(by_lags(&list->device[0]), n);
    }
    rqa__device_list_destroy(list);
}
END_TEST

/* ---- the choice, and what it asks for ---- */

/* A series of noise with the same bounds for every dim, or others. */
static void make_task(draw *d, size_t n, uint32_t first_dim, uint32_t n_dims, uint32_t n_thresholds,
                      int same)
{
    rqa__task *t = &d->task;
    memset(d, 0, sizeof *d);
    task_seed(n);
    t->norm = RQA__NORM_MAXIMUM;
    t->n_dims = n_dims;
    t->n_thresholds = n_thresholds;
    for (uint32_t m = 0; m < n_dims; m++)
        d->dims[0][m] = first_dim + m;
    for (size_t i = 0; i < n; i++)
        d->sample[0][0][i] = uniform();
    d->channel[0][0] = d->sample[0][0];
    t->x = (rqa__side){d->channel[0], n, 1, 2, d->dims[0]};
    t->y = t->x;
    for (uint32_t m = 0; m < n_dims; m++)
        for (uint32_t k = 0; k < n_thresholds; k++)
            d->bounds[0][m * n_thresholds + k] = 0.1 + 0.05 * k + (same ? 0 : 0.01 * m);
    t->bounds = d->bounds[0];
    t->tallies = 31;
}

typedef struct choice {
    const char *what;
    uint32_t first_dim, n_dims, n_thresholds;
    int same;
    uint32_t norm, flags, band, delay;
    uint64_t n_by_lags, memory;
} choice;

static const choice choices[] = {
    {"dim 1", 1, 1, 1, 1, 0, 0, 0, 2, 0, 0},
    {"dim 2", 2, 1, 1, 1, 0, 0, 0, 2, 0, 0},
    {"dim 3", 3, 1, 1, 1, 0, 0, 0, 2, 1, 0},
    {"dim 3 of eight thresholds", 3, 1, 8, 1, 0, 0, 0, 2, 0, 0},
    {"dims 1 and 2", 1, 2, 1, 1, 0, 0, 0, 2, 2, 0},
    {"dims 1 to 6 of eight thresholds", 1, 6, 8, 1, 0, 0, 0, 2, 48, 0},
    {"dims 1 and 2 of other bounds", 1, 2, 1, 0, 0, 0, 0, 2, 0, 0},
    {"dims 2 to 5 of other bounds", 2, 4, 1, 0, 0, 0, 0, 2, 3, 0},
    {"Euclid", 3, 3, 1, 1, 1, RQA_PLUGIN_LAGS_ALWAYS, 0, 2, 0, 0},
    {"Manhattan", 3, 3, 1, 1, 2, RQA_PLUGIN_LAGS_ALWAYS, 0, 2, 0, 0},
    {"always", 2, 1, 8, 1, 0, RQA_PLUGIN_LAGS_ALWAYS, 0, 2, 8, 0},
    {"never", 1, 6, 1, 1, 0, RQA_PLUGIN_LAGS_NEVER, 0, 2, 0, 0},
    {"never always", 1, 6, 1, 1, 0, RQA_PLUGIN_LAGS_NEVER | RQA_PLUGIN_LAGS_ALWAYS, 0, 2, 0, 0},
    {"a band shorter than its lags", 3, 1, 1, 1, 0, 0, 32, 60, 0, 0},
    {"the same, always", 3, 1, 1, 1, 0, RQA_PLUGIN_LAGS_ALWAYS, 32, 60, 1, 0},
    {"memory for what lies behind", 3, 1, 1, 1, 0, RQA_PLUGIN_LAGS_ALWAYS, 0, 60, 1, 100000},
    {"none for it", 3, 1, 1, 1, 0, RQA_PLUGIN_LAGS_ALWAYS, 0, 60, 0, 60000},
};

START_TEST(test_choice)
{
    static draw d;
    const choice *c = &choices[_i];
    make_task(&d, 260, c->first_dim, c->n_dims, c->n_thresholds, c->same);
    d.task.norm = c->norm;
    d.task.x.delay = d.task.y.delay = c->delay;
    rqa__device_list *list = open_list(c->flags);
    list->device[0].options.band_steps = c->band;
    list->device[0].options.memory_limit = c->memory;
    expect_right(&list->device[0], &d, c->what);
    ck_assert_msg(by_lags(&list->device[0]) == c->n_by_lags, "%s: %llu", c->what,
                  (unsigned long long)by_lags(&list->device[0]));
    rqa__device_list_destroy(list);
}
END_TEST

/* Whether a limit of memory holds a task, whose tallies are right then; and how many are by lags.
 */
static int holds(const draw *d, uint32_t flags, uint32_t band, uint64_t limit, uint64_t *n_by_lags)
{
    rqa__device_list *list = open_list(flags);
    list->device[0].options.band_steps = band;
    list->device[0].options.memory_limit = limit;
    task_check check = {.task = &d->task};
    const int status =
        rqa__device_run_one(&list->device[0], NULL, &d->task, NULL, task_check_tally, &check);
    ck_assert(status == RQA_OK || status == RQA_ERROR_MEMORY);
    ck_assert_msg(!check.wrong[0], "limit %llu: %s", (unsigned long long)limit, check.wrong);
    *n_by_lags = status ? 0 : by_lags(&list->device[0]);
    rqa__device_list_destroy(list);
    return !status;
}

/* From ample memory to none, in one band and in several, by lags and without: a limit that holds a
 * task holds it whatever lags would like to have beside it. */
START_TEST(test_memory)
{
    static draw d;
    static const uint32_t delays[] = {3, 60, 130};
    unsigned n_with = 0, n_without = 0;
    uint64_t n;
    make_task(&d, 400, 3, 2, 2, 1);
    for (int k = 0; k < 6; k++) {
        const uint32_t band = k % 2 ? 160 : 0;
        d.task.x.delay = d.task.y.delay = delays[k / 2];
        uint64_t enough = 1 << 19, few = 4096;
        ck_assert(!holds(&d, RQA_PLUGIN_LAGS_NEVER, band, few, &n));
        while (enough - few > 64) {
            const uint64_t middle = few + (enough - few) / 2;
            const int is_enough = holds(&d, RQA_PLUGIN_LAGS_NEVER, band, middle, &n);
            ck_assert(holds(&d, RQA_PLUGIN_LAGS_ALWAYS, band, middle, &n) || !is_enough);
            n_with += is_enough && n > 0;
            n_without += is_enough && n == 0;
            enough = is_enough ? middle : enough;
            few = is_enough ? few : middle;
        }
    }
    ck_assert_uint_gt(n_with, 2);
    ck_assert_uint_gt(n_without, 2);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("device_lags");
    TCase *t = tcase_create("lags");
    tcase_add_test(t, test_draws);
    tcase_add_test(t, test_delays);
    tcase_add_loop_test(t, test_choice, 0, sizeof choices / sizeof choices[0]);
    tcase_add_test(t, test_memory);
    tcase_set_timeout(t, 600);
    suite_add_tcase(s, t);
    TCase *races = tcase_create("races"); /* little, for ThreadSanitizer */
    tcase_add_test(races, test_delays);
    tcase_set_timeout(races, 600);
    suite_add_tcase(s, races);
    return s;
}

int main(void)
{
    return support_run(suite());
}
