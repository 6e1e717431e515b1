/* test_sampling.c - estimates from cells drawn at random: their oracle table, the draws by the book, and
 * whether the exact value lies where the standard errors say. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measures/sampled_estimates.h"
#include "oracle_table.h"
#include "sampling/cell_draw.h"

enum { ALL = 5 };
static const int32_t lines_measures[ALL] = {RQA_MEASURE_RR, RQA_MEASURE_DET, RQA_MEASURE_L_MEAN,
                                            RQA_MEASURE_LAM, RQA_MEASURE_TT};

static rqa_context *one, *three;

static void setup(void)
{
    one = support_context(1);
    three = support_context(3);
}

static void teardown(void)
{
    rqa_context_destroy(one);
    rqa_context_destroy(three);
}

static rqa_sampled_options draws(uint64_t seed, uint64_t n_lines)
{
    rqa_sampled_options o;
    rqa_sampled_options_init(&o);
    o.seed = seed;
    o.n_lines = n_lines;
    return o;
}

static rqa_estimate get(const rqa_sampled *s, int32_t measure)
{
    rqa_estimate e = {.struct_size = sizeof e};
    ck_ok(rqa_sampled_get(s, measure, &e));
    return e;
}

static uint64_t count(const rqa_sampled *s, int32_t what)
{
    uint64_t value;
    ck_ok(rqa_sampled_count(s, what, &value));
    return value;
}

/* ---- rows of tables: the formulas on all lines of the plot */

static void check_row(const oracle_row *row, void *context)
{
    oracle_series data = oracle_load(row);
    rqa_analysis_options o = support_options(
        RQA_CONVENTION_STANDARD,
        oracle_says(row, "norm", "maximum") ? RQA_NORM_MAXIMUM : RQA_NORM_EUCLIDEAN,
        oracle_number(row, "threshold", 0));
    o.theiler = (int64_t)oracle_number(row, "theiler", -1);
    rqa_series *series = support_series(context, data.x, data.n_x, data.n_channels);
    rqa_embedding *x = support_embedding(series, (uint32_t)oracle_number(row, "dim", 1),
                                         (uint32_t)oracle_number(row, "delay", 1));
    rqa_metrics *m = support_metrics(x, NULL, &o);
    const rqa_line_bin *bins;
    size_t n_bins;
    ck_ok(rqa_metrics_histogram(m, RQA_HISTOGRAM_DIAGONAL, &bins, &n_bins));
    const rqa__spectrum lines = {(const rqa__bin *)bins, n_bins};
    const double pairs = (double)support_count(m, RQA_COUNT_PAIRS);
    rqa_estimate rr, det, l_mean;
    rqa__estimate_rate(&rr, support_count(m, RQA_COUNT_POINTS), support_count(m, RQA_COUNT_PAIRS));
    rqa__estimate_ratio(&det, &lines, 2);
    rqa__estimate_mean(&l_mean, &lines, 2);
    const struct {
        const char *quantity;
        double value;
    } found[] = {{"lines", (double)det.n_drawn},
                 {"rr", rr.value},
                 {"det", det.value},
                 {"l_mean", l_mean.value},
                 {"det_se_times_sqrt_M", det.standard_error * sqrt((double)det.n_drawn)},
                 {"l_mean_se_times_sqrt_M", l_mean.standard_error * sqrt((double)l_mean.n_drawn)},
                 {"rr_se_times_sqrt_cells", rr.standard_error * sqrt(pairs)},
                 {"line_start_fraction", (double)det.n_drawn / pairs}};
    int is_known = 0;
    for (size_t k = 0; k < sizeof found / sizeof found[0]; k++)
        if (strcmp(found[k].quantity, row->quantity) == 0) {
            oracle_expect(row, found[k].value);
            is_known = 1;
        }
    ck_assert_msg(is_known, "unknown quantity %s", row->quantity);
    rqa_metrics_destroy(m);
    rqa_embedding_destroy(x);
    rqa_series_destroy(series);
    oracle_free(&data);
}

START_TEST(table)
{
    ck_assert_uint_eq(oracle_rows("08_sampling.tsv", check_row, one), 16);
}
END_TEST

/* ---- which cells are drawn */

static int is_in(uint64_t i, uint64_t j, uint64_t w, int upper_only)
{
    return (i > j ? i - j : j - i) >= w && !(upper_only && j < i);
}

