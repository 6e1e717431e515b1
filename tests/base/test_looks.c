/* test_looks.c - long work looks often enough whether it is to stop, counted in operations, and may be
 * stopped at every look.
 *
 * The linker puts __wrap_rqa__is_cancelled() between the library and the flag, and kernels are
 * wrapped to count what they are asked to do. */
#include <float.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/column_bounds.h"
#include "backend/cpu_run.h"
#include "backend/diameter.h"
#include "backend/engine_bits.h"
#include "backend/engine_sweep.h"
#include "backend/matrix_fill.h"
#include "backend/part_run.h"
#include "backend/plot_counts.h"
#include "base/look.h"
#include "base/pool.h"
#include "base/thread.h"
#include "cpu/eroded_table.h"
#include "explore/autocorrelation.h"
#include "explore/false_neighbours.h"
#include "explore/mutual_information.h"
#include "kernel_levels.h"
#include "lines/part.h"
#include "rqa/status.h"
#include "support.h"
#include "task_draws.h"

/* ---- looks ---- */

static atomic_uint_least64_t n_looks, cancel_at; /* the look that is told yes, as are all later; 0: none */
static uint64_t n_operations, most_operations;   /* since the last look; on one thread */
static unsigned n_late;                          /* tallies handed out after a yes */

int __wrap_rqa__is_cancelled(const atomic_int *flag);

int __wrap_rqa__is_cancelled(const atomic_int *flag)
{
    (void)flag;
    uint64_t n = atomic_fetch_add(&n_looks, 1) + 1, at = atomic_load(&cancel_at);
    most_operations = n_operations > most_operations ? n_operations : most_operations;
    n_operations = 0;
    return at != 0 && n >= at;
}

static void expect(uint64_t cancel_at_look)
{
    atomic_store(&n_looks, 0);
    atomic_store(&cancel_at, cancel_at_look);
    n_operations = most_operations = 0;
    n_late = 0;
}

static void work(uint64_t n)
{
    n_operations += n;
}

/* ---- kernels that count ---- */

static const rqa__bits_kernels *bits;
static const rqa__sweep_kernels *sweep;
static uint64_t n_terms; /* of a distance */

static void rank_row(uint64_t *out, const uint16_t *rank, size_t n_words, uint16_t lo, uint16_t width,
                     int accumulate)
{
    work(64 * n_words);
    bits->rank_row(out, rank, n_words, lo, width, accumulate);
}

static void square_row(uint16_t *out, const int16_t *q, size_t n_words, int16_t centre, int accumulate,
                       int missing)
{
    work(64 * n_words);
    bits->square_row(out, q, n_words, centre, accumulate, missing);
}

static void small_square_row(uint16_t *out, const int16_t *q, size_t n_words, int16_t centre,
                             int accumulate, int missing)
{
    work(64 * n_words);
    bits->small_square_row(out, q, n_words, centre, accumulate, missing);
}

static void absolute_row(uint16_t *out, const int16_t *q, size_t n_words, int16_t centre,
                         int accumulate, int missing)
{
    work(64 * n_words);
    bits->absolute_row(out, q, n_words, centre, accumulate, missing);
}

static uint64_t sum_test(uint64_t *sure, uint64_t *maybe, const uint16_t *const *rows, size_t n_rows,
                         size_t n_words, int32_t lo, int32_t hi)
{
    uint64_t open = bits->sum_test(sure, maybe, rows, n_rows, n_words, lo, hi);
    work(64 * n_words * n_rows);
    for (uint64_t words = open; words; words &= words - 1) /* to be decided in double */
        work(n_terms * (uint64_t)__builtin_popcountll(maybe[__builtin_ctzll(words)]));
    return open;
}

static void and_rows(uint64_t *out, const uint64_t *const *rows, size_t n_rows, size_t n_words)
{
    work(n_rows * n_words);
    bits->and_rows(out, rows, n_rows, n_words);
}

static uint64_t count_bits(const uint64_t *words, size_t n_words)
{
    work(n_words);
    return bits->count(words, n_words);
}

