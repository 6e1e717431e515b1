/* test_algebra.c - laws that hold whatever the data: oracles 6 and 7 of CONVENTIONS. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum { N = 220 };

static rqa_context *context;

static void setup(void)
{
    context = support_context(2);
}

static void teardown(void)
{
    rqa_context_destroy(context);
}

/* Multiples of 1/8 below 8: sums of differences and of their squares are exact, so that a law of
 * algebra is one of floating point too. Sticky, so that there are vertical lines. */
static void draw(rng *r, double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = i && rng_below(r, 3) == 0 ? x[i - 1] : (double)rng_below(r, 64) / 8;
}

static const int32_t norms[] = {RQA_NORM_MAXIMUM, RQA_NORM_EUCLIDEAN, RQA_NORM_MANHATTAN};

/* Number of black lines of each length, as a dense array. */
static void dense_lines(const rqa_metrics *m, int32_t histogram, uint64_t *count, size_t limit)
{
    const rqa_line_bin *bins;
    size_t n;
    memset(count, 0, limit * sizeof *count);
    ck_ok(rqa_metrics_histogram(m, histogram, &bins, &n));
    for (size_t k = 0; k < n; k++) {
        ck_assert_uint_lt(bins[k].length, limit);
        count[bins[k].length] = bins[k].count;
    }
}

/* Lines of length l at dimension m are lines of length l+m-1 at dimension 1 (maximum norm, delay
 * 1): the matrix of m is the AND of m shifted copies. */
START_TEST(embedding_identity)
{
    rng r = {101};
    double x[N];
    uint64_t base[N + 1], lines[N + 1];
    for (int trial = 0; trial < 8; trial++) {
        draw(&r, x, N);
        rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM,
                                                 (double)rng_below(&r, 24) / 8);
        o.compare = trial % 2 ? RQA_COMPARE_LT : RQA_COMPARE_LE;
        o.theiler = trial % 4;
        rqa_metrics *m = support_analyze(context, x, N, 1, 1, &o);
        dense_lines(m, RQA_HISTOGRAM_DIAGONAL, base, N + 1);
        rqa_metrics_destroy(m);
        for (uint32_t dim = 2; dim <= 9; dim++) {
            m = support_analyze(context, x, N, dim, 1, &o);
            dense_lines(m, RQA_HISTOGRAM_DIAGONAL, lines, N + 1);
            for (size_t l = 1; l + dim - 1 <= N; l++)
                ck_assert_msg(lines[l] == base[l + dim - 1],
                              "trial %d: %" PRIu64 " lines of %zu at m=%u, %" PRIu64
                              " of %zu at m=1",
                              trial, lines[l], l, dim, base[l + dim - 1], l + dim - 1);
            rqa_metrics_destroy(m);
        }
    }
}
END_TEST

/* x -> a x + b, eps -> a eps with a a power of two changes nothing. */
START_TEST(shift_and_scale)
{
    static const double scale[] = {1, 2, .25, 0x1p40, 0x1p-300}, shift[] = {0, 1, -1024, 7.5, 3};
    rng r = {102};
    double x[N], z[N];
    draw(&r, x, N);
    for (size_t n = 0; n < 3; n++)
        for (size_t k = 0; k < 5; k++) {
            rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, norms[n], 1.375);
            rqa_metrics *one = support_analyze(context, x, N, 3, 2, &o);
            for (int i = 0; i < N; i++)
                z[i] = (x[i] + shift[k]) * scale[k];
            o.threshold *= scale[k];
            rqa_metrics *two = support_analyze(context, z, N, 3, 2, &o);
            support_expect_same(one, two, "scaled and shifted");
            rqa_metrics_destroy(one);
            rqa_metrics_destroy(two);
        }
}
END_TEST

/* Reversed time turns the matrix by 180 degrees. The distances between the starts of vertical lines
 * become those between their ends: t2 and rte are the only measures that may change. */
