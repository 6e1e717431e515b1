/* test_device.c - tallies of the GPU plugin, by default in the emulator, against the CPU's and the
 * brute force: over the option space, whatever the bands, segments, batches and limits.
 *
 * RQA_TEST_PLUGIN=FILE runs the same on another plugin, such as the real one on a real card.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/cpu_run.h"
#include "backend/device_run.h"
#include "failing_memory.h"
#include "rqa/rqa.h"
#include "support.h"
#include "task_draws.h"

static const char *plugin_path(void)
{
    const char *path = getenv("RQA_TEST_PLUGIN");
    return path && *path ? path : getenv("RQA_TEST_EMULATED");
}

static rqa__device_list *open_list(void)
{
    rqa__device_list *list;
    ck_assert_int_eq(rqa__device_list_create(&list, plugin_path(), NULL), RQA_OK);
    ck_assert_msg(list->n_devices > 0, "%s", list->reason);
    return list;
}

static uint64_t n_draws(uint64_t usual)
{
    const char *more = getenv("RQA_TEST_DRAWS");
    return more ? strtoull(more, NULL, 10) : usual;
}

/* Every way of cutting the work must give the same counts. */
static void draw_options(rqa_plugin_device_options *o)
{
    static const uint32_t steps[] = {0, 0, 32, 64, 96, 160};
    static const uint32_t lags[] = {0, RQA_PLUGIN_LAGS_ALWAYS, RQA_PLUGIN_LAGS_ALWAYS,
                                    RQA_PLUGIN_LAGS_NEVER};
    o->band_steps = steps[task_below(6)];
    o->segment_steps = steps[task_below(6)];
    o->batch_tallies = task_below(3) == 0 ? 1 + (uint32_t)task_below(5) : 0;
    o->flags = task_below(8) == 0 ? RQA_PLUGIN_EXACT_ONLY : 0;
    o->flags |= lags[task_below(4)];
}

static void describe_options(char *out, size_t size, const rqa_plugin_device_options *o)
{
    snprintf(out, size, "band %u segment %u batch %u flags %u", o->band_steps, o->segment_steps,
             o->batch_tallies, o->flags);
}

/* Options take effect when the device is opened. */
static void reopen(rqa__device *device)
{
    device->table->device_close(device->handle);
    device->handle = NULL;
}

static void run_draw(rqa__device *device, uint64_t seed, size_t most)
{
    random_task r;
    random_task_create(&r, seed, most);
    task_drop_cuts(&r.task);
    reopen(device);
    draw_options(&device->options);
    task_check c = {.task = &r.task};
    int status = rqa__device_run_one(device, NULL, &r.task, NULL, task_check_tally, &c);
    char what[256], how[128];
    random_task_describe(what, sizeof what, &r);
    describe_options(how, sizeof how, &device->options);
    ck_assert_msg(status == 0, "draw %llu (%s; %s): %s", (unsigned long long)seed, what, how,
                  rqa_last_error());
    ck_assert_msg(!c.wrong[0], "draw %llu (%s; %s): %s", (unsigned long long)seed, what, how,
                  c.wrong);
    ck_assert_uint_eq(c.n_calls, r.task.n_dims * r.task.n_thresholds);
    random_task_destroy(&r);
}

START_TEST(test_brute)
{
    rqa__device_list *list = open_list();
    for (uint64_t seed = 1; seed <= n_draws(400); seed++)
        run_draw(&list->device[0], seed, seed % 8 ? 90 : 250);
    rqa__device_list_destroy(list);
}
END_TEST

/* ---- many tasks at once ---- */

typedef struct many {
    task_check *check;
    size_t n_tasks, at;
} many;

static int take_one_of_many(void *user, size_t task, uint32_t d, uint32_t th,
                            const rqa__tally *tally)
{
    many *m = user;
    ck_assert_uint_ge(task, m->at);
    m->at = task;
    return task_check_tally(&m->check[task], d, th, tally);
}