static void lines(const rqa__bits_block *block)
{
    work(64 * block->n_words * block->n_rows);
    bits->lines(block);
}

static void lines_full(const rqa__bits_block *block)
{
    work(64 * block->n_words * block->n_rows);
    bits->lines_full(block);
}

static void transpose(uint64_t *block)
{
    work(64);
    bits->transpose(block);
}

/* Some three operations a word and level. */
static void erode_diagonal(const rqa__eroded_block *block)
{
    work(3 * block->n_levels * block->n_words * block->n_rows);
    bits->eroded->diagonal(block);
}

static void erode_column(const rqa__eroded_block *block)
{
    work(3 * block->n_levels * block->n_words * block->n_rows);
    bits->eroded->column(block);
}

static void erode_row(const rqa__eroded_block *block)
{
    work(3 * block->n_levels * block->n_words * block->n_rows);
    bits->eroded->row(block);
}

static const rqa__eroded_kernels counting_eroded = {erode_diagonal, erode_column, erode_row, 2, 3, 0};

static const rqa__bits_kernels counting_bits = {
    rank_row, NULL,  square_row, absolute_row,     sum_test, and_rows,
    count_bits, lines, lines_full, small_square_row, transpose, NULL, &counting_eroded};

static void index_cells(const rqa__sweep_space *s, const rqa__sweep_line *line)
{
    work(line->n_valid[0] * s->dims[s->n_dims - 1] * s->n_channels);
    for (uint32_t d = 0; d < s->n_dims; d++)
        work(line->n_valid[d]);
    sweep->index(s, line);
}

static void runs(const uint8_t *line, size_t n, unsigned n_thresholds, rqa__sweep_counter *black)
{
    work(n);
    sweep->runs(line, n, n_thresholds, black);
}

static void runs_white(const uint8_t *line, size_t n, unsigned n_thresholds, unsigned borders,
                       rqa__sweep_counter *black, rqa__sweep_counter *inner,
                       rqa__sweep_counter *border)
{
    work(2 * n);
    sweep->runs_white(line, n, n_thresholds, borders, black, inner, border);
}

static size_t events(uint8_t *line, size_t n, unsigned n_thresholds, unsigned borders, int white,
                     uint32_t *event)
{
    work(n);
    return sweep->events(line, n, n_thresholds, borders, white, event);
}

static void close_black(const uint32_t *event, size_t n, unsigned n_thresholds,
                        rqa__sweep_counter *black, void *room)
{
    work(n);
    sweep->close(event, n, n_thresholds, black, room);
}

static void close_white(const uint32_t *event, size_t n, unsigned n_thresholds,
                        rqa__sweep_counter *inner, rqa__sweep_counter *border, void *room)
{
    work(n);
    sweep->close_white(event, n, n_thresholds, inner, border, room);
}

/* As many thresholds as a change passes. */
static void times(const uint8_t *line, size_t n, unsigned n_thresholds, uint64_t first,
                  rqa__sweep_times *state, rqa__sweep_counter *starts)
{
    for (size_t t = 1; t < n; t++)
        work((uint64_t)abs(line[t] - line[t - 1]));
    sweep->times(line, n, n_thresholds, first, state, starts);
}

static void count_cells(const uint8_t *line, size_t n, uint64_t *count)
{
    work(n);
    sweep->count(line, n, count);
}

static rqa__bits_kernels bits_at(int level)
{
    rqa__bits_kernels k = counting_bits;
    bits = kernel_level_at(level).bits;
    k.rank_bounds = bits->rank_bounds;
    return k;
}

static rqa__sweep_kernels sweep_at(int level)
{
    sweep = kernel_level_at(level).sweep;
    rqa__sweep_kernels k = *sweep;
    k.index = index_cells;
    k.runs = sweep->runs ? runs : NULL;
    k.runs_white = sweep->runs_white ? runs_white : NULL;
    k.events = sweep->events ? events : NULL;
    k.close = close_black;
    k.close_white = close_white;
    k.times = sweep->times ? times : NULL;
    k.count = sweep->count ? count_cells : NULL;
    return k;
}

