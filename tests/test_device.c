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
    o->band_steps = steps[task_below(6)];
    o->segment_steps = steps[task_below(6)];
    o->batch_tallies = task_below(3) == 0 ? 1 + (uint32_t)task_below(5) : 0;
    o->flags = task_below(8) == 0 ? RQA_PLUGIN_EXACT_ONLY : 0;
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

static size_t allocations_left, n_live;

static void *allocate(size_t n_bytes, void *user)
{
    (void)user;
    if (allocations_left == 0)
        return NULL;
    allocations_left--;
    n_live++;
    return malloc(n_bytes);
}

static void *reallocate(void *block, size_t n_bytes, void *user)
{
    if (!block)
        return allocate(n_bytes, user);
    return allocations_left == 0 ? NULL : (allocations_left--, realloc(block, n_bytes));
}

static void release(void *block, void *user)
{
    (void)user;
    n_live--;
    free(block);
}

static const rqa_memory_hooks hooks = {.struct_size = sizeof hooks,
                                       .allocate = allocate,
                                       .reallocate = reallocate,
                                       .release = release};

START_TEST(test_no_host_memory)
{
    random_task r;
    random_task_create(&r, 5, 50);
    task_drop_cuts(&r.task);
    rqa_memory_hooks_set(&hooks);
    int status = RQA_ERROR_MEMORY;
    size_t n = 0;
    for (; status && n < 2000; n++) {
        rqa__device_list *list = NULL;
        digest g = {0};
        allocations_left = n;
        status = rqa__device_list_create(&list, plugin_path(), NULL);
        if (!status && list->n_devices == 0)
            status = RQA_ERROR_MEMORY;
        if (!status)
            status = rqa__device_run_one(&list->device[0], NULL, &r.task, NULL, take_digest, &g);
        ck_assert_msg(!status || status == RQA_ERROR_MEMORY, "%zu: %d %s", n, status,
                      rqa_last_error());
        rqa__device_list_destroy(list);
        ck_assert_uint_eq(n_live, 0);
    }
    ck_assert_int_eq(status, RQA_OK);
    ck_assert_uint_gt(n, 8);
    rqa_memory_hooks_set(NULL);
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
    tcase_add_test(t, test_long);
    tcase_add_test(t, test_missing_samples);
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
