/* test_invariants.c - correlation sums, d2, K2, the maximum of microstate entropy, distances: their oracle
 * tables, closed forms, and other calls that say the same. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle_table.h"

static rqa_context *contexts[2];

static void setup(void)
{
    contexts[0] = support_context(1);
    contexts[1] = support_context(3);
}

static void teardown(void)
{
    rqa_context_destroy(contexts[0]);
    rqa_context_destroy(contexts[1]);
}

/* ---- rows of tables */

typedef struct subject {
    rqa_series *series;
    rqa_embedding *embedding;
    rqa_analysis_options options;
} subject;

static subject open_subject(rqa_context *context, const oracle_row *row)
{
    static const char *const norm[] = {"maximum", "euclidean", "manhattan"};
    subject s = {.options = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN,
                                            oracle_number(row, "threshold", 0))};
    oracle_series data = oracle_load(row);
    for (int32_t k = 0; k < 3; k++)
        if (oracle_says(row, "norm", norm[k]))
            s.options.norm = k;
    s.options.theiler = (int64_t)oracle_number(row, "theiler", -1);
    s.series = support_series(context, data.x, data.n_x, data.n_channels);
    s.embedding = support_embedding(s.series, (uint32_t)oracle_number(row, "dim", 1),
                                    (uint32_t)oracle_number(row, "delay", 1));
    oracle_free(&data);
    return s;
}

static void close_subject(subject *s)
{
    rqa_embedding_destroy(s->embedding);
    rqa_series_destroy(s->series);
}

static size_t read_thresholds(const oracle_row *row, double *threshold, size_t most)
{
    const char *at = strstr(row->parameters, "thresholds=");
    size_t n = 0;
    ck_assert_ptr_nonnull(at);
    at += strlen("thresholds=");
    while (n < most) {
        char *end;
        threshold[n++] = strtod(at, &end);
        if (*end != '/')
            break;
        at = end + 1;
    }
    return n;
}

static void check_correlation(const oracle_row *row, void *context)
{
    double threshold[16], found[16], d2;
    const uint64_t *points;
    const double *curve;
    uint64_t cells;
    size_t n, n_used;
    rqa_correlation_sum *sum;
    subject s = open_subject(context, row);
    const size_t n_thresholds = read_thresholds(row, threshold, 16);
    ck_ok(rqa_correlation_sum_compute(&sum, s.embedding, NULL, &s.options, threshold, n_thresholds));
    ck_ok(rqa_correlation_sum_counts(sum, &points, &n, &cells));
    ck_assert_uint_eq(n, n_thresholds);
    for (size_t k = 0; k < n; k++)
        found[k] = (double)points[k];
    if (strcmp(row->quantity, "counts") == 0) {
        oracle_expect_list(row, found, n);
    } else if (strcmp(row->quantity, "cells") == 0) {
        oracle_expect(row, (double)cells);
    } else if (strcmp(row->quantity, "corr_sum") == 0) {
        ck_ok(rqa_correlation_sum_curve(sum, RQA_CORRELATION_SUM, &curve, &n));
        oracle_expect_list(row, curve, n);
    } else if (strcmp(row->quantity, "d2_local") == 0) {
        ck_ok(rqa_correlation_sum_curve(sum, RQA_CORRELATION_LOCAL_SLOPE, &curve, &n));
        ck_assert_uint_eq(n, n_thresholds - 1);
        oracle_expect_list(row, curve, n);
    } else if (strcmp(row->quantity, "d2_slope") == 0) {
        ck_ok(rqa_correlation_sum_d2(sum, threshold[0], INFINITY, &d2, &n_used));
        ck_assert_uint_eq(n_used, n_thresholds);
        oracle_expect(row, d2);
    } else {
        ck_abort_msg("unknown quantity %s", row->quantity);
    }
    rqa_correlation_sum_destroy(sum);
    close_subject(&s);
}