/* ---- tasks ---- */

enum { WIDE = 40, MOST_N = 20000 };

static double samples[WIDE][MOST_N];
static const double *channels[WIDE];

/* Sums of sines; white noise in the end: lines of all lengths. */
static void setup(void)
{
    rng r = {9};
    for (int c = 0; c < WIDE; c++) {
        channels[c] = samples[c];
        for (int t = 0; t < MOST_N; t++)
            samples[c][t] = sin(.05 * t + c) + (t % 1000 > 700 ? 1 : .02) * rng_uniform(&r);
    }
}

static rqa__task task_of(uint32_t norm, size_t n, uint32_t n_channels, const uint32_t *dims,
                         uint32_t n_dims, const double *bounds, uint32_t n_thresholds)
{
    rqa__side side = {channels, n, n_channels, 1, dims};
    n_terms = (uint64_t)dims[n_dims - 1] * n_channels;
    return (rqa__task){.norm = norm,
                       .n_dims = n_dims,
                       .n_thresholds = n_thresholds,
                       .x = side,
                       .y = side,
                       .bounds = bounds,
                       .tallies = RQA__TALLY_DIAGONAL | RQA__TALLY_VERTICAL | RQA__TALLY_WHITE |
                                  RQA__TALLY_RECURRENCE_TIME};
}

/* A sum over everything that is told, in the order it is told. */
typedef struct digest {
    uint64_t sum, n_tallies;
} digest;

static void add(digest *d, uint64_t n)
{
    d->sum = (d->sum ^ n) * UINT64_C(0x9e3779b97f4a7c15);
    d->sum ^= d->sum >> 29;
}

static int take_digest(void *user, uint32_t dim, uint32_t threshold, const rqa__tally *t)
{
    const rqa__spectrum *s[] = {&t->diagonal, &t->vertical, &t->white_inner, &t->white_border,
                                &t->recurrence_time};
    digest *d = user;
    uint64_t at = atomic_load(&cancel_at);
    n_late += at != 0 && atomic_load(&n_looks) >= at;
    d->n_tallies++;
    add(d, dim);
    add(d, threshold);
    add(d, t->points);
    add(d, t->gap_sum);
    for (int k = 0; k < 5; k++)
        for (size_t b = 0; b < s[k]->n_bins; b++) {
            add(d, s[k]->bin[b].length);
            add(d, s[k]->bin[b].count);
        }
    return 0;
}

/* A step that is not cut, of as many, comes on top. */
static void expect_looks(const char *what)
{
    uint64_t limit = 2 * RQA__LOOK_OPERATIONS + RQA__LOOK_OPERATIONS / 8;
    ck_assert_msg(most_operations > 0, "%s: nothing was counted", what);
    ck_assert_msg(most_operations <= limit, "%s: %llu operations between two looks", what,
                  (unsigned long long)most_operations);
}

/* ---- how often ---- */

static digest bits_digest(int level, const rqa__task *task)
{
    digest d = {0};
    const rqa__bits_kernels k = bits_at(level);
    expect(0);
    ck_assert_int_eq(rqa__engine_bits_run(task, &k, NULL, NULL, take_digest, &d), 0);
    return d;
}

static digest sweep_digest(int level, const rqa__task *task)
{
    digest d = {0};
    const rqa__sweep_kernels k = sweep_at(level);
    rqa__sweep_workspace *ws = rqa__sweep_workspace_create();
    expect(0);
    ck_assert_int_eq(rqa__engine_sweep_run(task, &k, ws, NULL, NULL, take_digest, &d), 0);
    rqa__sweep_workspace_destroy(ws);
    return d;
}

/* The higher the dimension, the more a block of pairs takes: from ranks, from sums by a filter, and
 * from sums in double, where the filter leaves all open. */