START_TEST(time_reversal)
{
    rng r = {103};
    double x[N], z[N];
    uint64_t one[N + 1], two[N + 1];
    draw(&r, x, N);
    for (int i = 0; i < N; i++)
        z[i] = x[N - 1 - i];
    for (size_t n = 0; n < 3; n++) {
        rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, norms[n], 1.5);
        o.theiler = (int64_t)n;
        rqa_metrics *a = support_analyze(context, x, N, 2, 3, &o);
        rqa_metrics *b = support_analyze(context, z, N, 2, 3, &o);
        for (int h = 0; h < RQA_HISTOGRAM_RECURRENCE_TIME; h++) {
            dense_lines(a, h, one, N + 1);
            dense_lines(b, h, two, N + 1);
            ck_assert_mem_eq(one, two, sizeof one);
        }
        for (int k = 0; k < RQA_MEASURES_DEFAULT_COUNT; k++)
            if (k != RQA_MEASURE_T2 && k != RQA_MEASURE_RTE)
                ck_assert_msg(support_get(a, k) == support_get(b, k), "%s: %.17g, reversed %.17g",
                              rqa_measure_name(k), support_get(a, k), support_get(b, k));
        rqa_metrics_destroy(a);
        rqa_metrics_destroy(b);
    }
}
END_TEST

START_TEST(cross_with_itself)
{
    rng r = {104};
    double x[N];
    draw(&r, x, N);
    rqa_series *series = support_series(context, x, N, 1);
    rqa_embedding *e = support_embedding(series, 2, 2), *f = support_embedding(series, 2, 2);
    for (size_t n = 0; n < 3; n++)
        for (int64_t w = 0; w < 3; w++) {
            rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, norms[n], .875);
            o.theiler = w;
            rqa_metrics *alone = support_metrics(e, NULL, &o);
            rqa_metrics *cross = support_metrics(e, f, &o);
            rqa_metrics *self = support_metrics(e, e, &o);
            o.relation = RQA_RELATION_JOINT;
            rqa_metrics *joint = support_metrics(e, f, &o);
            support_expect_same(alone, cross, "auto, cross of x with x");
            support_expect_same(alone, self, "auto, cross of one embedding");
            support_expect_same(alone, joint, "auto, joint of x with x");
            rqa_metrics_destroy(alone);
            rqa_metrics_destroy(cross);
            rqa_metrics_destroy(self);
            rqa_metrics_destroy(joint);
        }
    rqa_embedding_destroy(e);
    rqa_embedding_destroy(f);
    rqa_series_destroy(series);
}
END_TEST

/* Exchanging x and y transposes the matrix: diagonals stay, verticals become horizontals. */
START_TEST(cross_transposed)
{
    rng r = {105};
    double x[N], y[150];
    uint64_t one[N + 1], two[N + 1];
    draw(&r, x, N);
    draw(&r, y, 150);
    rqa_series *sx = support_series(context, x, N, 1), *sy = support_series(context, y, 150, 1);
    rqa_embedding *ex = support_embedding(sx, 2, 1), *ey = support_embedding(sy, 2, 3);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 1);
    rqa_metrics *a = support_metrics(ex, ey, &o), *b = support_metrics(ey, ex, &o);
    dense_lines(a, RQA_HISTOGRAM_DIAGONAL, one, N + 1);
    dense_lines(b, RQA_HISTOGRAM_DIAGONAL, two, N + 1);
    ck_assert_mem_eq(one, two, sizeof one);
    ck_assert_uint_eq(support_count(a, RQA_COUNT_POINTS), support_count(b, RQA_COUNT_POINTS));
    const uint64_t *p, *q;
    size_t n_p, n_q;
    ck_ok(rqa_metrics_offset_points(a, &p, &n_p));
    ck_ok(rqa_metrics_offset_points(b, &q, &n_q));
    ck_assert_uint_eq(n_p, n_q);
    for (size_t k = 0; k < n_p; k++)
        ck_assert_uint_eq(p[k], q[n_p - 1 - k]);
    rqa_metrics_destroy(a);
    rqa_metrics_destroy(b);
    rqa_embedding_destroy(ex);
    rqa_embedding_destroy(ey);
    rqa_series_destroy(sx);
    rqa_series_destroy(sy);
}
END_TEST