/* Each cell of the field equally often, none of the others, whatever its shape. */
START_TEST(cells_are_uniform)
{
    enum { EACH = 400, MOST = 12 };
    static const struct {
        uint64_t n_x, n_y, w;
        int upper_only;
    } field[] = {{7, 7, 0, 0}, {7, 7, 1, 0}, {7, 7, 6, 0}, {8, 8, 3, 0}, {12, 5, 0, 0},
                 {12, 5, 1, 0}, {5, 12, 2, 0}, {12, 5, 7, 0}, {5, 12, 11, 0}, {9, 9, 0, 1},
                 {9, 9, 4, 1}, {1, 1, 0, 0}, {2, 2, 1, 0}, {12, 3, 3, 0}};
    for (size_t f = 0; f < sizeof field / sizeof field[0]; f++) {
        uint64_t hits[MOST][MOST] = {{0}}, n_cells = 0;
        const rqa__cell_field made = rqa__cell_field_of(field[f].n_x, field[f].n_y, field[f].w,
                                                        field[f].upper_only);
        rqa__generator g = rqa__generator_of(11, f);
        for (uint64_t i = 0; i < field[f].n_x; i++)
            for (uint64_t j = 0; j < field[f].n_y; j++)
                n_cells += (uint64_t)is_in(i, j, field[f].w, field[f].upper_only);
        ck_assert_uint_eq(made.n_cells[0] + made.n_cells[1], n_cells);
        for (uint64_t k = 0; k < EACH * n_cells; k++) {
            const rqa__cell at = rqa__cell_draw(&made, &g);
            ck_assert(at.i < field[f].n_x && at.j < field[f].n_y);
            hits[at.i][at.j]++;
        }
        double chi = 0;
        for (uint64_t i = 0; i < field[f].n_x; i++)
            for (uint64_t j = 0; j < field[f].n_y; j++) {
                if (!is_in(i, j, field[f].w, field[f].upper_only)) {
                    ck_assert_uint_eq(hits[i][j], 0);
                    continue;
                }
                const double off = (double)hits[i][j] - EACH;
                chi += off * off / EACH;
            }
        /* Mean n - 1, deviation sqrt(2 (n - 1)). */
        const double freedom = (double)n_cells - 1;
        ck_assert_msg(chi <= freedom + 5 * sqrt(2 * freedom) + 1e-9, "field %zu: chi %g of %g", f, chi,
                      freedom);
    }
}
END_TEST

/* ---- the draws as the header has them, on a plot of bytes */

enum { BOOK_N = 90, BOOK_CHUNK = 65536 };

typedef struct book {
    uint8_t cell[BOOK_N][BOOK_N]; /* [j][i] */
    uint64_t n, w;
    uint64_t n_cells, n_points, diagonal[BOOK_N + 1], vertical[BOOK_N + 1], n_diagonal;
} book;

static int book_has(const book *b, int64_t i, int64_t j)
{
    return i >= 0 && j >= 0 && i < (int64_t)b->n && j < (int64_t)b->n &&
           (uint64_t)llabs(i - j) >= b->w && b->cell[j][i];
}

static void book_take(book *b, int64_t i, int64_t j)
{
    uint64_t length;
    b->n_cells++;
    if (!book_has(b, i, j))
        return;
    b->n_points++;
    if (!book_has(b, i - 1, j - 1)) {
        for (length = 0; book_has(b, i + (int64_t)length, j + (int64_t)length);)
            length++;
        b->diagonal[length]++;
        b->n_diagonal++;
    }
    if (!book_has(b, i, j - 1)) {
        for (length = 0; book_has(b, i, j + (int64_t)length);)
            length++;
        b->vertical[length]++;
    }
}

/* w >= 1: both sides have n - w rows of n - w, n - w - 1, ... 1 cells. */
static void book_draw(book *b, uint64_t seed, uint64_t n_lines)
{
    const uint64_t rows = b->n - b->w, on_side = rows * (rows + 1) / 2;
    for (uint64_t k = 0; b->n_diagonal < n_lines; k++) {
        rqa__generator g = rqa__generator_of(seed, k);
        for (int t = 0; t < BOOK_CHUNK && b->n_diagonal < n_lines; t++) {
            const int is_below = rqa__generator_below(&g, 2 * on_side) >= on_side;
            uint64_t row = rqa__generator_below(&g, rows), at = rqa__generator_below(&g, rows + 1);
            if (at >= rows - row) {
                at -= rows - row;
                row = rows - 1 - row;
            }
            const int64_t small = (int64_t)row, large = (int64_t)(row + b->w + at);
            book_take(b, is_below ? large : small, is_below ? small : large);
        }
    }
}

