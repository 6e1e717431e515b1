/* test_engine_sweep.c - the sweep engine against brute force, on random tasks of every kind. */
#include "backend/engine_sweep.h"
#include "kernel_levels.h"
#include "rqa/status.h"

#include <check.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_N = 2600, MAX_DIMS = 5, MAX_CHANNELS = 3, MAX_THRESHOLDS = 600, MAX_LENGTH = 2 * MAX_N };

static uint64_t random_state;

static uint64_t next_random(void)
{
    random_state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = random_state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static size_t below(size_t n)
{
    return (size_t)(next_random() % n);
}

static double uniform(void)
{
    return (double)(next_random() >> 11) * 0x1p-53;
}

/* One random task and everything it points to. */
typedef struct draw {
    rqa__task task;
    double sample[2][MAX_CHANNELS][MAX_N];
    const double *channel[2][MAX_CHANNELS];
    uint32_t dims[2][MAX_DIMS];
    double bounds[2][MAX_DIMS * MAX_THRESHOLDS];
} draw;

/* Everything a tally holds, made dense. */
typedef struct dense {
    uint64_t points;
    uint64_t gap_sum;
    uint64_t hist[5][MAX_LENGTH + 1]; /* diagonal, vertical, inner, border, times */
    uint64_t offset[MAX_LENGTH + 1];
    size_t n_offsets;
} dense;

static void fill_series(draw *w, int side, size_t n, unsigned n_channels)
{
    const size_t kind = below(7);
    const double scale = below(20) == 0 ? 1e300 : below(20) == 0 ? 1e-310 : 1.0;
    for (unsigned c = 0; c < n_channels; c++) {
        double level = uniform();
        for (size_t t = 0; t < n; t++) {
            double value = uniform();
            if (kind == 1) { /* a smooth walk */
                level += 0.05 * (uniform() - 0.5);
                value = level;
            } else if (kind == 2) { /* ties on a decimal grid */
                value = (double)below(40) / 20.0;
            } else if (kind == 3) {
                level = below(8) == 0 ? uniform() : level;
                value = round((level + 0.02 * uniform()) * 1000.0) / 1000.0;
            } else if (kind == 4) {
                value = 0.5;
            } else if (kind == 5) {
                value = 0.5 + 0.5 * sin((double)t * 0.21);
            } else if (kind == 6) { /* outliers ruin float; near ties need better */
                value = below(60) == 0 ? 3000.0 * value
                                       : (double)below(40) / 20.0 + 1e-9 * (double)below(5);
            }
            w->sample[side][c][t] = value * scale;
        }
        w->channel[side][c] = w->sample[side][c];
    }
    if (below(4) == 0) {
        for (size_t k = 0; k < 1 + n / 20; k++) {
            const size_t t = below(n);
            for (unsigned c = 0; c < n_channels; c++) {
                w->sample[side][c][t] = NAN;
            }
            w->task.skips = 1;
        }
    }
}

static void fill_side(draw *w, int side, rqa__side *out, size_t n, unsigned n_channels)
{
    out->channel = w->channel[side];
    out->n_samples = n;
    out->n_channels = n_channels;
    out->delay = 1 + (uint32_t)below(below(2) ? 3 : 12);
    out->dims = w->dims[side];
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void fill_bounds(draw *w, int side)
{
    const rqa__task *task = &w->task;
    const size_t kind = below(4);
    const double first = uniform() * 0.3;
    const double step = kind == 0 ? 0.001 : uniform() * 0.05;
    const double scale = fabs(w->sample[side][0][0]) > 1e200
                             ? 1e300
                             : fabs(w->sample[side][0][0]) < 1e-300 ? 1e-310 : 1.0;
    for (uint32_t d = 0; d < task->n_dims; d++) {
        double *row = w->bounds[side] + (size_t)d * task->n_thresholds;
        for (uint32_t e = 0; e < task->n_thresholds; e++) {
            double value = first + step * e;
            if (kind == 1) {
                value = uniform() * uniform() * 2.0 - 0.05;
            } else if (kind == 2) {
                value = (double)below(40) / 20.0;
            }
            value *= scale;
            value = task->norm == RQA__NORM_EUCLIDEAN && value > 0.0 ? value * value : value;
            row[e] = value < DBL_MAX ? value : DBL_MAX;
        }
        qsort(row, task->n_thresholds, sizeof *row, compare_doubles);
    }
}

static void fill_dims(draw *w, int side, size_t n, uint32_t delay)
{
    uint32_t dim = 1 + (uint32_t)below(3);
    for (uint32_t d = 0; d < w->task.n_dims; d++) {
        w->dims[side][d] = dim;
        dim += 1 + (uint32_t)below(3);
    }
    (void)n;
    (void)delay;
}

static void make_draw(draw *w, uint64_t seed)
{
    rqa__task *task = &w->task;
    random_state = seed * UINT64_C(1000003);
    memset(w, 0, sizeof *w);
    /* A few draws are long enough for runs beyond the dense tables. */
    const int is_long = below(40) == 0;
    const size_t size = below(8) == 0 ? 700 : below(3) == 0 ? 300 : 70;
    size_t nx = is_long ? MAX_N - below(500) : 1 + below(size);
    size_t ny = is_long ? MAX_N - below(500) : 1 + below(size);
    const unsigned n_channels = 1 + (unsigned)below(MAX_CHANNELS);
    task->relation = (uint32_t)below(3);
    task->norm = (uint32_t)below(3);
    task->n_dims = 1 + (uint32_t)below(MAX_DIMS);
    task->n_thresholds = below(40) == 0   ? 255 + (uint32_t)below(300)
                         : below(10) == 0 ? 1 + (uint32_t)below(254)
                                          : 1 + (uint32_t)below(60);
    if (is_long) {
        task->n_dims = 1 + task->n_dims % 2;
        task->n_thresholds = 1 + (uint32_t)below(9);
    }
    task->tallies = (uint32_t)below(32);
    if ((task->tallies & RQA__TALLY_RECURRENCE_TIME) != 0) {
        task->tallies |= RQA__TALLY_VERTICAL;
    }
    for (int k = 0; k < 3; k++) {
        uint64_t *theiler = k == 0   ? &task->theiler_points
                            : k == 1 ? &task->theiler_diagonal
                                     : &task->theiler_vertical;
        *theiler = below(3) == 0 ? 0 : below(2) == 0 ? 1 : below(30);
    }
    if (below(2) == 0) {
        task->theiler_points = task->theiler_diagonal;
    }
    task->band_is_white = below(3) == 0;
    if (task->relation == RQA__RELATION_AUTO) {
        fill_series(w, 0, nx, n_channels);
        fill_side(w, 0, &task->x, nx, n_channels);
        fill_dims(w, 0, nx, task->x.delay);
        task->y = task->x;
        task->upper_only = below(4) == 0;
    } else if (task->relation == RQA__RELATION_CROSS) {
        fill_series(w, 0, nx, n_channels);
        fill_series(w, 1, ny, n_channels);
        fill_side(w, 0, &task->x, nx, n_channels);
        fill_side(w, 1, &task->y, ny, n_channels);
        fill_dims(w, 0, nx, task->x.delay);
        memcpy(w->dims[1], w->dims[0], sizeof w->dims[0]);
    } else {
        /* Equal vector counts at every dim: equal products of delay and dim - 1. */
        const uint32_t factor = 1 + (uint32_t)below(3);
        const uint32_t shift = (uint32_t)below(3);
        fill_side(w, 0, &task->x, nx, n_channels);
        fill_side(w, 1, &task->y, nx, 1 + (unsigned)below(MAX_CHANNELS));
        task->y.delay = task->x.delay * factor;
        fill_dims(w, 1, nx, task->y.delay);
        for (uint32_t d = 0; d < task->n_dims; d++) {
            w->dims[0][d] = (w->dims[1][d] - 1) * factor + 1 + shift;
        }
        nx += (size_t)shift * task->x.delay;
        nx = nx < MAX_N ? nx : MAX_N;
        ny = nx > (size_t)shift * task->x.delay ? nx - (size_t)shift * task->x.delay : 0;
        if (ny == 0) {
            ny = 1;
            nx = 1 + (size_t)shift * task->x.delay;
        }
        task->x.n_samples = nx;
        task->y.n_samples = ny;
        fill_series(w, 0, nx, task->x.n_channels);
        fill_series(w, 1, ny, task->y.n_channels);
    }
    fill_bounds(w, 0);
    task->bounds = w->bounds[0];
    if (task->relation == RQA__RELATION_JOINT) {
        fill_bounds(w, 1);
        task->bounds_y = w->bounds[1];
    }
}

static double distance(const rqa__task *task, const rqa__side *x, const rqa__side *y, uint32_t d,
                       size_t i, size_t j)
{
    double value = 0.0;
    for (uint32_t k = 0; k < x->dims[d]; k++) {
        for (uint32_t c = 0; c < x->n_channels; c++) {
            const double a = x->channel[c][i + (size_t)k * x->delay];
            const double b = y->channel[c][j + (size_t)k * y->delay];
            const double difference = a - b;
            if (isnan(a) || isnan(b)) {
                return NAN;
            }
            if (task->norm == RQA__NORM_MAXIMUM) {
                value = fabs(difference) > value ? fabs(difference) : value;
            } else if (task->norm == RQA__NORM_EUCLIDEAN) {
                value += difference * difference;
            } else {
                value += fabs(difference);
            }
        }
    }
    return value;
}

/* The matrix: values of x (and y for joint), once per dim. */
static double value_x[MAX_N][MAX_N];
static double value_y[MAX_N][MAX_N];
static uint8_t black[MAX_N][MAX_N];

static void brute_values(const rqa__task *task, uint32_t d, size_t nx, size_t ny)
{
    const int joint = task->relation == RQA__RELATION_JOINT;
    for (size_t i = 0; i < nx; i++) {
        for (size_t j = 0; j < ny; j++) {
            value_x[i][j] = distance(task, &task->x, joint ? &task->x : &task->y, d, i, j);
            if (joint) {
                value_y[i][j] = distance(task, &task->y, &task->y, d, i, j);
            }
        }
    }
}

static size_t apart(size_t i, size_t j)
{
    return i > j ? i - j : j - i;
}

/* Whether a vector is in what is analysed: -1 is what lines, white runs and times are cut by. */
static int absent(const rqa__side *side, uint32_t d, size_t i)
{
    for (uint32_t k = 0; k < side->dims[d]; k++) {
        if (isnan(side->channel[0][i + (size_t)k * side->delay])) {
            return 1;
        }
    }
    return 0;
}

static void brute_columns(const rqa__task *task, uint32_t d, size_t nx, size_t ny, dense *out)
{
    const int joint = task->relation == RQA__RELATION_JOINT;
    static int cell[MAX_N];
    for (size_t i = 0; i < nx; i++) {
        const size_t begin = task->upper_only ? i : 0;
        for (size_t j = begin; j < ny; j++) {
            const int gone = absent(&task->x, d, i) || absent(&task->y, d, j) ||
                             (joint && (absent(&task->x, d, j) || absent(&task->y, d, i)));
            const int in_band = apart(i, j) < task->theiler_vertical;
            cell[j] = gone || (in_band && !task->band_is_white) ? -1 : in_band ? 0 : black[i][j];
        }
        size_t start = SIZE_MAX;
        size_t last = 0;
        for (size_t j = begin, stop; j < ny; j = stop) {
            for (stop = j; stop < ny && cell[stop] == cell[j];) {
                stop++;
            }
            if (cell[j] == 1) {
                out->hist[1][stop - j]++;
                if (start != SIZE_MAX) {
                    out->hist[4][j - start]++;
                    out->gap_sum += j - last;
                }
                start = j;
                last = stop - 1;
            } else if (cell[j] == 0) {
                out->hist[j == begin || stop == ny ? 3 : 2][stop - j]++;
            } else {
                start = SIZE_MAX;
            }
        }
    }
}

static void brute(const rqa__task *task, uint32_t d, uint32_t e, size_t nx, size_t ny, dense *out)
{
    const double bound = task->bounds[(size_t)d * task->n_thresholds + e];
    const int joint = task->relation == RQA__RELATION_JOINT;
    const int is_auto = task->relation == RQA__RELATION_AUTO;
    const size_t side = nx < ny ? nx : ny;
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < nx; i++) {
        for (size_t j = 0; j < ny; j++) {
            black[i][j] = value_x[i][j] <= bound;
            if (joint) {
                black[i][j] &= value_y[i][j] <= task->bounds_y[(size_t)d * task->n_thresholds + e];
            }
            if (apart(i, j) >= task->theiler_points && (!task->upper_only || j >= i)) {
                out->points += black[i][j];
            }
            if (!is_auto && i < side && j < side) {
                out->offset[side - 1 + j - i] += black[i][j];
            } else if (is_auto && j >= i) {
                out->offset[j - i] += black[i][j];
            }
        }
    }
    out->n_offsets = is_auto || side == 0 ? side : 2 * side - 1;
    for (size_t k = 0; nx > 0 && ny > 0 && k < nx + ny - 1; k++) {
        size_t i = k < nx - 1 ? nx - 1 - k : 0;
        size_t j = k < nx - 1 ? 0 : k - (nx - 1);
        if (apart(i, j) < task->theiler_diagonal || (task->upper_only && i > j)) {
            continue;
        }
        size_t length = 0;
        for (; i <= nx && j <= ny; i++, j++) {
            if (i < nx && j < ny && black[i][j] != 0) {
                length++;
            } else {
                out->hist[0][length] += length > 0;
                length = 0;
            }
        }
    }
    brute_columns(task, d, nx, ny, out);
}

/* What the sink checks against. */
typedef struct expectation {
    const draw *w;
    uint64_t seed;
    size_t n_calls;
    size_t n_wrong;
    size_t values_for; /* dim whose values are in the matrix */
} expectation;

static dense brute_result;

static size_t compare_spectrum(const rqa__spectrum *spectrum, const uint64_t *hist, int wanted)
{
    size_t n_classes = 0;
    if (!wanted) {
        return spectrum->n_bins != 0;
    }
    for (size_t length = 0; length <= MAX_LENGTH; length++) {
        n_classes += hist[length] != 0;
    }
    if (n_classes != spectrum->n_bins) {
        return 1;
    }
    for (size_t k = 0; k < spectrum->n_bins; k++) {
        const rqa__bin *bin = &spectrum->bin[k];
        if (bin->length > MAX_LENGTH || bin->count == 0 || hist[bin->length] != bin->count ||
            (k > 0 && spectrum->bin[k - 1].length >= bin->length)) {
            return 1;
        }
    }
    return 0;
}

static int check_tally(void *user, uint32_t d, uint32_t e, const rqa__tally *tally)
{
    expectation *expected = user;
    const rqa__task *task = &expected->w->task;
    const size_t nx = rqa__side_vectors(&task->x, d);
    const size_t ny = rqa__side_vectors(&task->y, d);
    const uint32_t flags = task->tallies;
    size_t wrong = 0;
    wrong += expected->n_calls++ != (size_t)d * task->n_thresholds + e;
    if (expected->values_for != d) {
        brute_values(task, d, nx, ny);
        expected->values_for = d;
    }
    if (task->n_thresholds > 60 && below(8) != 0) {
        return 0; /* many thresholds: a sample of them */
    }
    brute(task, d, e, nx, ny, &brute_result);
    wrong += tally->points != brute_result.points;
    wrong += compare_spectrum(&tally->diagonal, brute_result.hist[0], flags & RQA__TALLY_DIAGONAL);
    wrong += compare_spectrum(&tally->vertical, brute_result.hist[1], flags & RQA__TALLY_VERTICAL);
    wrong += compare_spectrum(&tally->white_inner, brute_result.hist[2], flags & RQA__TALLY_WHITE);
    wrong += compare_spectrum(&tally->white_border, brute_result.hist[3], flags & RQA__TALLY_WHITE);
    wrong += compare_spectrum(&tally->recurrence_time, brute_result.hist[4],
                              flags & RQA__TALLY_RECURRENCE_TIME);
    if ((flags & RQA__TALLY_RECURRENCE_TIME) != 0) {
        wrong += tally->gap_sum != brute_result.gap_sum;
    }
    if ((flags & RQA__TALLY_OFFSETS) != 0) {
        wrong += tally->n_offsets != brute_result.n_offsets;
        for (size_t k = 0; k < tally->n_offsets; k++) {
            wrong += tally->offset_points[k] != brute_result.offset[k];
        }
    }
    if (wrong != 0 && expected->n_wrong == 0) {
        fprintf(stderr,
                "seed %llu dim #%u threshold #%u of %u: relation %u norm %u tallies %u upper %u "
                "theiler %llu %llu %llu n %zu %zu points %llu, should be %llu\n",
                (unsigned long long)expected->seed, d, e, task->n_thresholds, task->relation,
                task->norm, flags, task->upper_only, (unsigned long long)task->theiler_points,
                (unsigned long long)task->theiler_diagonal,
                (unsigned long long)task->theiler_vertical, nx, ny,
                (unsigned long long)tally->points, (unsigned long long)brute_result.points);
    }
    expected->n_wrong += wrong;
    return 0;
}

/* Workers in turn: the band arithmetic is what is tested here, not the threads. */
static int run_in_turn(void *pool, size_t n_jobs,
                       int (*job)(void *arg, size_t job_index, unsigned worker), void *arg)
{
    const unsigned n_workers = *(const unsigned *)pool;
    for (size_t k = 0; k < n_jobs; k++) {
        const int status = job(arg, k, (unsigned)(k % n_workers));
        if (status != 0) {
            return status;
        }
    }
    return 0;
}

static size_t check_draws(const rqa__sweep_kernels *kernels, uint64_t first, uint64_t n_draws)
{
    static draw w;
    rqa__sweep_workspace *ws = rqa__sweep_workspace_create();
    size_t n_wrong = 0;
    for (uint64_t seed = first; seed < first + n_draws; seed++) {
        unsigned n_workers = 1 + (unsigned)(seed % 3);
        const rqa__parallel parallel = {n_workers, run_in_turn, &n_workers};
        expectation expected = {&w, seed, 0, 0, SIZE_MAX};
        make_draw(&w, seed);
        const int status = rqa__engine_sweep_run(&w.task, kernels, ws,
                                                 n_workers > 1 ? &parallel : NULL, NULL,
                                                 check_tally, &expected);
        n_wrong += expected.n_wrong + (status != 0);
        n_wrong += expected.n_calls != (size_t)w.task.n_dims * w.task.n_thresholds;
    }
    rqa__sweep_workspace_destroy(ws);
    return n_wrong;
}

static uint64_t n_draws_wanted(void)
{
    const char *text = getenv("RQA_TEST_DRAWS");
    return text != NULL ? strtoull(text, NULL, 10) : 150;
}

static uint64_t first_draw(void)
{
    const char *text = getenv("RQA_TEST_FIRST");
    return text != NULL ? strtoull(text, NULL, 10) : 1;
}

START_TEST(levels_equal_brute_force)
{
    const rqa__sweep_kernels *kernels = kernel_level_at(_i).sweep;
    if (kernels != NULL) {
        ck_assert_uint_eq(check_draws(kernels, first_draw(), n_draws_wanted()), 0);
    }
}
END_TEST

/* A period that slowly changes: diagonals longer than the dense tables, which break at different
 * places for different thresholds. */
static void make_long_draw(draw *w)
{
    rqa__task *task = &w->task;
    memset(w, 0, sizeof *w);
    for (size_t t = 0; t < MAX_N; t++) {
        w->sample[0][0][t] = (1.0 + 2e-5 * (double)t) * sin((double)t * (2.0 * 3.14159265 / 40.0));
    }
    w->sample[0][0][MAX_N - 200] += 0.002;
    w->channel[0][0] = w->sample[0][0];
    w->dims[0][0] = 1;
    w->dims[0][1] = 2;
    task->relation = RQA__RELATION_AUTO;
    task->norm = RQA__NORM_MAXIMUM;
    task->n_dims = 2;
    task->n_thresholds = 6;
    task->x = (rqa__side){w->channel[0], MAX_N, 1, 3, w->dims[0]};
    task->y = task->x;
    for (uint32_t e = 0; e < 12; e++) {
        w->bounds[0][e] = 0.0008 * (1 + e % 6);
    }
    task->bounds = w->bounds[0];
    task->theiler_diagonal = 1;
    task->tallies = RQA__TALLY_DIAGONAL | RQA__TALLY_VERTICAL | RQA__TALLY_WHITE;
}

START_TEST(long_runs_equal_brute_force)
{
    static draw w;
    const rqa__sweep_kernels *kernels = kernel_level_at(_i).sweep;
    if (kernels == NULL) {
        return;
    }
    make_long_draw(&w);
    rqa__sweep_workspace *ws = rqa__sweep_workspace_create();
    expectation expected = {&w, 0, 0, 0, SIZE_MAX};
    ck_assert_int_eq(
        rqa__engine_sweep_run(&w.task, kernels, ws, NULL, NULL, check_tally, &expected), 0);
    ck_assert_uint_eq(expected.n_wrong, 0);
    rqa__sweep_workspace_destroy(ws);
}
END_TEST

static int stop_after_three(void *user, uint32_t d, uint32_t e, const rqa__tally *tally)
{
    size_t *n_calls = user;
    (void)d;
    (void)e;
    (void)tally;
    return ++*n_calls == 3 ? 7 : 0;
}

START_TEST(sink_stops_and_cancel_leaves_a_clean_workspace)
{
    static draw w;
    rqa__sweep_workspace *ws = rqa__sweep_workspace_create();
    const atomic_int cancelled = 1;
    uint64_t seed = 5;
    size_t n_calls = 0;
    do {
        make_draw(&w, seed++);
    } while (w.task.n_dims * w.task.n_thresholds < 20 || w.task.x.n_samples < 200);
    ck_assert_int_eq(rqa__engine_sweep_run(&w.task, &rqa__sweep_ref, ws, NULL, NULL,
                                           stop_after_three, &n_calls),
                     7);
    ck_assert_uint_eq(n_calls, 3);
    ck_assert_int_eq(rqa__engine_sweep_run(&w.task, &rqa__sweep_ref, ws, NULL, &cancelled,
                                           stop_after_three, &n_calls),
                     RQA_ERROR_CANCELLED);
    expectation expected = {&w, seed, 0, 0, SIZE_MAX};
    ck_assert_int_eq(
        rqa__engine_sweep_run(&w.task, &rqa__sweep_ref, ws, NULL, NULL, check_tally, &expected), 0);
    ck_assert_uint_eq(expected.n_wrong, 0);
    rqa__sweep_workspace_destroy(ws);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine_sweep");
    TCase *tcase = tcase_create("all");
    tcase_set_timeout(tcase, 300);
    tcase_add_loop_test(tcase, levels_equal_brute_force, 0, KERNEL_LEVELS);
    tcase_add_loop_test(tcase, long_runs_equal_brute_force, 0, KERNEL_LEVELS);
    tcase_add_test(tcase, sink_stops_and_cancel_leaves_a_clean_workspace);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