static void check_k2(const oracle_row *row, void *context)
{
    const int of_lines = strstr(row->quantity, "lines") != NULL;
    const int32_t estimator = of_lines ? RQA_K2_LINES : RQA_K2_SEGMENTS;
    const char *range = strstr(row->parameters, "l=2..8");
    const rqa_line_bin *bins;
    size_t n_bins;
    double k2;
    uint64_t n_used;
    ck_assert_ptr_nonnull(range);
    subject s = open_subject(context, row);
    rqa_metrics *m = support_metrics(s.embedding, NULL, &s.options);
    ck_ok(rqa_metrics_histogram(m, RQA_HISTOGRAM_DIAGONAL, &bins, &n_bins));
    if (strncmp(row->quantity, "k2", 2) == 0) {
        ck_ok(rqa_k2(&k2, &n_used, bins, n_bins, estimator, 2, 8));
        ck_assert_uint_eq(n_used, 7);
        oracle_expect(row, k2);
    } else {
        uint64_t counts[7];
        double found[7];
        ck_ok(rqa_k2_counts(counts, bins, n_bins, estimator, 2, 8));
        for (int k = 0; k < 7; k++)
            found[k] = (double)counts[k];
        oracle_expect_list(row, found, 7);
    }
    rqa_metrics_destroy(m);
    close_subject(&s);
}

static void check_triples(const oracle_row *row, void *context)
{
    uint64_t counts[8];
    double det;
    if (!oracle_says(row, "shape", "diagonal3"))
        return;
    subject s = open_subject(context, row);
    ck_ok(rqa_det_estimate(&det, counts, s.embedding, NULL, &s.options));
    if (strcmp(row->quantity, "det_estimate") == 0) {
        oracle_expect(row, det);
    } else {
        char text[200] = "";
        for (int code = 0; code < 8; code++)
            if (counts[code])
                snprintf(text + strlen(text), sizeof text - strlen(text), "%s%d:%llu", *text ? "," : "",
                         code, (unsigned long long)counts[code]);
        ck_assert_str_eq(text, row->text);
    }
    close_subject(&s);
}

static void check_maximum(const oracle_row *row, void *context)
{
    if (strcmp(row->quantity, "best_k") != 0 && strcmp(row->quantity, "max_entropy") != 0)
        return;
    double entropy[RQA_MICROSTATE_STEPS], threshold[RQA_MICROSTATE_STEPS];
    uint32_t best;
    subject s = open_subject(context, row);
    s.options.microstate_size = (uint32_t)oracle_number(row, "size", 2);
    ck_ok(rqa_microstate_maximum(&best, entropy, threshold, s.embedding, NULL, &s.options));
    oracle_expect(row, row->quantity[0] == 'b' ? (double)best : entropy[best - 1]);
    s.options.threshold = threshold[best - 1];
    s.options.measures = RQA_MEASURE_BIT(RQA_MEASURE_MICROSTATE_ENTROPY);
    rqa_metrics *m = support_metrics(s.embedding, NULL, &s.options);
    ck_assert_double_eq(support_get(m, RQA_MEASURE_MICROSTATE_ENTROPY), entropy[best - 1]);
    rqa_metrics_destroy(m);
    close_subject(&s);
}

START_TEST(tables)
{
    rqa_context *context = contexts[_i];
    ck_assert_uint_eq(oracle_rows("10_correlation_sum.tsv", check_correlation, context), 20);
    ck_assert_uint_eq(oracle_rows("10_k2.tsv", check_k2, context), 8);
    ck_assert_uint_eq(oracle_rows("08_microstates.tsv", check_maximum, context), 118);
    ck_assert_uint_eq(oracle_rows("08_microstates.tsv", check_triples, context), 118);
}
END_TEST

/* ---- closed forms */

static double *uniform_draws(size_t n, uint64_t seed)
{
    double *value = malloc(n * sizeof *value);
    rng r = {seed};
    for (size_t k = 0; k < n; k++)
        value[k] = rng_uniform(&r);
    return value;
}

/* Independent samples that recur with probability p: K2 = -ln p, by either estimator. */
START_TEST(independent_samples)
{
    enum { N = 3000 };
    double *value = uniform_draws(N, 3);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, .2);
    rqa_metrics *m = support_analyze(contexts[1], value, N, 1, 1, &o);
    const double expected = -log(support_get(m, RQA_MEASURE_RR));
    const rqa_line_bin *bins;
    size_t n_bins;
    double k2;
    ck_ok(rqa_metrics_histogram(m, RQA_HISTOGRAM_DIAGONAL, &bins, &n_bins));
    for (int32_t estimator = RQA_K2_LINES; estimator <= RQA_K2_SEGMENTS; estimator++) {
        ck_ok(rqa_k2(&k2, NULL, bins, n_bins, estimator, 1, 4));
        ck_near(k2, expected, .05 * expected);
    }
    rqa_metrics_destroy(m);
    free(value);
}
END_TEST