static void expect_lines(const rqa_sampled *s, int32_t histogram, const uint64_t *count_of)
{
    const rqa_line_bin *bins;
    size_t n, k = 0;
    ck_ok(rqa_sampled_histogram(s, histogram, &bins, &n));
    for (uint64_t length = 1; length <= BOOK_N; length++) {
        if (!count_of[length])
            continue;
        ck_assert_uint_lt(k, n);
        ck_assert_uint_eq(bins[k].length, length);
        ck_assert_uint_eq(bins[k++].count, count_of[length]);
    }
    ck_assert_uint_eq(k, n);
}

/* One line, lines in the first chunk, and so many that three chunks of draws are needed: with one and
 * three threads, which draw ahead. */
START_TEST(draws_by_the_book)
{
    static const uint64_t n_lines[] = {1, 2, 500, 20000, 60000};
    double value[BOOK_N];
    rng r = {8};
    for (int i = 0; i < BOOK_N; i++)
        value[i] = (double)rng_below(&r, 4);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, 0);
    o.theiler = 2;
    o.backend = _i % 2 ? RQA_BACKEND_THREADS : RQA_BACKEND_SEQUENTIAL;
    rqa_series *series = support_series(_i % 2 ? three : one, value, BOOK_N, 1);
    rqa_embedding *x = support_embedding(series, 1, 1);
    book *b = calloc(1, sizeof *b);
    b->n = BOOK_N;
    b->w = 2;
    for (int j = 0; j < BOOK_N; j++)
        for (int i = 0; i < BOOK_N; i++)
            b->cell[j][i] = value[i] == value[j];
    rqa_sampled *s;
    const rqa_sampled_options d = draws(77, n_lines[_i / 2]);
    book_draw(b, d.seed, d.n_lines);
    ck_ok(rqa_sampled_compute(&s, x, NULL, &o, &d));
    ck_assert_uint_eq(count(s, RQA_SAMPLED_CELLS), b->n_cells);
    ck_assert_uint_eq(count(s, RQA_SAMPLED_POINTS), b->n_points);
    ck_assert_uint_eq(count(s, RQA_SAMPLED_DIAGONAL), d.n_lines);
    expect_lines(s, RQA_HISTOGRAM_DIAGONAL, b->diagonal);
    expect_lines(s, RQA_HISTOGRAM_VERTICAL, b->vertical);
    ck_assert_double_eq(get(s, RQA_MEASURE_RR).value, (double)b->n_points / (double)b->n_cells);
    rqa_sampled_destroy(s);
    free(b);
    rqa_embedding_destroy(x);
    rqa_series_destroy(series);
}
END_TEST

/* ---- coverage: the exact value, and how far seeds are from it in standard errors */

typedef struct plot {
    const char *name;
    int32_t convention, norm, relation;
    double threshold, lower;
    int64_t theiler, theiler_diagonal, theiler_vertical;
    uint32_t dim, delay;
    size_t n_x, n_y;
    int missing;
} plot;

static const plot plots[] = {
    {"henon", RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, RQA_RELATION_AUTO, .2, 0, 1, -1, -1, 2, 1, 500, 0, 0},
    {"theiler 5", RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, RQA_RELATION_AUTO, .3, 0, 5, -1, -1, 1, 1, 500, 0, 0},
    {"three windows", RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, RQA_RELATION_AUTO, .3, 0, 6, 3, 0, 1, 1, 400, 0, 0},
    {"one triangle", RQA_CONVENTION_NEUROKIT, RQA_NORM_EUCLIDEAN, RQA_RELATION_AUTO, .3, 0, -1, -1, -1, 2, 1, 400, 0, 0},
    {"percent", RQA_CONVENTION_CRQA, RQA_NORM_MANHATTAN, RQA_RELATION_CROSS, .5, 0, 0, -1, -1, 2, 1, 400, 250, 0},
    {"all cells", RQA_CONVENTION_RECURRENCEANALYSIS, RQA_NORM_MAXIMUM, RQA_RELATION_CROSS, .3, 0, 40, -1, -1, 1, 1, 150, 400, 0},
    {"corridor", RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, RQA_RELATION_AUTO, .5, .2, 1, -1, -1, 1, 1, 400, 0, 0},
    {"joint", RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, RQA_RELATION_JOINT, .7, 0, 1, -1, -1, 1, 1, 400, 400, 0},
    {"missing", RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, RQA_RELATION_AUTO, .3, 0, 1, -1, -1, 2, 2, 400, 0, 1},
};
enum { N_PLOTS = sizeof plots / sizeof plots[0], SEEDS = 100, LINES = 2000 };

