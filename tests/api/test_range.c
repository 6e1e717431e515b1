/* test_range.c - the unit of the data changes no count: everything times 2^k gives the same, and
 * that is what doubles without ends would give.
 *
 * Draw k has the seed RQA_TEST_SEED + k; RQA_TEST_DRAWS says how many.
 */
#include <float.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "batch/source.h"
#include "data/delay_embedding.h"
#include "draws.h"
#include "unbounded.h"

enum { MOST = 110, CHANNELS = 3, POSITIONS = 5, N_THRESHOLDS = 4 };

static rqa_context *context;

static void setup(void)
{
    context = support_context(3);
}

static void teardown(void)
{
    rqa_context_destroy(context);
}

/* ---- numbers that can be moved through the range ---- */

/* digits * 2^exponent */
typedef struct number {
    int64_t digits;
    int exponent;
} number;

/* The powers of two by which numbers can be multiplied, every one staying an exact double. */
typedef struct room {
    int least, most;
} room;

static void keep_exact(room *within, number x)
{
    if (x.digits == 0)
        return;
    while (x.digits % 2 == 0) {
        x.digits /= 2;
        x.exponent++;
    }
    int top;
    frexp((double)x.digits, &top);
    within->least = -1074 - x.exponent > within->least ? -1074 - x.exponent : within->least;
    within->most = 1024 - top - x.exponent < within->most ? 1024 - top - x.exponent : within->most;
}

static double at(number x, int k)
{
    return ldexp((double)x.digits, x.exponent + k);
}

/* ---- recordings ---- */

typedef struct recording {
    number value[MOST * CHANNELS];
    double here[MOST * CHANNELS]; /* at some position */
    brute_series series;
    int spread;
    room within;
} recording;

static void place(recording *s, int k)
{
    for (size_t i = 0; i < s->series.n_samples * s->series.n_channels; i++)
        s->here[i] = at(s->value[i], k);
}

static void draw_recording(rng *r, recording *s, size_t n, size_t channels, uint32_t dim,
                           uint32_t delay, int widest)
{
    int64_t most = chance(r, 3) ? INT64_C(1) << 53 : chance(r, 2) ? 400 : 12;
    int wide = chance(r, 3) ? 0 : (int)rng_between(r, 0, widest);
    s->within = (room){INT_MIN, INT_MAX};
    s->series = (brute_series){s->here, n, channels, dim, delay};
    for (size_t i = 0; i < n * channels; i++) {
        s->value[i] = (number){chance(r, 12) ? 0 : rng_between(r, -most, most),
                               wide ? (int)rng_between(r, 0, 4) * wide / 4 : 0};
        if (i >= channels && chance(r, 5))
            s->value[i] = s->value[i - channels];
        keep_exact(&s->within, s->value[i]);
    }
    s->spread = 2098 - (s->within.most - s->within.least);
}

static rqa_embedding *embed(const recording *s, int32_t normalization)
{
    rqa_series *series;
    rqa_embedding *embedding;
    rqa_series_options options;
    rqa_series_options_init(&options);
    options.normalization = normalization;
    ck_ok(rqa_series_create(&series, context, s->here, s->series.n_samples, s->series.n_channels,
                            &options));
    ck_ok(rqa_embedding_create(&embedding, series, s->series.dim, s->series.delay));
    rqa_series_destroy(series);
    return embedding;
}

/* ---- draws ---- */

typedef struct draw {
    recording x, y;
    int32_t relation;
    rqa_analysis_options o;
    number threshold, threshold_y;
    char text[500];
} draw;

/* What some pair meets exactly, a little less, or 0. */
static number draw_threshold_of(rng *r, recording *x, recording *y, int32_t norm)
{
    int k = x->within.least > y->within.least ? x->within.least : y->within.least;
    if (k == INT_MIN || chance(r, 6))
        return (number){0, 0};
    place(x, k);
    place(y, k);
    const size_t i = (size_t)rng_below(r, brute_n_vectors(&x->series));
    const size_t j = (size_t)rng_below(r, brute_n_vectors(&y->series));
    unbounded met = unbounded_distance(&x->series, i, &y->series, j, norm);
    number t = {(int64_t)met.digits, (int)met.exponent - k};
    if (t.digits > 0 && chance(r, 4))
        t.digits--;
    return t;
}