START_TEST(test_bundle)
{
    enum { MANY = 25 };
    static random_task r[MANY];
    task_check check[MANY];
    const rqa__task *tasks[MANY];
    rqa__device_list *list = open_list();
    for (uint64_t seed = 0; seed < n_draws(40) / 4; seed++) {
        for (size_t k = 0; k < MANY; k++) {
            random_task_create(&r[k], 100000 + seed * MANY + k, 60);
            task_drop_cuts(&r[k].task);
            tasks[k] = &r[k].task;
            check[k] = (task_check){.task = tasks[k]};
        }
        reopen(&list->device[0]);
        draw_options(&list->device[0].options);
        many m = {check, MANY, 0};
        ck_assert_msg(
            !rqa__device_run(&list->device[0], NULL, tasks, MANY, NULL, take_one_of_many, &m), "%s",
            rqa_last_error());
        for (size_t k = 0; k < MANY; k++) {
            ck_assert_msg(!check[k].wrong[0], "seed %llu task %zu: %s", (unsigned long long)seed, k,
                          check[k].wrong);
            ck_assert_uint_eq(check[k].n_calls, tasks[k]->n_dims * tasks[k]->n_thresholds);
            random_task_destroy(&r[k]);
        }
    }
    ck_assert_int_eq(rqa__device_run(&list->device[0], NULL, NULL, 0, NULL, take_one_of_many, NULL),
                     RQA_OK);
    rqa__device_list_destroy(list);
}
END_TEST

/* ---- against the CPU: longer series, whole grids ---- */

/* FNV-1a over everything a tally says. */
typedef struct digest {
    uint64_t hash;
    size_t n_calls;
} digest;

static void mix(digest *g, const void *bytes, size_t n)
{
    const unsigned char *b = bytes;
    for (size_t k = 0; k < n; k++)
        g->hash = (g->hash ^ b[k]) * UINT64_C(0x100000001b3);
}

static int take_digest(void *user, uint32_t d, uint32_t th, const rqa__tally *tally)
{
    const rqa__spectrum *s[] = {&tally->diagonal, &tally->vertical, &tally->white_inner,
                                &tally->white_border, &tally->recurrence_time};
    digest *g = user;
    g->n_calls++;
    mix(g, &d, sizeof d);
    mix(g, &th, sizeof th);
    mix(g, &tally->points, sizeof tally->points);
    mix(g, &tally->gap_sum, sizeof tally->gap_sum);
    for (size_t k = 0; k < sizeof s / sizeof s[0]; k++) {
        mix(g, &s[k]->n_bins, sizeof s[k]->n_bins);
        mix(g, s[k]->bin, s[k]->n_bins * sizeof *s[k]->bin);
    }
    mix(g, tally->offset_points, tally->n_offsets * sizeof *tally->offset_points);
    return 0;
}

static digest on_cpu(const rqa__task *task)
{
    digest g = {0};
    ck_assert_int_eq(task_on_cpu(task, -1, take_digest, &g), RQA_OK);
    return g;
}

enum { GRID_DIMS = 10, GRID_THRESHOLDS = 51, GRID_SAMPLES = 300 };

/* The founding grid's shape on decimals, where distances tie with thresholds all the time. */
START_TEST(test_grid)
{
    static double value[2][GRID_SAMPLES], bounds[GRID_DIMS * GRID_THRESHOLDS];
    const double *channel[2] = {value[0], value[1]};
    uint32_t dims[GRID_DIMS];
    const uint32_t norm = (uint32_t)_i;
    rqa__device_list *list = open_list();
    task_seed(41);
    for (size_t k = 0; k < GRID_SAMPLES; k++)
        for (int c = 0; c < 2; c++)
            value[c][k] = (double)task_below(60) / 100 + (k > 150 ? 0.2 : 0);
    for (uint32_t d = 0; d < GRID_DIMS; d++) {
        dims[d] = d + 1;
        for (uint32_t e = 0; e < GRID_THRESHOLDS; e++) {
            double threshold = 0.05 + 0.01 * e;
            bounds[d * GRID_THRESHOLDS + e] =
                norm == RQA__NORM_EUCLIDEAN ? threshold * threshold : threshold;
        }
    }
    const rqa__side side = {channel, GRID_SAMPLES, 2, 3, dims};
    const rqa__task task = {.relation = RQA__RELATION_AUTO,
                            .norm = norm,
                            .n_dims = GRID_DIMS,
                            .n_thresholds = GRID_THRESHOLDS,
                            .x = side,
                            .y = side,
                            .bounds = bounds,
                            .theiler_points = 1,
                            .theiler_diagonal = 1,
                            .theiler_vertical = 1,
                            .tallies = 31};
    digest expected = on_cpu(&task), got = {0};
    ck_assert_int_eq(rqa__device_run_one(&list->device[0], NULL, &task, NULL, take_digest, &got),
                     RQA_OK);
    ck_assert_uint_eq(got.n_calls, GRID_DIMS * GRID_THRESHOLDS);
    ck_assert_uint_eq(got.n_calls, expected.n_calls);
    ck_assert_uint_eq(got.hash, expected.hash);
    rqa__device_list_destroy(list);
}
END_TEST