START_TEST(bit_rows)
{
    static const uint32_t dims[] = {4, 60, 300};
    char what[80];
    for (int d = 0; d < 3 && kernel_level_at(_i).name; d++)
        for (uint32_t norm = 0; norm < 3; norm++) {
            double bound = .3;
            rqa__task t = task_of(norm, 750, d == 1 ? 1 : 3, &dims[d], 1, &bound, 1);
            bits_digest(_i, &t);
            snprintf(what, sizeof what, "bit rows, dim %u, norm %u", dims[d], norm);
            expect_looks(what);
            if (d != 1)
                continue;
            t.relation = RQA__RELATION_CROSS; /* with delays that differ no row serves twice */
            t.y.delay = 2;
            bits_digest(_i, &t);
            expect_looks(what);
        }
    for (int d = 0; d < 2 && kernel_level_at(_i).name; d++) {
        double nothing = 1e-300;
        rqa__task t = task_of(RQA__NORM_MANHATTAN, 600, 15, &dims[d], 1, &nothing, 1);
        bits_digest(_i, &t);
        expect_looks("bit rows, all in double");
    }
}
END_TEST

/* Lines of more operations than may go between two looks; what is cut there is what is not. */
START_TEST(threshold_indices)
{
    static const uint32_t dims[] = {1, 7, 30};
    static const double widest[] = {1.5, 900, 900}; /* some pairs recur at every dim */
    double bounds[3 * 4];
    for (uint32_t k = 0; k < (_i == 1 ? 7 : _i == 0 ? 3 : 6) && kernel_level_at(_i).sweep; k++) {
        const uint32_t norm = k % 3;
        for (int b = 0; b < 3 * 4; b++)
            bounds[b] = widest[norm] * (.1 + .3 * (b % 4)) * dims[b / 4] / dims[2];
        rqa__task t = task_of(norm, k < 6 ? 3000 : 950, WIDE, dims, 3, bounds, 4);
        if (k < 6) { /* few columns of many cells, and the same lying */
            t.relation = RQA__RELATION_CROSS;
            *(k < 3 ? &t.x.n_samples : &t.y.n_samples) = 40;
        }
        digest d = sweep_digest(_i, &t);
        expect_looks("threshold indices");
        digest other = bits_digest(kernel_level_at(1).name ? 1 : 0, &t);
        ck_assert_uint_eq(d.n_tallies, other.n_tallies);
        ck_assert_uint_eq(d.sum, other.sum);
    }
}
END_TEST

/* Many thresholds: recurrence times, and handing out. */
START_TEST(many_thresholds)
{
    static const uint32_t dim = 2;
    enum { N = 15000, N_THRESHOLDS = 250 };
    double bounds[N_THRESHOLDS];
    for (int k = 0; k < N_THRESHOLDS; k++)
        bounds[k] = .002 * k;
    if (!kernel_level_at(_i).sweep)
        return;
    rqa__task t = task_of(RQA__NORM_MAXIMUM, N, 1, &dim, 1, bounds, N_THRESHOLDS);
    t.relation = RQA__RELATION_CROSS;
    t.x.n_samples = 12;
    digest d = sweep_digest(_i, &t);
    expect_looks("many thresholds");
    /* One for each tally on top. */
    ck_assert_uint_gt(atomic_load(&n_looks), N_THRESHOLDS);
    digest other = bits_digest(_i, &t);
    ck_assert_uint_eq(d.sum, other.sum);
}
END_TEST

/* Few rows, each of much work. */
/* The curves of a suggestion: a look for each lag and each block of vectors at least, and an end at
 * every one of them. */
static int explore(const rqa__explore_crew *crew, const double *x, size_t n, int part)
{
    enum { N_LAGS = 5, N_DIMS = 3 };
    double curve[N_LAGS];
    rqa__neighbour_answer answer[N_DIMS];
    const rqa__neighbour_question question = {&x, 1, n, 2, 1, 1, 10, 2};
    uint32_t n_filled;
    if (part == 0)
        return rqa__autocorrelation(crew, x, n, N_LAGS - 1, curve);
    if (part == 1)
        return rqa__mutual_information(crew, x, n, 16, N_LAGS - 1, curve, &n_filled);
    return part == 2 ? rqa__mutual_information_ksg(crew, x, n, 3, N_LAGS - 1, curve)
                     : rqa__neighbour_counts(crew, &question, N_DIMS, answer);
}