/* A map with some noise, so that lines of many lengths are there. */
static rqa_embedding *make_side(rqa_context *context, rqa_series **series, const plot *p, size_t n,
                                uint64_t seed)
{
    double *value = malloc(n * sizeof *value);
    rqa_series_options options;
    rqa_embedding *embedding;
    rng r = {seed};
    double a = .05 * (double)seed, b = .1; /* the same orbit in x and y would be one long line */
    for (size_t i = 0; i < n; i++) {
        const double next = 1 - 1.4 * a * a + b;
        b = .3 * a;
        a = next;
        value[i] = p->missing && i % 37 == 5 ? NAN : a + .02 * rng_gauss(&r);
    }
    rqa_series_options_init(&options);
    options.missing = p->missing ? RQA_MISSING_SKIP : RQA_MISSING_ERROR;
    ck_ok(rqa_series_create(series, context, value, n, 1, &options));
    embedding = support_embedding(*series, p->dim, p->delay);
    free(value);
    return embedding;
}

static rqa_analysis_options options_of(const plot *p)
{
    rqa_analysis_options o = support_options(p->convention, p->norm, p->threshold);
    o.relation = p->relation;
    o.theiler = p->theiler;
    o.theiler_diagonal = p->theiler_diagonal;
    o.theiler_vertical = p->theiler_vertical;
    o.corridor = p->lower > 0;
    o.threshold_lower = p->lower;
    for (int k = 0; k < ALL; k++)
        o.measures |= RQA_MEASURE_BIT(lines_measures[k]);
    return o;
}

/* z is (estimate - exact) / standard error: of many seeds with mean 0 and deviation 1. */
static void expect_normal(const char *what, const char *measure, const double *z, int n)
{
    double mean = 0, square = 0, largest = 0;
    for (int k = 0; k < n; k++) {
        mean += z[k] / n;
        largest = fabs(z[k]) > largest ? fabs(z[k]) : largest;
    }
    for (int k = 0; k < n; k++)
        square += (z[k] - mean) * (z[k] - mean) / (n - 1);
    /* The mean has deviation 1/sqrt(n), the deviation 1/sqrt(2 n). */
    ck_assert_msg(fabs(mean) < 4.5 / sqrt(n) && fabs(sqrt(square) - 1) < 4.5 / sqrt(2 * n),
                  "%s: %s: mean %.3f and deviation %.3f of %d z", what, measure, mean, sqrt(square), n);
    ck_assert_msg(largest < 5, "%s: %s: a z of %.2f", what, measure, largest);
}

START_TEST(coverage)
{
    const plot *p = plots + _i;
    rqa_series *sx, *sy = NULL;
    rqa_embedding *x = make_side(three, &sx, p, p->n_x, 3), *y = NULL;
    double z[ALL][SEEDS], exact[ALL];
    if (p->n_y)
        y = make_side(three, &sy, p, p->n_y, 4);
    const rqa_analysis_options o = options_of(p);
    rqa_metrics *m = support_metrics(x, y, &o);
    for (int k = 0; k < ALL; k++)
        exact[k] = support_get(m, lines_measures[k]);
    for (int seed = 0; seed < SEEDS; seed++) {
        rqa_sampled *s;
        const rqa_sampled_options d = draws((uint64_t)seed, LINES);
        ck_ok(rqa_sampled_compute(&s, x, y, &o, &d));
        ck_assert_uint_eq(count(s, RQA_SAMPLED_DIAGONAL), LINES);
        for (int k = 0; k < ALL; k++) {
            const rqa_estimate e = get(s, lines_measures[k]);
            ck_assert_int_eq(e.reason, RQA_REASON_DEFINED);
            z[k][seed] = (e.value - exact[k]) / e.standard_error;
        }
        rqa_sampled_destroy(s);
    }
    for (int k = 0; k < ALL; k++)
        expect_normal(p->name, rqa_measure_name(lines_measures[k]), z[k], SEEDS);
    rqa_metrics_destroy(m);
    rqa_embedding_destroy(x);
    rqa_embedding_destroy(y);
    rqa_series_destroy(sx);
    rqa_series_destroy(sy);
}
END_TEST