/* Points on a line fill one dimension, in a square two. */
START_TEST(dimension_of_a_line_and_a_square)
{
    enum { N = 4000 };
    static const double threshold[] = {.01, .02, .04, .08};
    double *value = uniform_draws(2 * N, 5), d2;
    for (size_t n_channels = 1; n_channels <= 2; n_channels++) {
        rqa_series *series = support_series(contexts[1], value, N, n_channels);
        rqa_embedding *e = support_embedding(series, 1, 1);
        rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, 0);
        rqa_correlation_sum *sum;
        ck_ok(rqa_correlation_sum_compute(&sum, e, NULL, &o, threshold, 4));
        ck_ok(rqa_correlation_sum_d2(sum, .01, .08, &d2, NULL));
        ck_near(d2, (double)n_channels, .1);
        rqa_correlation_sum_destroy(sum);
        rqa_embedding_destroy(e);
        rqa_series_destroy(series);
    }
    free(value);
}
END_TEST

/* Lines of lengths 1, 2, 3, 5: N(l) by hand; beyond the longest nothing is fitted. */
START_TEST(counts_by_hand)
{
    static const rqa_line_bin bins[] = {{1, 10}, {2, 4}, {3, 2}, {5, 1}};
    static const uint64_t lines[] = {17, 7, 3, 1, 1, 0}, segments[] = {29, 12, 5, 2, 1, 0};
    uint64_t counts[6], n;
    double k2;
    ck_ok(rqa_k2_counts(counts, bins, 4, RQA_K2_LINES, 1, 6));
    ck_assert_mem_eq(counts, lines, sizeof lines);
    ck_ok(rqa_k2_counts(counts, bins, 4, RQA_K2_SEGMENTS, 1, 6));
    ck_assert_mem_eq(counts, segments, sizeof segments);
    ck_ok(rqa_k2_counts(counts, bins, 4, RQA_K2_SEGMENTS, 2, 3));
    ck_assert_mem_eq(counts, segments + 1, 2 * sizeof *counts);
    ck_ok(rqa_k2(&k2, &n, bins, 4, RQA_K2_LINES, 4, UINT64_MAX));
    ck_assert_double_eq(k2, 0); /* N(4) = N(5) */
    ck_assert_uint_eq(n, 2);
    ck_ok(rqa_k2(&k2, &n, bins, 4, RQA_K2_LINES, 5, 9));
    ck_assert_double_nan(k2);
    ck_assert_uint_eq(n, 1);
    ck_ok(rqa_k2(&k2, &n, NULL, 0, RQA_K2_SEGMENTS, 1, 9));
    ck_assert_double_nan(k2);
    ck_assert_uint_eq(n, 0);
}
END_TEST

/* ---- the same by other calls */

/* Each threshold by itself, auto and cross, in each unit. */
START_TEST(as_recurrence_rates)
{
    enum { N = 200, M = 150, K = 30 };
    double *x = uniform_draws(N, 7), *y = uniform_draws(M, 8), threshold[K];
    for (size_t k = 0; k < K; k++)
        threshold[k] = .05 * (double)k;
    x[17] = x[3]; /* a distance of 0 */
    for (int k = 0; k < 16; k++) {
        const int cross = k & 1;
        rqa_context *context = contexts[k >> 1 & 1];
        rqa_series *sx = support_series(context, x, N, 1), *sy = support_series(context, y, M, 1);
        rqa_embedding *ex = support_embedding(sx, 2, 3), *ey = support_embedding(sy, 2, 3);
        rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, k % 3, 0);
        rqa_correlation_sum *sum;
        const uint64_t *points;
        uint64_t cells;
        size_t n;
        o.threshold_unit = k >> 2;
        o.theiler = cross ? -1 : 5;
        ck_ok(rqa_correlation_sum_compute(&sum, ex, cross ? ey : NULL, &o, threshold, K));
        ck_ok(rqa_correlation_sum_counts(sum, &points, &n, &cells));
        for (size_t t = 0; t < K; t++) {
            o.threshold = threshold[t];
            rqa_metrics *m = support_metrics(ex, cross ? ey : NULL, &o);
            ck_assert_uint_eq(points[t], support_count(m, RQA_COUNT_POINTS));
            ck_assert_uint_eq(cells, support_count(m, RQA_COUNT_PAIRS));
            rqa_metrics_destroy(m);
        }
        rqa_correlation_sum_destroy(sum);
        rqa_embedding_destroy(ex);
        rqa_embedding_destroy(ey);
        rqa_series_destroy(sx);
        rqa_series_destroy(sy);
    }
    free(x);
    free(y);
}
END_TEST