START_TEST(suggestions)
{
    enum { N_FEW = 1500, N_MANY = 1200000 };
    static double x[N_MANY];
    static const uint64_t least[] = {5, 5, 5, 9};
    rqa__explore_crew crew = {.kernels = &rqa__distance_ref};
    rng r = {77};
    for (size_t i = 0; i < N_MANY; i++)
        x[i] = rng_gauss(&r);
    ck_assert_int_eq(rqa__pool_create(&crew.pool, 1), 0);
    for (int part = 0; part < 4; part++) {
        expect(0);
        ck_assert_int_eq(explore(&crew, x, N_FEW, part), 0);
        const uint64_t all = atomic_load(&n_looks);
        ck_assert_uint_ge(all, least[part]);
        for (uint64_t at = 1; at <= all; at++) {
            expect(at);
            ck_assert_int_eq(explore(&crew, x, N_FEW, part), RQA_ERROR_CANCELLED);
        }
    }
    /* Of a long recording several for a lag. */
    for (int part = 0; part < 2; part++) {
        expect(0);
        ck_assert_int_eq(explore(&crew, x, N_MANY, part), 0);
        ck_assert_uint_ge(atomic_load(&n_looks), 5 * (N_MANY / RQA__LOOK_OPERATIONS + 1));
    }
    rqa__pool_destroy(crew.pool);
}
END_TEST

START_TEST(diameters_and_matrices)
{
    static const uint32_t dim = 300;
    enum { N_COLUMNS = 4000, N_ROWS = 5 };
    double bound = .1, largest[2], mean[2];
    static uint64_t words[N_COLUMNS * ((N_COLUMNS + 63) / 64)];
    rqa__task t = task_of(RQA__NORM_EUCLIDEAN, N_COLUMNS + dim - 1, 2, &dim, 1, &bound, 1);
    rqa__side few = t.x;
    few.n_samples = N_ROWS + dim - 1;
    uint64_t least = (uint64_t)N_ROWS * N_COLUMNS * dim * 2 / RQA__LOOK_OPERATIONS;
    expect(0);
    const rqa__vector_pairs wide = {&few, &t.y, 0, t.norm, 0, &rqa__distance_ref};
    const rqa__vector_pairs high = {&t.y, &few, 0, t.norm, 0, &rqa__distance_ref};
    ck_assert_int_eq(rqa__diameter_mean(&wide, NULL, NULL, mean), 0);
    ck_assert_uint_ge(atomic_load(&n_looks), least);
    ck_assert_int_eq(rqa__diameter_mean(&high, NULL, NULL, mean + 1), 0);
    ck_near(mean[0], mean[1], 1e-9 * mean[1]);
    ck_assert_int_eq(rqa__diameter_largest(&wide, NULL, NULL, largest), 0);
    ck_assert_int_eq(rqa__diameter_largest(&high, NULL, NULL, largest + 1), 0);
    ck_assert(largest[0] == largest[1]);
    t.relation = RQA__RELATION_CROSS;
    t.y = few;
    for (int level = 0; level < KERNEL_LEVELS && kernel_level_at(level).name; level++)
        for (uint32_t norm = 0; norm < 3; norm++) {
            const rqa__bits_kernels k = bits_at(level);
            t.norm = norm;
            expect(0);
            ck_assert_int_eq(rqa__matrix_fill(&t, &k, words, (N_COLUMNS + 63) / 64, NULL, NULL), 0);
            expect_looks("a matrix of few rows");
        }
    t = task_of(RQA__NORM_EUCLIDEAN, N_COLUMNS + dim - 1, 2, &dim, 1, &bound, 1);
    const rqa__bits_kernels k = bits_at(0);
    expect(0);
    ck_assert_int_eq(rqa__matrix_fill(&t, &k, words, (N_COLUMNS + 63) / 64, NULL, NULL), 0);
    expect_looks("a matrix");
    rqa__block_counts counts;
    ck_assert_int_eq(rqa__block_counts_create(&counts, N_COLUMNS, N_COLUMNS, 40), 0);
    expect(0);
    ck_assert_int_eq(rqa__plot_counts(&counts, &t, &k, NULL, NULL), 0);
    expect_looks("a plot");
    rqa__block_counts_release(&counts);
}
END_TEST