static size_t draw_length(rng *r)
{
    return (size_t)(chance(r, 10) ? rng_between(r, 60, 100) : rng_between(r, 3, 14));
}

/* Base values lie at 2^0 .. 2^widest. */
static void draw_all(rng *r, draw *d, int widest)
{
    size_t n = draw_length(r), channels = (size_t)rng_between(r, 1, CHANNELS);
    uint32_t dim = (uint32_t)rng_between(r, 1, 3), delay = (uint32_t)rng_between(r, 1, 2);
    rqa_analysis_options *o = &d->o;
    rqa_analysis_options_init(o);
    d->relation = (int32_t)rng_below(r, 3);
    o->relation = d->relation;
    o->norm = (int32_t)rng_below(r, 3);
    o->compare = (int32_t)rng_between(r, 1, 2);
    o->theiler = chance(r, 3) ? -1 : 0;
    o->backend = (int32_t)rng_below(r, 3);
    draw_recording(r, &d->x, n + (dim - 1) * delay, channels, dim, delay, widest);
    d->y = d->x;
    d->y.series.value = d->y.here;
    if (d->relation == RQA_RELATION_CROSS)
        n = draw_length(r);
    if (d->relation != RQA_RELATION_AUTO)
        draw_recording(r, &d->y, n + (dim - 1) * delay, channels, dim, delay, widest);
    recording *other = d->relation == RQA_RELATION_CROSS ? &d->y : &d->x;
    d->threshold = draw_threshold_of(r, &d->x, other, o->norm);
    d->threshold_y = draw_threshold_of(r, &d->y, &d->y, o->norm);
    if (chance(r, 3)) {
        o->threshold_unit = (int32_t)rng_between(r, 1, 3);
        d->threshold = d->threshold_y = (number){rng_between(r, 0, 5), -2};
    }
    char options[300];
    support_describe(options, sizeof options, o);
    snprintf(d->text, sizeof d->text, "n %zu and %zu, %zu channels, dim %u, spread %d and %d, %s",
             d->x.series.n_samples, d->y.series.n_samples, channels, dim, d->x.spread, d->y.spread,
             options);
}

/* Positions of x and y; those of one distance move together. */
static void draw_position(rng *r, const draw *d, int index, int *kx, int *ky)
{
    room x = d->x.within, y = d->y.within;
    if (d->o.threshold_unit == RQA_THRESHOLD_DATA) {
        keep_exact(&x, d->threshold);
        keep_exact(&y, d->threshold_y);
    }
    if (d->relation != RQA_RELATION_JOINT) {
        x.least = y.least = x.least > y.least ? x.least : y.least;
        x.most = y.most = x.most < y.most ? x.most : y.most;
    }
    *kx = index == 0 ? x.least : index == 1 ? x.most : (int)rng_between(r, x.least, x.most);
    *ky = index == 0 ? y.least : index == 1 ? y.most : (int)rng_between(r, y.least, y.most);
    if (index == 2 && x.least <= 0 && x.most >= 0 && y.least <= 0 && y.most >= 0)
        *kx = *ky = 0;
    if (d->relation != RQA_RELATION_JOINT)
        *ky = *kx;
}

/* All zero: any power of two will do. */
static int has_room(const draw *d)
{
    return d->x.within.least > INT_MIN && d->y.within.least > INT_MIN;
}

static void set_thresholds(draw *d, int kx, int ky)
{
    int in_data = d->o.threshold_unit == RQA_THRESHOLD_DATA;
    d->o.threshold = at(d->threshold, in_data ? kx : 0);
    d->o.threshold_y = d->relation == RQA_RELATION_JOINT ? at(d->threshold_y, in_data ? ky : 0) : -1;
}

/* ---- what is expected ---- */

static unbounded unit_of(const draw *d, const recording *x, const recording *y)
{
    unbounded largest, mean;
    unbounded_diameter(&x->series, x == y ? NULL : &y->series, d->o.norm, &largest, &mean);
    return d->o.threshold_unit == RQA_THRESHOLD_MAX_DIAMETER ? largest : mean;
}

