/* test_device_boxes.c - tallies of the GPU plugin on data whose tiles boxes decide, and on noise:
 * series that dwell and drift, thresholds that tie with the distance of two boxes, tiles that are
 * empty for some thresholds and full for others; against the brute force and, where long, the
 * CPU's.
 *
 * RQA_TEST_PLUGIN=FILE runs the same on another plugin, such as the real one on a real card.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "backend/device_run.h"
#include "rqa/rqa.h"
#include "support.h"
#include "task_draws.h"

enum { MOST_SAMPLES = 1400, CHANNELS = 2, BOUNDS = 9 };

/* A draw: two sides, of which a task of one series takes the first. */
typedef struct dwelling {
    double sample[2][CHANNELS][MOST_SAMPLES], bounds[2][BOUNDS];
    const double *channel[2][CHANNELS];
    uint32_t dim[2];
    rqa__task task;
} dwelling;

static uint64_t n_draws(uint64_t usual)
{
    const char *more = getenv("RQA_TEST_DRAWS");
    return more ? strtoull(more, NULL, 10) : usual;
}

static double uniform(void)
{
    return (double)task_below(1 << 30) / (1 << 30);
}

/* Decimals, of which some differences round up and some down; integers; reals that tremble; a
 * slope; noise, of which no box decides anything and which has short runs. */
static void fill(double *x, size_t n, unsigned kind)
{
    double level = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || kind == 4 || task_below(40) == 0)
            level = kind == 0   ? (double)task_below(40) / 100
                    : kind == 1 ? (double)task_below(9)
                                : uniform();
        x[i] = level + (kind == 2 ? 1e-3 * uniform() : kind == 3 ? 0.002 * (double)(i % 100) : 0);
    }
}

static void fill_side(dwelling *w, unsigned k, size_t n, uint32_t n_channels, unsigned kind)
{
    rqa__side *side = k ? &w->task.y : &w->task.x;
    for (uint32_t c = 0; c < n_channels; c++) {
        fill(w->sample[k][c], n, kind);
        w->channel[k][c] = w->sample[k][c];
    }
    /* Missing samples, some of them a gap that is wider than a box. */
    for (size_t gap = task_below(3), i = 0; gap && i < 40 * gap; i++) {
        const size_t at = gap == 1 ? task_below(40 * n) : n / 3 + i;
        for (uint32_t c = 0; at < n && c < n_channels; c++)
            w->sample[k][c][at] = NAN;
    }
    *side = (rqa__side){w->channel[k], n, n_channels, 1 + (uint32_t)task_below(3), &w->dim[k]};
    side->delay = task_below(4) ? side->delay : 30 + (uint32_t)task_below(5);
}

static double term_sum(const rqa__task *task, const rqa__side *x, const rqa__side *y, size_t i,
                       size_t j)
{
    double value = 0;
    for (uint32_t k = 0; k < x->dims[0]; k++)
        for (uint32_t c = 0; c < x->n_channels; c++) {
            const double d =
                fabs(x->channel[c][i + k * x->delay] - y->channel[c][j + k * y->delay]);
            value = task->norm == RQA__NORM_MAXIMUM     ? (d > value ? d : value)
                    : task->norm == RQA__NORM_EUCLIDEAN ? value + d * d
                                                        : value + d;
        }
    return value;
}

/* The values of pairs, and what lies next to them. */
static void draw_bounds(dwelling *w, unsigned k)
{
    const rqa__task *task = &w->task;
    const rqa__side *x = k ? &task->y : &task->x;
    const rqa__side *y = task->relation == RQA__RELATION_CROSS ? &task->y : x;
    const size_t n_x = rqa__side_vectors(x, 0), n_y = rqa__side_vectors(y, 0);
    for (int t = 0; t < BOUNDS; t++) {
        const size_t choice = task_below(6);
        double value = n_x && n_y ? term_sum(task, x, y, task_below(n_x), task_below(n_y)) : 0;
        value = isnan(value) ? 0.1 : value;
        value = choice == 0   ? nextafter(value, 0)
                : choice == 1 ? nextafter(value, INFINITY)
                : choice == 2 ? value * 2 * uniform()
                              : value;
        int at = t;
        for (; at > 0 && w->bounds[k][at - 1] > value; at--)
            w->bounds[k][at] = w->bounds[k][at - 1];
        w->bounds[k][at] = value;
    }
}