/* Samples that are multiples of one power of two, where the filter decides without an error if they span
 * few enough of them; one that is none, or steps too many, must not pass for such. Bounds lie on values
 * and beside them. */
static void draw_on_grid(double *x, size_t n, double unit, double steps, int stray)
{
    const double offset = unit * floor((double)task_below(1000) - 500);
    for (size_t i = 0; i < n; i++)
        x[i] = offset + unit * floor(steps * (double)task_below(1 << 20) / (1 << 20));
    x[0] = offset; /* the whole span is there */
    x[1] = offset + unit * steps;
    if (stray == 1)
        x[2] += unit / 2;
    if (stray == 2)
        x[2] = nextafter(x[2], x[1]);
    if (stray == 3)
        x[3] = NAN;
    for (size_t i = 2; stray == 4 && i < n; i++) /* next to unit, nothing */
        x[i] = i % 2 ? 0 : 5e-324;
}

static double bound_on_grid(const double *x, size_t n, const rqa__task *task)
{
    const size_t last = (size_t)(task->x.dims[0] - 1) * task->x.delay;
    const size_t i = task_below(n - last), j = task_below(n - last);
    double value = 0;
    for (size_t k = 0; k <= last; k += task->x.delay) {
        const double d = fabs(x[i + k] - x[j + k]);
        value = task->norm == RQA__NORM_MAXIMUM     ? fmax(d, value)
                : task->norm == RQA__NORM_EUCLIDEAN ? value + d * d
                                                    : value + d;
    }
    const size_t side = task_below(3);
    if (isnan(value))
        return 0;
    return side == 0 ? value : nextafter(value, side == 1 ? 0 : INFINITY);
}

START_TEST(test_on_a_grid)
{
    enum { N = 70, N_BOUNDS = 8 };
    static const double steps[] = {1, 4, 100, 1023, 1672, 1673, 2896, 2897, 3000, 0x1p13, 0x1p20,
                                   0x1p22, 0x1p23, 0x1p23 + 1, 0x1p24, 0x1p26};
    static const int exponents[] = {0, -3, 7, -40, 60, -600, 500, -1040};
    rqa__device_list *list = open_list();
    for (uint64_t seed = 0; seed < 10 * n_draws(40); seed++) {
        double x[N], bounds[N_BOUNDS];
        const double *channel[1] = {x};
        task_seed(seed);
        const uint32_t dim = 1 + (uint32_t)task_below(3);
        const double unit = ldexp(1, exponents[task_below(8)]);
        draw_on_grid(x, N, unit, steps[task_below(16)], (int)task_below(6));
        const rqa__side side = {channel, N, 1, 2, &dim};
        rqa__task task = {.relation = RQA__RELATION_AUTO,
                          .norm = (uint32_t)task_below(3),
                          .n_dims = 1,
                          .n_thresholds = N_BOUNDS,
                          .x = side,
                          .y = side,
                          .bounds = bounds,
                          .tallies = RQA__TALLY_DIAGONAL | RQA__TALLY_OFFSETS};
        for (int k = 0; k < N_BOUNDS; k++)
            bounds[k] = bound_on_grid(x, N, &task);
        for (int k = 1; k < N_BOUNDS; k++)
            for (int m = k; m > 0 && bounds[m - 1] > bounds[m]; m--) {
                const double swap = bounds[m];
                bounds[m] = bounds[m - 1];
                bounds[m - 1] = swap;
            }
        task_check c = {.task = &task};
        ck_assert_int_eq(
            rqa__device_run_one(&list->device[0], NULL, &task, NULL, task_check_tally, &c), RQA_OK);
        ck_assert_msg(!c.wrong[0], "seed %llu, norm %u, dim %u, unit %g: %s",
                      (unsigned long long)seed, task.norm, dim, unit, c.wrong);
    }
    rqa__device_list_destroy(list);
}
END_TEST