/* Every point lies on one diagonal and one vertical line; black and white fill the kept cells. */
START_TEST(conservation)
{
    rng r = {106};
    double x[N];
    uint64_t lines[N + 1];
    draw(&r, x, N);
    for (int64_t w = 0; w < 12; w += 3)
        for (size_t n = 0; n < 3; n++) {
            rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, norms[n], 1.25);
            o.theiler = w;
            rqa_metrics *m = support_analyze(context, x, N, 2, 1, &o);
            uint64_t points = support_count(m, RQA_COUNT_POINTS), sum[3] = {0, 0, 0};
            for (int h = 0; h < 3; h++) {
                dense_lines(m, h, lines, N + 1);
                for (uint64_t l = 1; l <= N; l++)
                    sum[h] += l * lines[l];
            }
            ck_assert_uint_eq(sum[RQA_HISTOGRAM_DIAGONAL], points);
            ck_assert_uint_eq(sum[RQA_HISTOGRAM_VERTICAL], points);
            ck_assert_uint_eq(sum[RQA_HISTOGRAM_VERTICAL] + sum[RQA_HISTOGRAM_WHITE],
                              support_count(m, RQA_COUNT_PAIRS));
            const uint64_t *offset;
            size_t n_offsets;
            ck_ok(rqa_metrics_offset_points(m, &offset, &n_offsets));
            ck_assert_uint_eq(offset[0], N - 1);
            uint64_t kept = 0;
            for (size_t d = (size_t)w; d < n_offsets; d++)
                kept += d ? 2 * offset[d] : offset[d];
            ck_assert_uint_eq(kept, points);
            rqa_metrics_destroy(m);
        }
}
END_TEST

/* The order of channels does not matter to the maximum norm, nor does a channel given twice. */
START_TEST(channels)
{
    rng r = {107};
    double x[N], y[N], xy[2 * N], yxy[3 * N];
    draw(&r, x, N);
    draw(&r, y, N);
    for (int i = 0; i < N; i++) {
        xy[2 * i] = yxy[3 * i + 1] = x[i];
        xy[2 * i + 1] = yxy[3 * i] = yxy[3 * i + 2] = y[i];
    }
    rqa_series *a = support_series(context, xy, N, 2), *b = support_series(context, yxy, N, 3);
    rqa_embedding *ea = support_embedding(a, 2, 2), *eb = support_embedding(b, 2, 2);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, 2);
    rqa_metrics *ma = support_metrics(ea, NULL, &o), *mb = support_metrics(eb, NULL, &o);
    support_expect_same(ma, mb, "channels exchanged and doubled");
    rqa_metrics_destroy(ma);
    rqa_metrics_destroy(mb);
    rqa_embedding_destroy(ea);
    rqa_embedding_destroy(eb);
    rqa_series_destroy(a);
    rqa_series_destroy(b);
}
END_TEST

/* The same analysis on 1, 2, 3 and 7 threads, by every backend there is. */
START_TEST(threads_and_backends)
{
    enum { LONG = 1500 };
    static const uint32_t n_threads[] = {1, 2, 3, 7};
    static const int32_t backends[] = {RQA_BACKEND_SEQUENTIAL, RQA_BACKEND_THREADS,
                                       RQA_BACKEND_AUTO};
    static double x[LONG], y[LONG];
    rng r = {108};
    draw(&r, x, LONG);
    draw(&r, y, LONG);
    for (int kind = 0; kind < 3; kind++) {
        rqa_metrics *first = NULL;
        rqa_context *owner = NULL;
        for (size_t t = 0; t < 4; t++) {
            rqa_context *own = support_context(n_threads[t]);
            rqa_series *sx = support_series(own, x, LONG, 1);
            rqa_series *sy = support_series(own, y, kind == 1 ? LONG - 200 : LONG, 1);
            rqa_embedding *ex = support_embedding(sx, 3, 4), *ey = support_embedding(sy, 3, 4);
            for (size_t b = 0; b < 3; b++) {
                rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, norms[kind], 2.5);
                o.relation = kind;
                o.backend = backends[b];
                o.theiler = 2;
                rqa_metrics *m = support_metrics(ex, kind ? ey : NULL, &o);
                rqa_provenance p = {.struct_size = sizeof p};
                ck_ok(rqa_metrics_provenance(m, &p));
                ck_assert(p.backend != RQA_BACKEND_AUTO);
                ck_assert(b == 2 || p.backend == backends[b]);
                ck_assert_uint_ge(p.n_threads, 1);
                ck_assert_uint_le(p.n_threads, n_threads[t]);
                ck_assert_str_ne(p.reason, "");
                char what[80];
                snprintf(what, sizeof what, "relation %d on %u threads, backend %d", kind,
                         n_threads[t], backends[b]);
                if (first)
                    support_expect_same(first, m, what);
                if (first)
                    rqa_metrics_destroy(m);
                else
                    first = m;
            }
            rqa_embedding_destroy(ex);
            rqa_embedding_destroy(ey);
            rqa_series_destroy(sx);
            rqa_series_destroy(sy);
            if (t > 0)
                rqa_context_destroy(own);
            else
                owner = own; /* of the result that all others are compared with */
        }
        rqa_metrics_destroy(first);
        rqa_context_destroy(owner);
    }
}
END_TEST