static void draw(dwelling *w, uint64_t seed, size_t least, size_t most)
{
    static const uint32_t n_thresholds[] = {1, 1, 3, 4, 8, BOUNDS};
    task_seed(seed);
    rqa__task *task = &w->task;
    const size_t n = least + task_below(most - least);
    const uint32_t n_channels = 1 + (uint32_t)task_below(CHANNELS);
    const unsigned kind = (unsigned)task_below(5);
    *task = (rqa__task){.relation = (uint32_t)task_below(3),
                        .norm = (uint32_t)task_below(3),
                        .n_dims = 1,
                        .n_thresholds = n_thresholds[task_below(6)],
                        .bounds = w->bounds[0],
                        .theiler_points = task_below(3),
                        .theiler_diagonal = task_below(3),
                        .theiler_vertical = task_below(2) * task_below(50),
                        .tallies = 31};
    w->dim[0] = w->dim[1] = 1 + (uint32_t)task_below(3);
    fill_side(w, 0, n, n_channels, kind);
    if (task->relation == RQA__RELATION_CROSS)
        fill_side(w, 1, least + task_below(most - least), n_channels, kind);
    else if (task->relation == RQA__RELATION_JOINT)
        fill_side(w, 1, n, 1 + (uint32_t)task_below(CHANNELS), (unsigned)task_below(5));
    else
        task->y = task->x;
    draw_bounds(w, 0);
    if (task->relation == RQA__RELATION_JOINT) {
        draw_bounds(w, 1);
        task->bounds_y = w->bounds[1];
    }
    task_set_skips(task);
    task_drop_cuts(task);
}

static rqa__device_list *open_list(void)
{
    const char *path = getenv("RQA_TEST_PLUGIN");
    rqa__device_list *list;
    path = path && *path ? path : getenv("RQA_TEST_EMULATED");
    ck_assert_int_eq(rqa__device_list_create(&list, path, NULL), RQA_OK);
    ck_assert_msg(list->n_devices > 0, "%s", list->reason);
    return list;
}

/* Options take effect when the device is opened. */
static void reopen(rqa__device *device, uint32_t band_steps, uint32_t segment_steps)
{
    device->table->device_close(device->handle);
    device->handle = NULL;
    device->options.band_steps = band_steps;
    device->options.segment_steps = segment_steps;
}

static void describe(char *out, size_t size, uint64_t seed, const rqa__task *t)
{
    snprintf(out, size,
             "draw %llu: relation %u norm %u n %zu %zu channels %u %u delay %u %u dim %u",
             (unsigned long long)seed, t->relation, t->norm, t->x.n_samples, t->y.n_samples,
             t->x.n_channels, t->y.n_channels, t->x.delay, t->y.delay, t->x.dims[0]);
}

START_TEST(test_brute)
{
    static dwelling w;
    rqa__device_list *list = open_list();
    rqa__device *device = &list->device[0];
    for (uint64_t seed = 1; seed <= n_draws(400); seed++) {
        char what[200];
        draw(&w, seed, 40, 200);
        describe(what, sizeof what, seed, &w.task);
        reopen(device, seed % 3 ? 0 : 64, seed % 5 ? 0 : 96);
        task_check c = {.task = &w.task};
        ck_assert_msg(!rqa__device_run_one(device, NULL, &w.task, NULL, task_check_tally, &c),
                      "%s: %s", what, rqa_last_error());
        ck_assert_msg(!c.wrong[0], "%s: %s", what, c.wrong);
        ck_assert_uint_eq(c.n_calls, w.task.n_thresholds);
    }
    rqa__device_list_destroy(list);
}
END_TEST