/* Blocks of 1 to 3 cells a side, and of 4 where there are few patterns; with a Theiler window; of missing
 * samples; of a cross plot. */
START_TEST(microstates)
{
    static const int which[] = {0, 1, 4, 7, 8};
    const plot *p = plots + which[_i];
    rqa_series *sx, *sy = NULL;
    rqa_embedding *x = make_side(three, &sx, p, p->n_x, 3), *y = NULL;
    if (p->n_y)
        y = make_side(three, &sy, p, p->n_y, 4);
    for (uint32_t size = 1; size <= (_i == 0 ? 4 : 3); size++) {
        double z[40];
        rqa_analysis_options o = options_of(p);
        o.measures = RQA_MEASURE_BIT(RQA_MEASURE_MICROSTATE_ENTROPY);
        o.microstate_size = size;
        o.convention = RQA_CONVENTION_STANDARD;
        rqa_metrics *m = support_metrics(x, y, &o);
        for (int seed = 0; seed < 40; seed++) {
            rqa_sampled *s;
            rqa_sampled_options d = draws((uint64_t)seed, 1);
            d.n_blocks = 70000;
            ck_ok(rqa_sampled_compute(&s, x, y, &o, &d));
            const rqa_estimate e = get(s, RQA_MEASURE_MICROSTATE_ENTROPY);
            ck_assert_uint_eq(e.n_drawn, count(s, RQA_SAMPLED_BLOCKS));
            ck_assert_uint_le(e.n_drawn, d.n_blocks);
            ck_assert_int_eq(e.n_drawn == d.n_blocks, !p->missing);
            z[seed] = (e.value - support_get(m, RQA_MEASURE_MICROSTATE_ENTROPY)) / e.standard_error;
            rqa_sampled_destroy(s);
        }
        char name[40];
        snprintf(name, sizeof name, "microstates of %u", (unsigned)size);
        expect_normal(p->name, name, z, 40);
        rqa_metrics_destroy(m);
    }
    rqa_embedding_destroy(x);
    rqa_embedding_destroy(y);
    rqa_series_destroy(sx);
    rqa_series_destroy(sy);
}
END_TEST

/* ---- equal bits, and what is not there */

static void expect_same(const rqa_sampled *a, const rqa_sampled *b, int32_t measure)
{
    const rqa_estimate u = get(a, measure), v = get(b, measure);
    ck_assert_mem_eq(&u, &v, sizeof u);
}

START_TEST(threads_and_seeds)
{
    const plot *p = plots;
    rqa_series *s1, *s3;
    rqa_embedding *x1 = make_side(one, &s1, p, p->n_x, 3), *x3 = make_side(three, &s3, p, p->n_x, 3);
    rqa_analysis_options o = options_of(p);
    rqa_sampled *a, *b, *c;
    o.measures |= RQA_MEASURE_BIT(RQA_MEASURE_MICROSTATE_ENTROPY);
    o.backend = RQA_BACKEND_SEQUENTIAL;
    rqa_sampled_options d = draws(5, 30000);
    ck_ok(rqa_sampled_compute(&a, x1, NULL, &o, &d));
    o.backend = RQA_BACKEND_THREADS;
    ck_ok(rqa_sampled_compute(&b, x3, NULL, &o, &d));
    d.seed = 6;
    ck_ok(rqa_sampled_compute(&c, x3, NULL, &o, &d));
    for (int k = 0; k < ALL; k++) {
        expect_same(a, b, lines_measures[k]);
        ck_assert(get(a, lines_measures[k]).value != get(c, lines_measures[k]).value);
    }
    expect_same(a, b, RQA_MEASURE_MICROSTATE_ENTROPY);
    rqa_provenance run = {.struct_size = sizeof run};
    ck_ok(rqa_sampled_provenance(b, &run));
    ck_assert_int_eq(run.backend, RQA_BACKEND_THREADS);
    ck_assert_uint_eq(run.n_threads, 3);
    ck_assert_str_eq(run.strategy, "sampled");
    ck_assert_double_eq(run.threshold, o.threshold);
    rqa_sampled_destroy(a);
    rqa_sampled_destroy(b);
    rqa_sampled_destroy(c);
    rqa_embedding_destroy(x1);
    rqa_embedding_destroy(x3);
    rqa_series_destroy(s1);
    rqa_series_destroy(s3);
}
END_TEST