/* Thresholds that are found from distances. */
START_TEST(found_thresholds)
{
    enum { N = 320 };
    const uint32_t dim = 1000;
    const double bound = 1;
    static double columns[N];
    rqa__task t = task_of(RQA__NORM_EUCLIDEAN, N + dim - 1, 2, &dim, 1, &bound, 1);
    for (uint32_t norm = 0; norm < 3; norm++) {
        const rqa__bits_kernels k = bits_at(0);
        const rqa__ranked_cells cells = {.x = &t.x,
                                         .y = &t.x,
                                         .norm = norm,
                                         .is_auto = 1,
                                         .theiler = 1,
                                         .bits = &k,
                                         .distances = &rqa__distance_ref};
        const rqa__column_bounds out = {.bound = columns};
        rqa__ranked_distance found;
        expect(0);
        ck_assert_int_eq(rqa__distance_rank(&cells, N * N / 20, NULL, NULL, &found), 0);
        expect_looks("a recurrence rate");
        expect(0);
        ck_assert_int_eq(rqa__column_bounds_find(&cells, &(uint64_t){40}, 1, NULL, NULL, &out), 0);
        expect_looks("neighbours");
    }
}
END_TEST

/* ---- at every look ---- */

typedef struct engines {
    random_task draw;
    rqa__sweep_workspace *ws;
    rqa__part_engine *part;
    rqa__pool *pool;
    task_check check;
} engines;

static int take_checked(void *user, uint32_t d, uint32_t t, const rqa__tally *tally)
{
    uint64_t at = atomic_load(&cancel_at);
    n_late += at != 0 && atomic_load(&n_looks) >= at;
    return task_check_tally(user, d, t, tally);
}

static int take_part(void *user, uint32_t d, uint32_t t, const rqa__tally *tally)
{
    (void)user, (void)d, (void)t, (void)tally;
    return 0;
}

static int run_bits(engines *e)
{
    return rqa__engine_bits_run(&e->draw.task, kernel_level_at(1).name ? kernel_level_at(1).bits
                                                                      : &rqa__bits_ref,
                                NULL, NULL, take_checked, &e->check);
}

static int run_sweep(engines *e)
{
    const rqa__sweep_kernels *k = kernel_level_at(1).name ? kernel_level_at(1).sweep : &rqa__sweep_ref;
    return rqa__engine_sweep_run(&e->draw.task, k, e->ws, NULL, NULL, take_checked, &e->check);
}

static int run_sweep_on_two(engines *e)
{
    const rqa__sweep_kernels *k = kernel_level_at(1).name ? kernel_level_at(1).sweep : &rqa__sweep_ref;
    const rqa__parallel two = rqa__parallel_from_pool(e->pool);
    return rqa__engine_sweep_run(&e->draw.task, k, e->ws, &two, NULL, take_checked, &e->check);
}

static int run_part(engines *e)
{
    const rqa__part_shape shape = rqa__part_shape_of(&e->draw.task, 0);
    e->check.n_calls = e->draw.task.n_dims * e->draw.task.n_thresholds; /* they are compared elsewhere */
    return rqa__part_run(e->part, &(rqa__part_request){.end = shape.n_x}, take_part, NULL);
}

static void run_whole(engines *e, int (*run)(engines *), const char *name)
{
    e->check = (task_check){.task = &e->draw.task};
    expect(0);
    ck_assert_int_eq(run(e), 0);
    ck_assert_msg(e->check.wrong[0] == 0, "%s, after one that was cancelled: %s", name,
                  e->check.wrong);
    ck_assert_uint_eq(e->check.n_calls, e->draw.task.n_dims * e->draw.task.n_thresholds);
}