static int recurs(const draw *d, const recording *x, size_t i, const recording *y, size_t j,
                  unbounded threshold)
{
    unbounded distance = unbounded_distance(&x->series, i, &y->series, j, d->o.norm);
    int order = unbounded_compare(distance, threshold);
    return d->o.compare == RQA_COMPARE_LT ? order < 0 : order <= 0;
}

static void expect_matrix(const draw *d, const rqa_matrix *matrix)
{
    const recording *y = d->relation == RQA_RELATION_CROSS ? &d->y : &d->x;
    unbounded on_x = unbounded_of(d->o.threshold), on_y = unbounded_of(d->o.threshold_y);
    if (d->o.threshold_unit != RQA_THRESHOLD_DATA) {
        on_x = unbounded_multiply(on_x, unit_of(d, &d->x, y));
        on_y = unbounded_multiply(on_y, unit_of(d, &d->y, &d->y));
    }
    for (size_t j = 0; j < rqa_matrix_n_rows(matrix); j++)
        for (size_t i = 0; i < rqa_matrix_n_columns(matrix); i++) {
            int want = recurs(d, &d->x, i, y, j, on_x);
            if (d->relation == RQA_RELATION_JOINT)
                want = want && recurs(d, &d->y, i, &d->y, j, on_y);
            int is = (int)(rqa_matrix_row(matrix, j)[i / 64] >> i % 64 & 1);
            ck_assert_msg(is == want, "cell %zu, %zu is %d, expected %d: %s", i, j, is, want,
                          d->text);
        }
}

/* Euclid: no place is wide enough for more. */
static int is_exact(const draw *d)
{
    int most = d->o.norm == RQA_NORM_EUCLIDEAN ? 991 : 1700;
    if (d->o.threshold_unit == RQA_THRESHOLD_STD)
        return 0; /* from moments, which are computed in doubles */
    return d->x.spread <= most && d->y.spread <= most &&
           (d->relation == RQA_RELATION_JOINT ||
            2098 - ((d->x.within.most < d->y.within.most ? d->x.within.most : d->y.within.most) -
                    (d->x.within.least > d->y.within.least ? d->x.within.least : d->y.within.least)) <=
                most);
}

/* ---- a batch, whose many thresholds are swept ---- */

static void run_batch(const draw *d, const rqa_embedding *x, const rqa_embedding *y, double *table)
{
    static const uint32_t dims[] = {1, 2}, delays[] = {1};
    double thresholds[N_THRESHOLDS] = {d->o.threshold};
    int n = 1;
    for (int e = 1; e < N_THRESHOLDS; e++) {
        double next = ldexp(d->o.threshold, -e);
        if (ldexp(next, e) == d->o.threshold && next != thresholds[n - 1])
            thresholds[n++] = next;
    }
    rqa_analysis_options analysis = d->o;
    analysis.backend = RQA_BACKEND_THREADS;
    rqa_batch *batch;
    rqa_batch_options options;
    rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1};
    rqa_batch_options_init(&options);
    options.dims = dims, options.n_dims = 2;
    options.delays = delays, options.n_delays = 1;
    options.thresholds = thresholds, options.n_thresholds = (uint32_t)n;
    options.analysis = &analysis;
    item.x = x->series;
    item.y = y ? y->series : NULL;
    ck_ok(rqa_batch_create(&batch, context, &options));
    ck_ok(rqa_batch_add(batch, &item));
    uint8_t reasons[2 * N_THRESHOLDS * RQA_MEASURES_DEFAULT_COUNT];
    for (size_t k = 0; k < 2 * N_THRESHOLDS * RQA_MEASURES_DEFAULT_COUNT; k++)
        table[k] = -1;
    /* The first threshold of either dim is there at every position. */
    double values[2 * N_THRESHOLDS * RQA_MEASURES_DEFAULT_COUNT];
    ck_ok(rqa_batch_set_table(batch, values, reasons, (uint64_t)(2 * n)));
    ck_ok(rqa_batch_run(batch, NULL, NULL));
    const char *text;
    ck_assert_msg(rqa_batch_item_status(batch, 0, &text) == RQA_OK, "%s: %s", text, d->text);
    memcpy(table, values, RQA_MEASURES_DEFAULT_COUNT * sizeof *table);
    memcpy(table + RQA_MEASURES_DEFAULT_COUNT, values + n * RQA_MEASURES_DEFAULT_COUNT,
           RQA_MEASURES_DEFAULT_COUNT * sizeof *table);
    rqa_batch_destroy(batch);
}