static void expect_undefined(const rqa_sampled *s, int32_t measure, int32_t reason)
{
    const rqa_estimate e = get(s, measure);
    ck_assert_int_eq(e.reason, reason);
    ck_assert(isnan(e.value) && isnan(e.standard_error));
}

START_TEST(ends)
{
    static const double rising[] = {0, 1, 2, 3, 4, 5}, flat[] = {2, 2, 2, 2, 2, 2};
    rqa_series *series = support_series(three, rising, 6, 1);
    rqa_embedding *x = support_embedding(series, 1, 1);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, .5);
    rqa_sampled_options d = draws(1, 10);
    rqa_sampled *s;
    d.n_cells = 200001;
    ck_ok(rqa_sampled_compute(&s, x, NULL, &o, &d)); /* nothing recurs */
    ck_assert_uint_eq(count(s, RQA_SAMPLED_CELLS), 200001);
    ck_assert_uint_eq(count(s, RQA_SAMPLED_DIAGONAL), 0);
    ck_assert_double_eq(get(s, RQA_MEASURE_RR).value, 0);
    expect_undefined(s, RQA_MEASURE_DET, RQA_REASON_NO_POINTS);
    expect_undefined(s, RQA_MEASURE_TT, RQA_REASON_NO_POINTS);
    rqa_sampled_destroy(s);
    o.theiler = 6;
    ck_ok(rqa_sampled_compute(&s, x, NULL, &o, &d)); /* no cell is left */
    expect_undefined(s, RQA_MEASURE_RR, RQA_REASON_NO_CELLS);
    expect_undefined(s, RQA_MEASURE_L_MEAN, RQA_REASON_NO_POINTS);
    rqa_sampled_destroy(s);
    o.theiler = 5;
    o.threshold = 5;
    ck_ok(rqa_sampled_compute(&s, x, NULL, &o, &d)); /* two cells, of one point each */
    expect_undefined(s, RQA_MEASURE_L_MEAN, RQA_REASON_NO_LINE);
    ck_assert_double_eq(get(s, RQA_MEASURE_DET).value, 0);
    rqa_sampled_destroy(s);
    rqa_embedding_destroy(x);
    x = support_embedding(series, 6, 1);
    ck_ok(rqa_sampled_compute(&s, x, NULL, &o, &d)); /* one vector */
    expect_undefined(s, RQA_MEASURE_RR, RQA_REASON_SERIES_TOO_SHORT);
    rqa_sampled_destroy(s);
    rqa_embedding_destroy(x);
    rqa_series_destroy(series);
    series = support_series(three, flat, 6, 1);
    x = support_embedding(series, 1, 1);
    o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, 0);
    ck_ok(rqa_sampled_compute(&s, x, NULL, &o, &d)); /* all recurs */
    ck_assert_double_eq(get(s, RQA_MEASURE_RR).value, 1);
    ck_assert_double_eq(get(s, RQA_MEASURE_RR).standard_error, 0);
    rqa_sampled_destroy(s);
    rqa_embedding_destroy(x);
    rqa_series_destroy(series);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sampling");
    TCase *tcase = tcase_create("sampling");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, table);
    tcase_add_test(tcase, cells_are_uniform);
    tcase_add_loop_test(tcase, draws_by_the_book, 0, 10);
    tcase_add_loop_test(tcase, coverage, 0, N_PLOTS);
    tcase_add_loop_test(tcase, microstates, 0, 5);
    tcase_add_test(tcase, threads_and_seeds);
    tcase_add_test(tcase, ends);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