/* Several bands and segments as the planner makes them. */
START_TEST(test_long)
{
    rqa__device_list *list = open_list();
    for (uint64_t seed = 1; seed <= n_draws(40) / 10; seed++) {
        random_task r;
        random_task_create(&r, 7000 + seed, 1800);
        task_drop_cuts(&r.task);
        r.task.tallies = 31;
        task_drop_cuts(&r.task);
        r.task.n_thresholds = 1;
        if (!rqa__side_vectors(&r.task.x, r.task.n_dims - 1) ||
            !rqa__side_vectors(&r.task.y, r.task.n_dims - 1)) { /* rqa__cpu_run() wants some */
            random_task_destroy(&r);
            continue;
        }
        reopen(&list->device[0]);
        list->device[0].options.band_steps = seed % 2 ? 0 : 512;
        digest expected = on_cpu(&r.task), got = {0};
        int status = rqa__device_run_one(&list->device[0], NULL, &r.task, NULL, take_digest, &got);
        ck_assert_msg(!status, "%s", rqa_last_error());
        ck_assert_msg(got.hash == expected.hash, "seed %llu differs", (unsigned long long)seed);
        random_task_destroy(&r);
    }
    rqa__device_list_destroy(list);
}
END_TEST

/* What cuts white lines and times where samples are missing is left to threads, with the reason. */
START_TEST(test_missing_samples)
{
    static const uint32_t tallies[] = {RQA__TALLY_WHITE, 31, RQA__TALLY_DIAGONAL,
                                       RQA__TALLY_DIAGONAL | RQA__TALLY_VERTICAL};
    rqa__device_list *list = open_list();
    random_task r;
    uint64_t seed = 1;
    for (random_task_create(&r, seed, 60); !r.task.skips; random_task_create(&r, ++seed, 60))
        random_task_destroy(&r);
    for (int k = 0; k < 4; k++) {
        r.task.tallies = tallies[k];
        task_check c = {.task = &r.task};
        const int expected = k < 2 ? RQA_ERROR_UNSUPPORTED : RQA_OK;
        ck_assert_int_eq(rqa__device_supports(&list->device[0], &r.task), expected);
        ck_assert_int_eq(
            rqa__device_run_one(&list->device[0], NULL, &r.task, NULL, task_check_tally, &c),
            expected);
        ck_assert_msg(!c.wrong[0], "%s", c.wrong);
        ck_assert(k >= 2 || strstr(rqa_last_error(), "missing samples"));
    }
    random_task_destroy(&r);
    rqa__device_list_destroy(list);
}
END_TEST

/* A plugin is told of one bound for each dim and threshold, and of nothing else that decides a cell. */
START_TEST(test_limits)
{
    static const rqa__limits limits = {NULL, NULL, NULL, NULL, NULL, NULL};
    static const rqa__cell_lists cells = {NULL, NULL};
    rqa__device_list *list = open_list();
    random_task r;
    random_task_create(&r, 3, 60);
    task_drop_cuts(&r.task);
    for (int k = 0; k < 4; k++) {
        rqa__task task = r.task;
        digest g = {0};
        task.limits = k == 0 ? &limits : NULL;
        task.limits_y = k == 1 ? &limits : NULL;
        task.cells = k == 2 ? &cells : NULL;
        task.bounds_stride = k == 3 ? task.n_thresholds : 0;
        task.n_dims = k == 3 ? 2 : 1;
        ck_assert_int_eq(rqa__device_supports(&list->device[0], &task), RQA_ERROR_UNSUPPORTED);
        ck_assert_int_eq(
            rqa__device_run_one(&list->device[0], NULL, &task, NULL, take_digest, &g),
            RQA_ERROR_UNSUPPORTED);
        ck_assert_ptr_nonnull(strstr(rqa_last_error(), "for threads alone"));
        ck_assert_uint_eq(g.n_calls, 0);
    }
    random_task_destroy(&r);
    rqa__device_list_destroy(list);
}
END_TEST