/* A threshold of 0 has no logarithm, nor has a sum of 0; without cells there is nothing. */
START_TEST(what_is_undefined)
{
    static const double value[] = {1, 2, 4, 8, 16}, threshold[] = {0, .5, 1, 2, 20};
    rqa_series *series = support_series(contexts[0], value, 5, 1);
    rqa_embedding *e = support_embedding(series, 1, 1);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, 0);
    rqa_correlation_sum *sum;
    const double *curve;
    size_t n;
    double d2;
    ck_ok(rqa_correlation_sum_compute(&sum, e, NULL, &o, threshold, 5));
    ck_ok(rqa_correlation_sum_curve(sum, RQA_CORRELATION_LOCAL_SLOPE, &curve, &n));
    ck_assert_double_nan(curve[0]);
    ck_assert_double_nan(curve[1]);
    ck_near(curve[2], 1, 1e-15); /* 1 of 10 pairs, then 2 */
    ck_ok(rqa_correlation_sum_d2(sum, 0, INFINITY, &d2, &n));
    ck_assert_uint_eq(n, 3);
    ck_ok(rqa_correlation_sum_d2(sum, 0, 1, &d2, &n));
    ck_assert_double_nan(d2);
    ck_assert_uint_eq(n, 1);
    rqa_correlation_sum_destroy(sum);
    o.theiler = 5;
    ck_ok(rqa_correlation_sum_compute(&sum, e, NULL, &o, threshold, 5));
    ck_ok(rqa_correlation_sum_curve(sum, RQA_CORRELATION_SUM, &curve, &n));
    ck_assert_double_nan(curve[4]);
    rqa_correlation_sum_destroy(sum);
    rqa_embedding_destroy(e);
    rqa_series_destroy(series);
}
END_TEST

/* Of a constant series every entropy is 0: the first k of the equal ones. */
START_TEST(maximum_of_a_constant)
{
    static const double value[20] = {0};
    rqa_series *series = support_series(contexts[1], value, 20, 1);
    rqa_embedding *e = support_embedding(series, 1, 1);
    uint32_t best;
    double entropy[RQA_MICROSTATE_STEPS];
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, 0);
    ck_ok(rqa_microstate_maximum(&best, entropy, NULL, e, NULL, &o));
    ck_assert_uint_eq(best, 1);
    ck_assert_double_eq(entropy[49], 0);
    o.theiler = 20; /* no block is left */
    ck_ok(rqa_microstate_maximum(&best, entropy, NULL, e, NULL, &o));
    ck_assert_uint_eq(best, 0);
    ck_assert_double_nan(entropy[0]);
    rqa_embedding_destroy(e);
    rqa_series_destroy(series);
}
END_TEST

/* Triples by the definition: a cross plot, and one with a wide band and a missing sample. */
START_TEST(triples)
{
    enum { N = 300, M = 210 };
    const int cross = _i;
    double *value = uniform_draws(N + M, 13), det;
    uint64_t counts[8], expected[8] = {0};
    const rqa_series_options missing = {.struct_size = sizeof missing, .missing = RQA_MISSING_SKIP};
    rqa_series *sx, *sy = support_series(contexts[1], value + N, M, 1);
    value[77] = NAN;
    ck_ok(rqa_series_create(&sx, contexts[1], value, N, 1, &missing));
    rqa_embedding *ex = support_embedding(sx, 1, 1), *ey = support_embedding(sy, 1, 1);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, .3);
    o.theiler = cross ? 0 : 70;
    const double *y = cross ? value + N : value;
    const size_t n_y = cross ? M : N;
    ck_ok(rqa_det_estimate(&det, counts, ex, cross ? ey : NULL, &o));
    for (size_t i = 0; i + 2 < N; i++)
        for (size_t j = 0; j + 2 < n_y; j++) {
            unsigned code = 0;
            int kept = (i > j ? i - j : j - i) >= (size_t)o.theiler;
            for (unsigned k = 0; k < 3; k++) {
                kept &= !isnan(value[i + k]) && !isnan(y[j + k]);
                code |= (unsigned)(fabs(value[i + k] - y[j + k]) <= .3) << k;
            }
            expected[code] += kept;
        }
    ck_assert_mem_eq(counts, expected, sizeof expected);
    rqa_embedding_destroy(ex);
    rqa_embedding_destroy(ey);
    rqa_series_destroy(sx);
    rqa_series_destroy(sy);
    free(value);
}
END_TEST

