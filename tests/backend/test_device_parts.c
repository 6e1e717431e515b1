/* test_device_parts.c - parts of a matrix on the (emulated) GPU against the brute force, one by one
 * and joined; what is no part, and what is no part's tally.
 *
 * RQA_TEST_PLUGIN=FILE runs the same on another plugin, such as the real one on a real card.
 */
#include <check.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/device_run.h"
#include "part_oracle.h"
#include "rqa/rqa.h"
#include "support.h"
#include "task_draws.h"

enum { MOST_PARTS = 64, MOST_STUDIES = 2, MOST_TASKS = MOST_STUDIES * (MOST_PARTS + 1) };

static const char *plugin_path(void)
{
    const char *path = getenv("RQA_TEST_PLUGIN");
    return path && *path ? path : getenv("RQA_TEST_EMULATED");
}

static rqa__device_list *open_list(const char *path)
{
    rqa__device_list *list;
    ck_assert_int_eq(rqa__device_list_create(&list, path, NULL), RQA_OK);
    ck_assert_msg(list->n_devices > 0, "%s", list->reason);
    return list;
}

static uint64_t n_draws(uint64_t usual)
{
    const char *more = getenv("RQA_TEST_DRAWS");
    return more ? strtoull(more, NULL, 10) : usual;
}

/* ---- a matrix in parts ---- */

typedef struct study {
    random_task r;
    part_matrix matrix[MOST_THRESHOLDS];
    part_join *join[MOST_THRESHOLDS];
    size_t n_parts;
    rqa__task part[MOST_PARTS];
    task_check whole, joined;
} study;

/* What a task of a run is. */
typedef struct item {
    study *study;
    const rqa__task *task; /* a part, or the study's own: the whole */
} item;

typedef struct run {
    item item[MOST_TASKS];
    const rqa__task *task[MOST_TASKS];
    size_t n_tasks, n_calls;
    char wrong[256];
} run;

/* Cuts at one multiple of 32 in `one_in`; 1: at all of them. */
static void cut(study *s, size_t n_x, size_t one_in)
{
    size_t first = 0;
    s->n_parts = 0;
    for (size_t end = 32; first < n_x; end += 32)
        if (end >= n_x || task_below(one_in) == 0) {
            rqa__task *part = &s->part[s->n_parts++];
            *part = s->r.task;
            part->part_first = first;
            part->part_end = first = end < n_x ? end : n_x;
        }
    ck_assert_uint_le(s->n_parts, MOST_PARTS);
}

/* A task with some columns; tallies of all kinds more often than the draws have them. */
static void study_create(study *s, uint64_t seed, size_t most, size_t one_in)
{
    do {
        random_task_create(&s->r, seed, most);
        task_drop_cuts(&s->r.task);
        s->r.task.n_dims = 1;
        seed += 1000003;
        part_matrix_create(&s->matrix[0], &s->r.task, 0);
        if (s->matrix[0].n_x > 0)
            break;
        part_matrix_destroy(&s->matrix[0]);
        random_task_destroy(&s->r);
    } while (1);
    if (seed % 2)
        s->r.task.tallies = 31;
    task_drop_cuts(&s->r.task);
    cut(s, s->matrix[0].n_x, one_in);
    for (uint32_t t = 0; t < s->r.task.n_thresholds; t++) {
        if (t > 0)
            part_matrix_create(&s->matrix[t], &s->r.task, t);
        s->join[t] = part_join_create(&s->matrix[t]);
    }
    s->whole = s->joined = (task_check){.task = &s->r.task};
}

/* The joined parts must be the whole. */
static void study_end(study *s, char *wrong, size_t size)
{
    for (uint32_t t = 0; t < s->r.task.n_thresholds; t++) {
        part_join_finish(s->join[t], t, task_check_tally, &s->joined);
        part_matrix_destroy(&s->matrix[t]);
    }
    if (!wrong[0] && s->whole.wrong[0])
        snprintf(wrong, size, "whole: %.200s", s->whole.wrong);
    if (!wrong[0] && s->joined.wrong[0])
        snprintf(wrong, size, "joined: %.200s", s->joined.wrong);
    random_task_destroy(&s->r);
}

static int take(void *user, size_t k, uint32_t d, uint32_t th, const rqa__tally *tally)
{
    run *u = user;
    const item *it = &u->item[k];
    u->n_calls++;
    if (it->task->part_end == 0)
        return task_check_tally(&it->study->whole, d, th, tally);
    const size_t first = (size_t)it->task->part_first, end = (size_t)it->task->part_end;
    char wrong[200] = "";
    part_check(&it->study->matrix[th], first, end, tally, wrong, sizeof wrong);
    if (wrong[0] && !u->wrong[0])
        snprintf(u->wrong, sizeof u->wrong, "columns %zu to %zu: %.200s", first, end, wrong);
    if (!u->wrong[0]) /* edges that are wrong may point anywhere */
        part_join_add(it->study->join[th], first, end, tally);
    return 0;
}