static int stop(void *user, uint32_t d, uint32_t th, const rqa__tally *tally)
{
    (void)d;
    (void)th;
    (void)tally;
    return ++*(int *)user == 2 ? 17 : 0;
}

START_TEST(test_ends)
{
    rqa__device_list *list = open_list();
    rqa__device *device = &list->device[0];
    random_task r;
    random_task_create(&r, 3, 60);
    task_drop_cuts(&r.task);
    while (r.task.n_dims * r.task.n_thresholds < 3) {
        random_task_destroy(&r);
        random_task_create(&r, task_below(100000), 60);
        task_drop_cuts(&r.task);
    }
    atomic_int cancel = 1;
    digest g = {0};
    ck_assert_int_eq(rqa__device_run_one(device, NULL, &r.task, &cancel, take_digest, &g),
                     RQA_ERROR_CANCELLED);
    ck_assert_uint_eq(g.n_calls, 0);
    int calls = 0;
    ck_assert_int_eq(rqa__device_run_one(device, NULL, &r.task, NULL, stop, &calls), 17);
    ck_assert_int_eq(calls, 2);
    rqa__task large = r.task;
    large.x.n_samples = ((size_t)1 << 29) + 1;
    ck_assert_int_eq(rqa__device_run_one(device, NULL, &large, NULL, take_digest, &g),
                     RQA_ERROR_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(rqa_last_error(), "536870913 samples"));
    ck_assert_int_eq(rqa__device_run_one(device, NULL, &r.task, NULL, take_digest, &g), RQA_OK);
    random_task_destroy(&r);
    rqa__device_list_destroy(list);
}
END_TEST

/* ---- host memory ---- */

START_TEST(test_no_host_memory)
{
    random_task r;
    random_task_create(&r, 5, 50);
    task_drop_cuts(&r.task);
    failing_memory_install();
    int status = RQA_ERROR_MEMORY;
    size_t n = 0;
    for (; status && n < 2000; n++) {
        rqa__device_list *list = NULL;
        digest g = {0};
        failing_memory_grant((long)n);
        status = rqa__device_list_create(&list, plugin_path(), NULL);
        if (!status && list->n_devices == 0)
            status = RQA_ERROR_MEMORY;
        if (!status)
            status = rqa__device_run_one(&list->device[0], NULL, &r.task, NULL, take_digest, &g);
        ck_assert_msg(!status || status == RQA_ERROR_MEMORY, "%zu: %d %s", n, status,
                      rqa_last_error());
        rqa__device_list_destroy(list);
        ck_assert_int_eq(failing_memory_live(), 0);
    }
    ck_assert_int_eq(status, RQA_OK);
    ck_assert_uint_gt(n, 8);
    failing_memory_remove();
    random_task_destroy(&r);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("device");
    TCase *t = tcase_create("tallies");
    tcase_add_test(t, test_brute);
    tcase_add_test(t, test_bundle);
    tcase_add_loop_test(t, test_grid, 0, 3);
    tcase_add_test(t, test_on_a_grid);
    tcase_add_test(t, test_long);
    tcase_add_test(t, test_missing_samples);
    tcase_add_test(t, test_limits);
    tcase_add_test(t, test_ends);
    tcase_add_test(t, test_no_host_memory);
    tcase_set_timeout(t, 600);
    suite_add_tcase(s, t);
    TCase *races = tcase_create("races"); /* little, for ThreadSanitizer */
    tcase_add_test(races, test_brute);
    tcase_set_timeout(races, 600);
    suite_add_tcase(s, races);
    return s;
}

int main(void)
{
    return support_run(suite());
}