/* Measuring the matrix gives what the analysis gives without it. */
START_TEST(matrix_is_metrics)
{
    enum { MAX = 200 };
    static uint8_t cells[MAX * MAX];
    rng r = {109};
    for (int trial = 0; trial < 60; trial++) {
        double x[MAX], y[MAX];
        int kind = trial % 3;
        size_t n = (size_t)rng_between(&r, 10, MAX);
        size_t n_y = kind == RQA_RELATION_CROSS ? (size_t)rng_between(&r, 10, MAX) : n;
        draw(&r, x, n);
        draw(&r, y, n_y);
        rqa_series *sx = support_series(context, x, n, 1), *sy = support_series(context, y, n_y, 1);
        rqa_embedding *ex = support_embedding(sx, 2, 1), *ey = support_embedding(sy, 2, 1);
        rqa_analysis_options o = support_options(
            (int32_t)rng_below(&r, kind ? RQA_CONVENTION_NEUROKIT : 9), norms[trial / 3 % 3], 1.5);
        o.relation = kind;
        o.theiler = rng_between(&r, -1, 4);
        rqa_metrics *m = support_metrics(ex, kind ? ey : NULL, &o), *from = NULL, *again = NULL;
        rqa_matrix *matrix = NULL, *copy = NULL;
        ck_ok(rqa_matrix_create(&matrix, ex, kind ? ey : NULL, &o));
        size_t rows = rqa_matrix_n_rows(matrix), columns = rqa_matrix_n_columns(matrix);
        ck_ok(rqa_matrix_unpack(matrix, 0, rows, cells, 0));
        ck_ok(rqa_matrix_from_bytes(&copy, context, cells, rows, columns, 0));
        ck_ok(rqa_metrics_from_matrix(&from, matrix, &o));
        ck_ok(rqa_metrics_from_matrix(&again, copy, &o));
        char what[900];
        support_describe(what, sizeof what, &o);
        support_expect_same(m, from, what);
        support_expect_same(m, again, what);
        rqa_matrix_destroy(matrix);
        rqa_matrix_destroy(copy);
        rqa_metrics_destroy(m);
        rqa_metrics_destroy(from);
        rqa_metrics_destroy(again);
        rqa_embedding_destroy(ex);
        rqa_embedding_destroy(ey);
        rqa_series_destroy(sx);
        rqa_series_destroy(sy);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("algebra");
    TCase *tcase = tcase_create("laws");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, embedding_identity);
    tcase_add_test(tcase, shift_and_scale);
    tcase_add_test(tcase, time_reversal);
    tcase_add_test(tcase, cross_with_itself);
    tcase_add_test(tcase, cross_transposed);
    tcase_add_test(tcase, conservation);
    tcase_add_test(tcase, channels);
    tcase_add_test(tcase, threads_and_backends);
    tcase_add_test(tcase, matrix_is_metrics);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