enum { TABLE = 2 * N_THRESHOLDS * RQA_MEASURES_DEFAULT_COUNT };

static void check_draw(rng *r, draw *d, int widest)
{
    draw_all(r, d, widest);
    if (!has_room(d))
        return;
    rqa_metrics *first = NULL;
    double first_table[TABLE], table[TABLE];
    for (int p = 0; p < POSITIONS; p++) {
        int kx, ky;
        draw_position(r, d, p, &kx, &ky);
        place(&d->x, kx);
        place(&d->y, ky);
        set_thresholds(d, kx, ky);
        size_t used = strlen(d->text);
        snprintf(d->text + used, sizeof d->text - used, "; at 2^%d and 2^%d", kx, ky);
        rqa_embedding *x = embed(&d->x, 0);
        rqa_embedding *y = d->relation == RQA_RELATION_AUTO ? NULL : embed(&d->y, 0);
        rqa_metrics *metrics;
        rqa_matrix *matrix;
        ck_assert_msg(rqa_metrics_compute(&metrics, x, y, &d->o) == RQA_OK, "%s: %s",
                      rqa_last_error(), d->text);
        ck_ok(rqa_matrix_create(&matrix, x, y, &d->o));
        if (is_exact(d))
            expect_matrix(d, matrix);
        rqa_metrics *of_matrix;
        rqa_analysis_options plain = d->o;
        plain.threshold_unit = 0;
        if (d->x.series.dim == 1 && d->relation != RQA_RELATION_CROSS) {
            ck_ok(rqa_metrics_from_matrix(&of_matrix, matrix, &plain));
            ck_assert_msg(support_count(of_matrix, RQA_COUNT_POINTS) ==
                              support_count(metrics, RQA_COUNT_POINTS),
                          "points of the matrix: %s", d->text);
            rqa_metrics_destroy(of_matrix);
        }
        /* A batch has one threshold for x and y, which here are moved by themselves. */
        int in_batch = d->relation != RQA_RELATION_JOINT || d->o.threshold_unit;
        if (in_batch)
            run_batch(d, x, y, table);
        if (p > 0)
            support_expect_same(metrics, first, d->text);
        else
            memcpy(first_table, table, sizeof table);
        for (size_t k = 0; in_batch && k < 2 * RQA_MEASURES_DEFAULT_COUNT; k++)
            ck_assert_msg(memcmp(&table[k], &first_table[k], sizeof *table) == 0,
                          "value %zu of the batch is %g and %g: %s", k, table[k], first_table[k],
                          d->text);
        rqa_matrix_destroy(matrix);
        if (p > 0)
            rqa_metrics_destroy(metrics);
        else
            first = metrics;
        rqa_embedding_destroy(x);
        rqa_embedding_destroy(y);
        d->text[used] = '\0';
    }
    rqa_metrics_destroy(first);
}

START_TEST(powers_of_two_change_nothing)
{
    static const int widest[] = {0, 60, 900, 1900};
    uint64_t n = env_number("RQA_TEST_DRAWS", 250), seed = env_number("RQA_TEST_SEED", 1);
    static draw d;
    for (uint64_t k = 0; k < n; k++) {
        rng r = {seed + k + (uint64_t)_i * 1000003};
        check_draw(&r, &d, widest[_i]);
    }
}
END_TEST