/* ---- distances */

/* By the definition, bit for bit; and a threshold makes the matrix of them. */
START_TEST(distances)
{
    enum { N = 90, M = 70, CHANNELS = 2, DIM = 3, DELAY = 2, STRIDE = N + 5 };
    const int32_t norm = _i;
    double *value = uniform_draws((N + M) * CHANNELS, 11);
    static double cells[M * STRIDE], other[M * STRIDE];
    value[40] = NAN;
    const rqa_series_options missing = {.struct_size = sizeof missing, .missing = RQA_MISSING_SKIP};
    rqa_series *sx, *sy = support_series(contexts[0], value + N * CHANNELS, M, CHANNELS);
    ck_ok(rqa_series_create(&sx, contexts[0], value, N, CHANNELS, &missing));
    rqa_embedding *ex = support_embedding(sx, DIM, DELAY), *ey = support_embedding(sy, DIM, DELAY);
    const brute_series bx = {value, N, CHANNELS, DIM, DELAY};
    const brute_series by = {value + N * CHANNELS, M, CHANNELS, DIM, DELAY};
    const size_t nx = brute_n_vectors(&bx), ny = brute_n_vectors(&by);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, norm, 0);
    ck_ok(rqa_distance_rows(cells, STRIDE, ex, ey, &o, 0, ny));
    ck_ok(rqa_distance_rows(other, 0, ex, ey, &o, 10, 7));
    o.threshold = cells[3 * STRIDE + 4];
    rqa_matrix *matrix;
    ck_ok(rqa_matrix_create(&matrix, ex, ey, &o));
    for (size_t j = 0; j < ny; j++)
        for (size_t i = 0; i < nx; i++) {
            const double found = cells[j * STRIDE + i];
            const double expected = brute_distance(&bx, i, &by, j, norm);
            ck_assert_msg(isnan(expected) ? isnan(found) : found == expected, "(%zu, %zu): %a, not %a",
                          j, i, found, expected);
            ck_assert_int_eq(rqa_matrix_row(matrix, j)[i / 64] >> i % 64 & 1, found <= o.threshold);
            if (j >= 10 && j < 17)
                ck_assert_mem_eq(&other[(j - 10) * nx + i], &found, sizeof found);
        }
    rqa_matrix_destroy(matrix);
    rqa_embedding_destroy(ex);
    rqa_embedding_destroy(ey);
    rqa_series_destroy(sx);
    rqa_series_destroy(sy);
    free(value);
}
END_TEST

/* Values near the ends of the range of doubles, which are read scaled. */
START_TEST(distances_of_extreme_values)
{
    static const double value[] = {0, 1e-320, 3e-320}, large[] = {-1.5e308, 1.5e308, 0};
    double cells[9];
    rqa_series *small = support_series(contexts[0], value, 3, 1);
    rqa_series *wide = support_series(contexts[0], large, 3, 1);
    rqa_embedding *e = support_embedding(small, 1, 1), *f = support_embedding(wide, 1, 1);
    ck_ok(rqa_distance_rows(cells, 0, e, NULL, NULL, 0, 3));
    ck_assert_double_eq(cells[1], 1e-320);
    ck_assert_double_eq(cells[5], 2e-320);
    ck_assert_double_eq(cells[4], 0);
    ck_ok(rqa_distance_rows(cells, 0, f, NULL, NULL, 0, 3));
    ck_assert_double_eq(cells[2], 1.5e308);
    ck_assert(isfinite(cells[1])); /* beyond the largest double: that */
    rqa_embedding_destroy(e);
    rqa_embedding_destroy(f);
    rqa_series_destroy(small);
    rqa_series_destroy(wide);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("invariants");
    TCase *tcase = tcase_create("invariants");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, tables, 0, 2);
    tcase_add_test(tcase, independent_samples);
    tcase_add_test(tcase, dimension_of_a_line_and_a_square);
    tcase_add_test(tcase, counts_by_hand);
    tcase_add_test(tcase, as_recurrence_rates);
    tcase_add_test(tcase, what_is_undefined);
    tcase_add_test(tcase, maximum_of_a_constant);
    tcase_add_loop_test(tcase, triples, 0, 2);
    tcase_add_loop_test(tcase, distances, 0, 3);
    tcase_add_test(tcase, distances_of_extreme_values);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