/* ---- longer: more tiles of a column than are looked at together ---- */

enum { LENGTHS = MOST_SAMPLES + 1 };

typedef struct counts {
    uint64_t points[BOUNDS], diagonal[BOUNDS][LENGTHS], vertical[BOUNDS][LENGTHS];
} counts;

static int take(void *user, uint32_t d, uint32_t t, const rqa__tally *tally)
{
    counts *c = user;
    (void)d;
    c->points[t] = tally->points;
    for (size_t k = 0; k < tally->diagonal.n_bins; k++)
        c->diagonal[t][tally->diagonal.bin[k].length] = tally->diagonal.bin[k].count;
    for (size_t k = 0; k < tally->vertical.n_bins; k++)
        c->vertical[t][tally->vertical.bin[k].length] = tally->vertical.bin[k].count;
    return 0;
}

/* On the device as on the CPU. */
static void compare(rqa__device *device, const rqa__task *task, const char *what)
{
    static counts expected, got;
    expected = got = (counts){{0}, {{0}}, {{0}}};
    ck_assert_int_eq(task_on_cpu(task, -1, take, &expected), RQA_OK);
    ck_assert_msg(!rqa__device_run_one(device, NULL, task, NULL, take, &got), "%s: %s", what,
                  rqa_last_error());
    for (uint32_t t = 0; t < task->n_thresholds; t++) {
        ck_assert_msg(got.points[t] == expected.points[t], "%s: points of threshold %u", what, t);
        for (size_t l = 1; l < LENGTHS; l++)
            ck_assert_msg(got.diagonal[t][l] == expected.diagonal[t][l] &&
                              got.vertical[t][l] == expected.vertical[t][l],
                          "%s: threshold %u, length %zu", what, t, l);
    }
}

START_TEST(test_long)
{
    static dwelling w;
    rqa__device_list *list = open_list();
    for (uint64_t seed = 1; seed <= n_draws(40) / 5; seed++) {
        char what[200];
        draw(&w, 5000 + seed, MOST_SAMPLES - 200, MOST_SAMPLES);
        describe(what, sizeof what, seed, &w.task);
        reopen(&list->device[0], seed % 2 ? 0 : 512, seed % 2 ? 4096 : 1120);
        compare(&list->device[0], &w.task, what);
    }
    rqa__device_list_destroy(list);
}
END_TEST

/* More short runs to a line than a lane keeps before it hands them on. */
START_TEST(test_short_runs)
{
    static dwelling w;
    static const double bounds[] = {0.05, 0.2, 0.4};
    rqa__device_list *list = open_list();
    w.dim[0] = 1;
    task_seed(11);
    fill(w.sample[0][0], MOST_SAMPLES, 4);
    w.channel[0][0] = w.sample[0][0];
    const rqa__side side = {w.channel[0], MOST_SAMPLES, 1, 1, w.dim};
    const rqa__task task = {.relation = _i ? RQA__RELATION_CROSS : RQA__RELATION_AUTO,
                            .norm = RQA__NORM_MAXIMUM,
                            .n_dims = 1,
                            .n_thresholds = 3,
                            .x = side,
                            .y = side,
                            .bounds = bounds,
                            .tallies = RQA__TALLY_DIAGONAL | RQA__TALLY_VERTICAL};
    reopen(&list->device[0], 0, 4096);
    compare(&list->device[0], &task, "noise");
    rqa__device_list_destroy(list);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("device boxes");
    TCase *t = tcase_create("boxes");
    tcase_add_test(t, test_brute);
    tcase_add_test(t, test_long);
    tcase_add_loop_test(t, test_short_runs, 0, 2);
    tcase_set_timeout(t, 600);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return support_run(suite());
}