/* Scaled data are the same to the last bit. */
START_TEST(normalized_data_are_the_same)
{
    static recording s;
    rng r = {5};
    for (int k = 0; k < 300; k++) {
        draw_recording(&r, &s, 30, 2, 1, 1, k % 3 * 300);
        int32_t how = (int32_t)rng_between(&r, 1, RQA_NORMALIZATION_UNIT);
        rqa_embedding *seen[3];
        for (int p = 0; p < 3; p++) {
            place(&s, p == 0 ? s.within.least : p == 1 ? s.within.most : (s.within.least + s.within.most) / 2);
            seen[p] = embed(&s, how);
        }
        for (int p = 1; p < 3; p++)
            for (size_t c = 0; c < 2; c++)
                ck_assert_mem_eq(rqa_series_channel(seen[p]->series, c),
                                 rqa_series_channel(seen[0]->series, c), 30 * sizeof(double));
        for (int p = 0; p < 3; p++)
            rqa_embedding_destroy(seen[p]);
    }
}
END_TEST

/* ---- examples ---- */

static uint64_t points(const double *value, size_t n, size_t channels, const rqa_analysis_options *o)
{
    rqa_series *series = support_series(context, value, n, channels);
    rqa_embedding *embedding = support_embedding(series, 1, 1);
    rqa_metrics *metrics = support_metrics(embedding, NULL, o);
    uint64_t found = support_count(metrics, RQA_COUNT_POINTS);
    rqa_metrics_destroy(metrics);
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
    return found;
}

static rqa_analysis_options rule(int32_t norm, int32_t unit, int32_t compare, double threshold)
{
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, norm, threshold);
    o.threshold_unit = unit;
    o.compare = compare;
    o.theiler = 0;
    return o;
}

START_TEST(squares_that_leave_the_range)
{
    const int32_t data = RQA_THRESHOLD_DATA, le = RQA_COMPARE_LE, lt = RQA_COMPARE_LT;
    const double tiny[] = {0, 1e-170, 2e-170}, huge[] = {0, 1e200, 2e200, -1.5e308};
    rqa_analysis_options o = rule(RQA_NORM_EUCLIDEAN, data, le, 0);
    ck_assert_uint_eq(points(tiny, 3, 1, &o), 3);
    o = rule(RQA_NORM_EUCLIDEAN, data, lt, 1e-170);
    ck_assert_uint_eq(points(tiny, 3, 1, &o), 3);
    o = rule(RQA_NORM_EUCLIDEAN, data, le, 1e-170);
    ck_assert_uint_eq(points(tiny, 3, 1, &o), 3 + 4);
    o = rule(RQA_NORM_EUCLIDEAN, data, le, 1e200);
    ck_assert_uint_eq(points(huge, 4, 1, &o), 4 + 4);
    o = rule(RQA_NORM_EUCLIDEAN, data, le, DBL_MAX);
    ck_assert_uint_eq(points(huge, 4, 1, &o), 16);
    for (int32_t norm = 0; norm < 3; norm++) {
        o = rule(norm, RQA_THRESHOLD_STD, le, 100); /* its product with the unit overflows */
        ck_assert_uint_eq(points(huge, 4, 1, &o), 16);
        o = rule(norm, RQA_THRESHOLD_MAX_DIAMETER, lt, 1);
        ck_assert_uint_eq(points(huge, 4, 1, &o), 10); /* three pairs have it, rounded */
        o = rule(norm, RQA_THRESHOLD_MEAN_DIAMETER, le, DBL_MAX);
        ck_assert_uint_eq(points(huge, 4, 1, &o), 16);
        o = rule(norm, data, lt, 5e-324); /* nothing lies between that and 0 */
        ck_assert_uint_eq(points(tiny, 3, 1, &o), 3);
        o = rule(norm, data, lt, 0);
        ck_assert_uint_eq(points(tiny, 3, 1, &o), 0);
    }
}
END_TEST

/* What no place is wide enough for, as docs/numerics.md says: the largest goes to 2^479 .. 2^480. */
START_TEST(one_recording_over_all_of_the_range)
{
    const double both[] = {0, 1e-300, 2e-300, 1e300};
    for (int32_t norm = 0; norm < 3; norm++) {
        rqa_analysis_options o = rule(norm, RQA_THRESHOLD_DATA, RQA_COMPARE_LE, 0);
        uint64_t lost = norm == RQA_NORM_EUCLIDEAN ? 6 : 0; /* 1e-300 times 2^-517 is 0 */
        ck_assert_uint_eq(points(both, 4, 1, &o), 4 + lost);
        o.threshold = 1e300;
        ck_assert_uint_eq(points(both, 4, 1, &o), 16);
    }
}
END_TEST