static void add_item(run *u, study *s, const rqa__task *task)
{
    u->item[u->n_tasks] = (item){s, task};
    u->task[u->n_tasks++] = task;
}

/* Same parts of two studies lie side by side, so that they may go together; a whole matrix lies
 * between them or comes last. */
static void list_items(run *u, study *s, size_t n_studies)
{
    const size_t whole_at = task_below(3);
    for (size_t k = 0; k < MOST_PARTS; k++)
        for (size_t n = 0; n < n_studies; n++) {
            if (k == whole_at)
                add_item(u, &s[n], &s[n].r.task);
            if (k < s[n].n_parts)
                add_item(u, &s[n], &s[n].part[k]);
        }
}

/* Every way of cutting the work must give the same counts. */
static void draw_options(rqa__device *device)
{
    static const uint32_t steps[] = {0, 0, 32, 64, 96, 160};
    rqa_plugin_device_options *o = &device->options;
    o->band_steps = steps[task_below(6)];
    o->segment_steps = steps[task_below(6)];
    o->batch_tallies = task_below(3) == 0 ? 1 + (uint32_t)task_below(5) : 0;
    /* The emulated plugin must not meet a real cuBLAS. */
    const int has_products = getenv("RQA_CUBLAS_PATH") || getenv("RQA_TEST_PLUGIN");
    o->flags = task_below(2) && has_products ? RQA_PLUGIN_PRODUCTS_ALWAYS : 0;
    o->flags |= task_below(2) ? RQA_PLUGIN_LAGS_ALWAYS : 0;
    device->table->device_close(device->handle);
    device->handle = NULL;
}

static void run_draw(rqa__device *device, uint64_t seed, size_t most)
{
    static study s[MOST_STUDIES];
    static run u;
    memset(&u, 0, sizeof u);
    static const size_t cuts[] = {1, 2, 4, 1, 1000};
    char what[256];
    for (size_t n = 0; n < MOST_STUDIES; n++)
        study_create(&s[n], seed + 500009 * n, most, cuts[seed % 5]);
    random_task_describe(what, sizeof what, &s[0].r);
    draw_options(device);
    const size_t n_studies = 1 + task_below(MOST_STUDIES);
    list_items(&u, s, n_studies);
    size_t n_tallies = 0;
    for (size_t n = 0; n < n_studies; n++)
        n_tallies += (s[n].n_parts + 1) * s[n].r.task.n_thresholds;
    int status = rqa__device_run(device, NULL, u.task, u.n_tasks, NULL, take, &u);
    ck_assert_msg(status == 0, "draw %llu (%s): %s", (unsigned long long)seed, what,
                  rqa_last_error());
    ck_assert_uint_eq(u.n_calls, n_tallies);
    for (size_t n = 0; n < MOST_STUDIES; n++) {
        char unused[256] = "";
        study_end(&s[n], n < n_studies ? u.wrong : unused, sizeof u.wrong);
    }
    ck_assert_msg(!u.wrong[0], "draw %llu (%s; tallies %u, band %u segment %u batch %u): %s",
                  (unsigned long long)seed, what, s[0].r.task.tallies, device->options.band_steps,
                  device->options.segment_steps, device->options.batch_tallies, u.wrong);
}

START_TEST(test_parts)
{
    rqa__device_list *list = open_list(plugin_path());
    for (uint64_t seed = 1; seed <= n_draws(200); seed++)
        run_draw(&list->device[0], seed, seed % 4 ? 130 : 300);
    rqa__device_list_destroy(list);
}
END_TEST

/* Bands and segments as the planner makes them: a part has several. */
START_TEST(test_long)
{
    rqa__device_list *list = open_list(plugin_path());
    for (uint64_t seed = 1; seed <= n_draws(200) / 40; seed++)
        run_draw(&list->device[0], 90000 + seed, 1300);
    rqa__device_list_destroy(list);
}
END_TEST

/* ---- what is no part ---- */

static int ignore(void *user, uint32_t d, uint32_t th, const rqa__tally *tally)
{
    (void)d;
    (void)th;
    (void)tally;
    ++*(int *)user;
    return 0;
}