/* Cancels at the first look, the second, ..., and in the end at none; between, with the same memory,
 * not at all. */
static unsigned cancel_everywhere(engines *e, int (*run)(engines *), const char *name)
{
    unsigned n = 0;
    for (int status = RQA_ERROR_CANCELLED; status; n++) {
        e->check = (task_check){.task = &e->draw.task};
        expect(n + 1);
        status = run(e);
        const int was_late = atomic_load(&n_looks) < n + 1; /* it ended before that look */
        ck_assert_msg(status == (was_late ? 0 : RQA_ERROR_CANCELLED), "%s, look %u: %d", name, n + 1,
                      status);
        ck_assert_msg(n_late == 0, "%s: a tally after look %u said no", name, n + 1);
        ck_assert_msg(e->check.wrong[0] == 0, "%s, look %u: %s", name, n + 1, e->check.wrong);
        run_whole(e, run, name);
    }
    return n;
}

/* What every engine takes: not every draw of a joint matrix has as many vectors on both sides, or
 * bounds that are finite. */
static int make_task(random_task *r, uint64_t seed)
{
    int is_task = 1;
    random_task_create(r, seed, 90);
    for (uint32_t d = 0; r->task.relation == RQA__RELATION_JOINT && d < r->task.n_dims; d++)
        is_task &= rqa__side_vectors(&r->task.x, d) == rqa__side_vectors(&r->task.y, d);
    for (uint32_t k = 0; k < r->task.n_dims * r->task.n_thresholds; k++) {
        r->bounds[0][k] = fmin(r->bounds[0][k], DBL_MAX);
        r->bounds[1][k] = fmin(r->bounds[1][k], DBL_MAX);
    }
    if (!is_task)
        random_task_destroy(r);
    return is_task;
}

START_TEST(stopped_at_every_look)
{
    static int (*const run[])(engines *) = {run_bits, run_sweep, run_sweep_on_two, run_part};
    static const char *const name[] = {"bit rows", "threshold indices", "the same on two threads",
                                       "a part"};
    unsigned n[4] = {0};
    for (uint64_t seed = 1; seed <= 60; seed++) {
        engines e = {.ws = NULL};
        if (!make_task(&e.draw, seed))
            continue;
        const rqa__part_shape shape = rqa__part_shape_of(&e.draw.task, 0);
        const int is_empty = shape.n_x == 0 || shape.n_y == 0;
        expect(0);
        e.ws = rqa__sweep_workspace_create();
        ck_ok(rqa__pool_create(&e.pool, 2));
        if (!is_empty)
            ck_ok(rqa__part_engine_create(&e.part, &e.draw.task, &rqa__bits_ref));
        for (int k = 0; k < 4 - is_empty; k++) {
            if ((k == 0 && !rqa__strategy_is_possible(&e.draw.task, RQA__STRATEGY_BITS)) ||
                (k == 3 && rqa__task_cuts(&e.draw.task)))
                continue;
            n[k] += cancel_everywhere(&e, run[k], name[k]);
        }
        rqa__part_engine_destroy(e.part);
        rqa__pool_destroy(e.pool);
        rqa__sweep_workspace_destroy(e.ws);
        random_task_destroy(&e.draw);
    }
    for (int k = 0; k < 4; k++)
        ck_assert_msg(n[k] > 120, "%s: only %u runs", name[k], n[k]);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("looks");
    TCase *t = tcase_create("looks");
    tcase_add_unchecked_fixture(t, setup, NULL);
    tcase_add_loop_test(t, bit_rows, 0, KERNEL_LEVELS);
    tcase_add_loop_test(t, threshold_indices, 0, KERNEL_LEVELS);
    tcase_add_loop_test(t, many_thresholds, 0, KERNEL_LEVELS);
    tcase_add_test(t, diameters_and_matrices);
    tcase_add_test(t, suggestions);
    tcase_add_test(t, found_thresholds);
    tcase_add_test(t, stopped_at_every_look);
    suite_add_tcase(s, t);
    return support_run(s);
}