/* A channel without spread, of whatever size, takes no part in a standard deviation. */
START_TEST(channels_without_spread)
{
    const double with[][2] = {{0, 1e-300}, {0, 3e-300}, {0, 5e-300}};
    const double beside[][2] = {{1, 1e-300}, {1, 3e-300}, {1, 5e-300}};
    const double before[][2] = {{1e-300, 0}, {3e-300, 0}, {5e-300, 0}};
    rqa_analysis_options o = rule(RQA_NORM_MAXIMUM, RQA_THRESHOLD_STD, RQA_COMPARE_LE, 1.5);
    /* The deviation is 2e-300 / sqrt(2). */
    ck_assert_uint_eq(points(with[0], 3, 2, &o), 7);
    ck_assert_uint_eq(points(beside[0], 3, 2, &o), 7);
    ck_assert_uint_eq(points(before[0], 3, 2, &o), 7);
}
END_TEST

/* ---- from inside ---- */

/* The largest double whose root fits, by its definition. */
START_TEST(bounds_by_their_definition)
{
    rng r = {3};
    for (int k = 0; k < 20000; k++) {
        double t = k < 4 ? (double[]){0, 5e-324, 1e-160, DBL_MAX}[k]
                         : ldexp(1 + rng_uniform(&r), (int)rng_between(&r, -1074, 1023));
        for (int32_t compare = RQA_COMPARE_LE; compare <= RQA_COMPARE_LT; compare++) {
            int strict = compare == RQA_COMPARE_LT;
            double bound = rqa__bound(RQA_NORM_EUCLIDEAN, compare, t);
            double above = nextafter(bound, INFINITY);
            if (strict && t == 0) {
                ck_assert(bound < 0);
                continue;
            }
            ck_assert_msg(strict ? sqrt(bound) < t : sqrt(bound) <= t, "%a: %a", t, bound);
            ck_assert_msg(isinf(above) || !(strict ? sqrt(above) < t : sqrt(above) <= t), "%a: %a",
                          t, bound);
        }
    }
}
END_TEST

/* Data of usual size are read where they lie. */
START_TEST(usual_data_are_not_copied)
{
    double value[100];
    rng r = {9};
    for (int power = -9; power <= 9; power += 3) {
        for (size_t i = 0; i < 100; i++)
            value[i] = i % 10 ? rng_gauss(&r) * pow(10, power) : 0;
        rqa_series *series = support_series(context, value, 50, 2);
        for (int32_t norm = 0; norm < 3; norm++)
            for (int32_t unit = 0; unit < 4; unit++) {
                rqa_analysis_options o = rule(norm, unit, RQA_COMPARE_LE, .1);
                rqa__rules rules;
                rqa__source x, y;
                ck_ok(rqa__rules_resolve(&rules, &o, 0));
                rqa__source_open(&x, series, 0, 2);
                rqa__source_open(&y, series, 0, 2);
                ck_ok(rqa__sources_fit(&x, &y, &rules));
                ck_assert_ptr_eq(x.read, series);
                ck_assert_ptr_eq(y.read, series);
                rqa__source_close(&x);
                rqa__source_close(&y);
            }
        rqa_series_destroy(series);
    }
}
END_TEST

static Suite *range_suite(void)
{
    Suite *suite = suite_create("range");
    TCase *all = tcase_create("range");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, squares_that_leave_the_range);
    tcase_add_test(all, one_recording_over_all_of_the_range);
    tcase_add_test(all, channels_without_spread);
    tcase_add_test(all, bounds_by_their_definition);
    tcase_add_test(all, usual_data_are_not_copied);
    tcase_add_test(all, normalized_data_are_the_same);
    tcase_add_loop_test(all, powers_of_two_change_nothing, 0, 4);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return support_run(range_suite());
}