static const struct {
    uint64_t first, end;
    const char *words; /* NULL: it is one */
} drawn[] = {
    {0, 0, NULL},
    {0, 32, NULL},
    {64, 100, NULL},
    {96, 100, NULL},
    {32, 0, "columns 32 to 0 of 100"},
    {16, 64, "columns 16 to 64 of 100"},
    {64, 64, "columns 64 to 64 of 100"},
    {64, 32, "columns 64 to 32 of 100"},
    {0, 99, "columns 0 to 99 of 100"},
    {0, 128, "columns 0 to 128 of 100"},
    {128, 160, "columns 128 to 160 of 100"},
    {UINT64_MAX - 31, 64, "multiples of 32"},
};

START_TEST(test_no_part)
{
    static double value[104];
    const double *channel[] = {value};
    const uint32_t dims[] = {3, 4};
    const double bounds[] = {0.5, 0.5};
    const rqa__side side = {channel, 104, 1, 2, dims};
    rqa__task task = {.n_dims = 1,
                      .n_thresholds = 1,
                      .x = side,
                      .y = side,
                      .bounds = bounds,
                      .tallies = RQA__TALLY_DIAGONAL};
    rqa__device_list *list = open_list(plugin_path());
    rqa__device *device = &list->device[0];
    for (size_t k = 0; k < sizeof drawn / sizeof drawn[0]; k++) {
        int n_calls = 0;
        const int expected = drawn[k].words ? RQA_ERROR_VALUE : RQA_OK;
        task.part_first = drawn[k].first;
        task.part_end = drawn[k].end;
        ck_assert_int_eq(rqa__device_supports(device, &task), expected);
        ck_assert_int_eq(rqa__device_run_one(device, NULL, &task, NULL, ignore, &n_calls),
                         expected);
        ck_assert_int_eq(n_calls, !drawn[k].words);
        if (drawn[k].words)
            ck_assert_msg(strstr(rqa_last_error(), drawn[k].words), "%s", rqa_last_error());
    }
    task.n_dims = 2;
    task.part_first = 0;
    task.part_end = 32;
    ck_assert_int_eq(rqa__device_supports(device, &task), RQA_ERROR_UNSUPPORTED);
    ck_assert_msg(strstr(rqa_last_error(), "2 dims"), "%s", rqa_last_error());
    /* A host that knows no parts: whatever lies behind its struct. */
    const rqa_plugin_task older = {.struct_size = offsetof(rqa_plugin_task, part_first),
                                   .n_dims = 2,
                                   .part_first = 7,
                                   .x = {.dims = dims},
                                   .y = {.dims = dims}};
    ck_assert_int_eq(device->table->supports(device->handle, &older), RQA_OK);
    rqa__device_list_destroy(list);
}
END_TEST

/* ---- what is no part's tally ---- */

/* A plugin whose edges have one defect after the other, and then none. */
START_TEST(test_bad_edges)
{
    static double value[100];
    const double *channel[] = {value};
    const uint32_t dim = 1;
    const double bound = 0.5;
    const rqa__side side = {channel, 100, 1, 1, &dim};
    const rqa__task task = {.n_dims = 1,
                            .n_thresholds = 1,
                            .x = side,
                            .y = side,
                            .bounds = &bound,
                            .tallies = RQA__TALLY_DIAGONAL | RQA__TALLY_VERTICAL |
                                       RQA__TALLY_RECURRENCE_TIME,
                            .part_first = 32,
                            .part_end = 64};
    char path[1024];
    snprintf(path, sizeof path, "%s/fake_plugin_edges.so", getenv("RQA_TEST_FAKES"));
    int n_calls = 0, n_refused = 0;
    for (; n_refused < 30 && n_calls == 0; n_refused += n_calls == 0) {
        rqa__device_list *list = open_list(path);
        int status = rqa__device_run_one(&list->device[0], NULL, &task, NULL, ignore, &n_calls);
        ck_assert_int_eq(status, n_calls ? RQA_OK : RQA_ERROR_BACKEND_FAILED);
        if (status)
            ck_assert_msg(strstr(rqa_last_error(), "another shape"), "%s", rqa_last_error());
        rqa__device_list_destroy(list);
    }
    ck_assert_int_eq(n_refused, 11);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("device_parts");
    TCase *t = tcase_create("parts");
    tcase_add_test(t, test_parts);
    tcase_add_test(t, test_long);
    tcase_set_timeout(t, 600);
    suite_add_tcase(s, t);
    TCase *refused = tcase_create("refused");
    tcase_add_test(refused, test_no_part);
    tcase_add_test(refused, test_bad_edges);
    tcase_set_timeout(refused, 600);
    suite_add_tcase(s, refused);
    return s;
}

int main(void)
{
    return support_run(suite());
}
