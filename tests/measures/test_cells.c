/* test_cells.c - measures that are read off cells, and those of 0.3.0 that are read off lines, against
 * their oracle tables and their definitions. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle_table.h"

#define BIT(measure) RQA_MEASURE_BIT(RQA_MEASURE_##measure)

/* ---- a row of a table: its plot by the definition, and its result */

typedef struct subject {
    brute_matrix plot;
    rqa_metrics *metrics;
    rqa_analysis_options o;
} subject;

static int32_t norm_of(const oracle_row *row)
{
    static const char *const norm[] = {"maximum", "euclidean", "manhattan"};
    for (int32_t k = 0; k < 3; k++)
        if (oracle_says(row, "norm", norm[k]))
            return k;
    return RQA_NORM_EUCLIDEAN;
}

static subject open_subject(rqa_context *context, const oracle_row *row, uint64_t measures)
{
    subject s = {.o = support_options(RQA_CONVENTION_STANDARD, norm_of(row),
                                      oracle_number(row, "threshold", 0))};
    oracle_series data = oracle_load(row);
    const uint32_t dim = (uint32_t)oracle_number(row, "dim", 1);
    const uint32_t delay = (uint32_t)oracle_number(row, "delay", 1);
    const brute_series b = {data.x, data.n_x, data.n_channels, dim, delay};
    rqa_series *x = support_series(context, data.x, data.n_x, data.n_channels);
    rqa_embedding *e = support_embedding(x, dim, delay);
    s.o.theiler = (int64_t)oracle_number(row, "theiler", -1);
    s.o.trend_border = (uint32_t)oracle_number(row, "border", 0);
    if (oracle_says(row, "peer", "crqa")) /* its far end is a tenth */
        s.o.trend_border = (uint32_t)(.1 * (double)rqa_embedding_n_vectors(e) + .5);
    s.o.measures = measures;
    s.plot = brute_recurrence(&b, NULL, RQA_RELATION_AUTO, s.o.norm, RQA_COMPARE_LE, s.o.threshold,
                              -1);
    s.metrics = support_metrics(e, NULL, &s.o);
    rqa_embedding_destroy(e);
    rqa_series_destroy(x);
    oracle_free(&data);
    return s;
}

static void close_subject(subject *s)
{
    brute_matrix_free(&s->plot);
    rqa_metrics_destroy(s->metrics);
}

/* ---- first returns */

typedef struct returns {
    uint64_t count[2000];
    uint64_t n;
    size_t longest, mode;
} returns;

/* For each i: leave, come back. */
static returns returns_of(const brute_matrix *m, size_t longest_kept)
{
    returns r = {{0}, 0, 0, 0};
    const size_t n = m->nx;
    for (size_t i = 0; i < n; i++) {
        size_t j = i + 1;
        int lost = m->gone_x && (m->gone_x[i] || m->gone_y[i]);
        while (j < n && m->cell[j * n + i])
            j++;
        while (j < n && !m->cell[j * n + i])
            j++;
        for (size_t k = i; k <= j && k < n && m->gone_x; k++)
            lost |= m->gone_x[k] || m->gone_y[k];
        if (j < n && !lost && j - i <= longest_kept)
            r.count[j - i]++;
    }
    for (size_t t = 0; t < n; t++) {
        r.n += r.count[t];
        r.longest = r.count[t] ? t : r.longest;
        r.mode = r.count[t] > r.count[r.mode] ? t : r.mode;
    }
    return r;
}

static double entropy_of(const uint64_t *count, size_t n)
{
    double total = 0, sum = 0;
    for (size_t k = 0; k < n; k++)
        total += (double)count[k];
    for (size_t k = 0; k < n; k++)
        if (count[k])
            sum -= (double)count[k] / total * log((double)count[k] / total);
    return sum;
}

static void check_returns(const oracle_row *row, void *context)
{
    subject s = open_subject(context, row, BIT(RPDE));
    const returns r = returns_of(&s.plot, SIZE_MAX), r200 = returns_of(&s.plot, 200);
    const double rpde = support_get(s.metrics, RQA_MEASURE_RPDE);
    ck_near(rpde * log((double)r.longest), entropy_of(r.count, 2000), 1e-12);
    const oracle_value all[] = {{"returns", (double)r.n},
                                {"t_max", (double)r.longest},
                                {"mode", (double)r.mode},
                                {"entropy_nats", rpde * log((double)r.longest)},
                                {"rpde", rpde},
                                {"rpde_tmax200", entropy_of(r200.count, 2000) / log(200)}};
    oracle_expect_named(row, all, sizeof all / sizeof all[0]);
    close_subject(&s);
}

START_TEST(every_row_of_first_returns)
{
    rqa_context *context = support_context(2);
    ck_assert_uint_eq(oracle_rows("11_rpde.tsv", check_returns, context), 24);
    rqa_context_destroy(context);
}
END_TEST

static void check_other(const oracle_row *row, void *context)
{
    subject s = open_subject(context, row,
                             BIT(NMPRT) | BIT(NMPRT_TIME) | BIT(L_ENTR_REL) | BIT(L_ENTR) |
                                 BIT(DET_RR) | BIT(LAM_DET) | BIT(W_MEAN) | BIT(TREND));
    const double trend = support_get(s.metrics, RQA_MEASURE_TREND) / 1000;
    const double percent = oracle_says(row, "peer", "crqa") ? 100 : 1;
    const oracle_value all[] = {{"nmprt", support_get(s.metrics, RQA_MEASURE_NMPRT)},
                                {"most_probable_time", support_get(s.metrics, RQA_MEASURE_NMPRT_TIME)},
                                {"l_entr_by_classes", support_get(s.metrics, RQA_MEASURE_L_ENTR_REL)},
                                {"l_entr_by_lnN",
                                 support_get(s.metrics, RQA_MEASURE_L_ENTR) / log((double)s.plot.nx)},
                                {"det_rr", support_get(s.metrics, RQA_MEASURE_DET_RR)},
                                {"lam_det", support_get(s.metrics, RQA_MEASURE_LAM_DET)},
                                {"white_mean", support_get(s.metrics, RQA_MEASURE_W_MEAN)},
                                {"trend", 1000 * percent * trend},
                                {"trend_percent", 100 * 1000 * trend}};
    oracle_expect_named(row, all, sizeof all / sizeof all[0]);
    close_subject(&s);
}

START_TEST(every_row_of_other_measures)
{
    rqa_context *context = support_context(2);
    ck_assert_uint_eq(oracle_rows("11_other.tsv", check_other, context), 40);
    rqa_context_destroy(context);
}
END_TEST

/* ---- random plots */

typedef struct drawn {
    double value[2 * 700];
    brute_series brute;
    rqa_series *series;
    rqa_embedding *embedding;
} drawn;

static void draw(drawn *d, rng *r, rqa_context *context, size_t n_vectors)
{
    const uint32_t dim = 1 + (uint32_t)rng_below(r, 3), delay = 1 + (uint32_t)rng_below(r, 3);
    const size_t n = n_vectors + (dim - 1) * delay, n_channels = 1 + rng_below(r, 2);
    const int kind = (int)rng_below(r, 3), skips = rng_below(r, 3) == 0;
    double walk = 0;
    rqa_series_options o;
    rqa_series_options_init(&o);
    o.missing = RQA_MISSING_SKIP;
    for (size_t k = 0; k < n * n_channels; k++) {
        walk += rng_gauss(r);
        d->value[k] = kind == 0 ? rng_gauss(r) : kind == 1 ? floor(3 * rng_uniform(r)) : walk;
        if (skips && rng_below(r, 40) == 0)
            d->value[k] = NAN;
    }
    d->brute = (brute_series){d->value, n, n_channels, dim, delay};
    ck_ok(rqa_series_create(&d->series, context, d->value, n, n_channels, &o));
    d->embedding = support_embedding(d->series, dim, delay);
}

static void destroy(drawn *d)
{
    rqa_embedding_destroy(d->embedding);
    rqa_series_destroy(d->series);
}

static rqa_analysis_options draw_options(rng *r, uint64_t measures)
{
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, (int32_t)rng_below(r, 3),
                                             2 * rng_uniform(r));
    o.compare = rng_below(r, 2) ? RQA_COMPARE_LE : RQA_COMPARE_LT;
    o.measures = measures;
    return o;
}

START_TEST(first_returns_by_the_definition)
{
    rng r = {env_number("RQA_TEST_SEED", 5)};
    rqa_context *context[2] = {support_context(1), support_context(3)};
    for (int k = 0; k < 150; k++) {
        drawn x, y;
        const size_t n = 2 + rng_below(&r, k % 5 ? 90 : 600);
        const int joint = rng_below(&r, 3) == 0;
        draw(&x, &r, context[k % 2], n);
        draw(&y, &r, context[k % 2], n);
        rqa_analysis_options o = draw_options(&r, BIT(RPDE));
        o.relation = joint ? RQA_RELATION_JOINT : RQA_RELATION_AUTO;
        o.theiler = (int64_t)rng_below(&r, 5); /* plays no part */
        brute_matrix m = brute_recurrence(&x.brute, joint ? &y.brute : NULL, o.relation, o.norm,
                                          o.compare, o.threshold, -1);
        if (!brute_all_skipped(&m)) {
            rqa_metrics *metrics = support_metrics(x.embedding, joint ? y.embedding : NULL, &o);
            const returns found = returns_of(&m, SIZE_MAX);
            const double rpde = support_get(metrics, RQA_MEASURE_RPDE);
            const double wanted =
                found.n ? entropy_of(found.count, 2000) / log((double)found.longest) : NAN;
            ck_assert_msg(support_close(rpde, wanted, 1e-12) || fabs(rpde - wanted) < 1e-14,
                          "draw %d: %.17g, not %.17g", k, rpde, wanted);
            ck_assert_int_eq(rqa_metrics_reason(metrics, RQA_MEASURE_RPDE),
                             found.n ? RQA_REASON_DEFINED : RQA_REASON_NO_PAIR);
            rqa_metrics_destroy(metrics);
        }
        brute_matrix_free(&m);
        destroy(&x);
        destroy(&y);
    }
    rqa_context_destroy(context[0]);
    rqa_context_destroy(context[1]);
}
END_TEST

/* ---- microstates */

/* How often each pattern stands in the plot: of its cells one after the other. */
static void count_patterns(const brute_matrix *m, size_t size, size_t theiler, uint64_t *count)
{
    memset(count, 0, 65536 * sizeof *count);
    for (size_t j = 0; j + size <= m->ny; j++)
        for (size_t i = 0; i + size <= m->nx; i++) {
            size_t code = 0, counts = 1;
            for (size_t b = 0; b < size; b++)
                for (size_t a = 0; a < size; a++) {
                    const size_t x = i + a, y = j + b, apart = x > y ? x - y : y - x;
                    code = 2 * code + m->cell[y * m->nx + x];
                    counts &= apart >= theiler && !(m->gone_x && m->gone_x[x]) &&
                              !(m->gone_y && m->gone_y[y]);
                }
            count[code] += counts;
        }
}

static uint64_t patterns[65536];

typedef struct pattern_sums {
    uint64_t positions, distinct;
} pattern_sums;

static pattern_sums sum_patterns(void)
{
    pattern_sums s = {0, 0};
    for (size_t k = 0; k < 65536; k++) {
        s.positions += patterns[k];
        s.distinct += patterns[k] > 0;
    }
    return s;
}

static rqa_metrics *microstates_of(rqa_context *context, const oracle_series *data,
                                   const oracle_row *row, double threshold, brute_matrix *plot)
{
    const uint32_t dim = (uint32_t)oracle_number(row, "dim", 1);
    const uint32_t delay = (uint32_t)oracle_number(row, "delay", 1);
    const brute_series bx = {data->x, data->n_x, data->n_channels, dim, delay};
    const brute_series by = {data->y, data->n_y, data->n_channels, dim, delay};
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, norm_of(row), threshold);
    const int has_y = data->y != NULL;
    *plot = brute_recurrence(&bx, has_y ? &by : NULL,
                             has_y ? RQA_RELATION_CROSS : RQA_RELATION_AUTO, o.norm, RQA_COMPARE_LE,
                             threshold, -1);
    o.measures = BIT(MICROSTATE_ENTROPY);
    o.microstate_size = (uint32_t)oracle_number(row, "size", 0);
    o.theiler = (int64_t)oracle_number(row, "theiler", -1);
    rqa_series *x = support_series(context, data->x, data->n_x, data->n_channels);
    rqa_series *y = has_y ? support_series(context, data->y, data->n_y, data->n_channels) : NULL;
    rqa_embedding *ex = support_embedding(x, dim, delay);
    rqa_embedding *ey = has_y ? support_embedding(y, dim, delay) : NULL;
    rqa_metrics *metrics = support_metrics(ex, ey, &o);
    rqa_embedding_destroy(ex);
    rqa_embedding_destroy(ey);
    rqa_series_destroy(x);
    rqa_series_destroy(y);
    return metrics;
}

/* Over thresholds that are k/50 of the largest distance. */
static void check_largest(rqa_context *context, const oracle_series *data, const oracle_row *row)
{
    const brute_series b = {data->x, data->n_x, data->n_channels,
                            (uint32_t)oracle_number(row, "dim", 1),
                            (uint32_t)oracle_number(row, "delay", 1)};
    const size_t n = brute_n_vectors(&b);
    double largest = 0, best = -1, best_k = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            largest = fmax(largest, brute_distance(&b, i, &b, j, norm_of(row)));
    for (int k = 1; k <= 50; k++) {
        brute_matrix plot;
        rqa_metrics *m = microstates_of(context, data, row, largest * k / 50, &plot);
        const double found = support_get(m, RQA_MEASURE_MICROSTATE_ENTROPY);
        if (found > best)
            best = found, best_k = k;
        rqa_metrics_destroy(m);
        brute_matrix_free(&plot);
    }
    oracle_expect(row, strcmp(row->quantity, "best_k") == 0 ? best_k : best);
}

static void check_microstates(const oracle_row *row, void *context)
{
    oracle_series data = oracle_load(row);
    if (oracle_says(row, "shape", "diagonal3")) { /* test_invariants.c has it */
        oracle_free(&data);
        return;
    }
    if (strcmp(row->quantity, "best_k") == 0 || strcmp(row->quantity, "max_entropy") == 0) {
        check_largest(context, &data, row);
        oracle_free(&data);
        return;
    }
    brute_matrix plot;
    rqa_metrics *m =
        microstates_of(context, &data, row, oracle_number(row, "threshold", 0), &plot);
    const size_t size = (size_t)oracle_number(row, "size", 2);
    count_patterns(&plot, size, (size_t)oracle_number(row, "theiler", 0), patterns);
    const pattern_sums sums = sum_patterns();
    const double found = support_get(m, RQA_MEASURE_MICROSTATE_ENTROPY);
    ck_near(found, entropy_of(patterns, 65536), 1e-11);
    const oracle_value all[] = {{"positions", (double)sums.positions},
                                {"distinct", (double)sums.distinct},
                                {"all_black", (double)patterns[((size_t)1 << size * size) - 1]},
                                {"all_white", (double)patterns[0]},
                                {"entropy_nats", found}};
    oracle_expect_named(row, all, sizeof all / sizeof all[0]);
    rqa_metrics_destroy(m);
    brute_matrix_free(&plot);
    oracle_free(&data);
}

START_TEST(every_row_of_microstates)
{
    rqa_context *context = support_context(2);
    ck_assert_uint_gt(oracle_rows("08_microstates.tsv", check_microstates, context), 100);
    rqa_context_destroy(context);
}
END_TEST

START_TEST(microstates_by_the_definition)
{
    rng r = {env_number("RQA_TEST_SEED", 6)};
    rqa_context *context[2] = {support_context(1), support_context(3)};
    for (int k = 0; k < 120; k++) {
        drawn x, y;
        const size_t n = 2 + rng_below(&r, k % 4 ? 90 : 400);
        const int32_t relation = (int32_t)rng_below(&r, 3);
        draw(&x, &r, context[k % 2], n);
        draw(&y, &r, context[k % 2], n);
        rqa_analysis_options o = draw_options(&r, BIT(MICROSTATE_ENTROPY));
        o.relation = relation == RQA_RELATION_CROSS && (x.brute.dim != y.brute.dim ||
                                                        x.brute.n_channels != y.brute.n_channels)
                         ? RQA_RELATION_JOINT
                         : relation;
        o.theiler = (int64_t)rng_below(&r, 6) - 1;
        o.microstate_size = (uint32_t)rng_below(&r, 5);
        const int has_y = o.relation != RQA_RELATION_AUTO;
        brute_matrix m = brute_recurrence(&x.brute, has_y ? &y.brute : NULL, o.relation, o.norm,
                                          o.compare, o.threshold, -1);
        if (!brute_all_skipped(&m)) {
            rqa_metrics *metrics = support_metrics(x.embedding, has_y ? y.embedding : NULL, &o);
            count_patterns(&m, o.microstate_size ? o.microstate_size : 2,
                           o.theiler > 0 ? (size_t)o.theiler : 0, patterns);
            const double wanted = sum_patterns().positions ? entropy_of(patterns, 65536) : NAN;
            const double found = support_get(metrics, RQA_MEASURE_MICROSTATE_ENTROPY);
            ck_assert_msg(support_close(found, wanted, 1e-12) || fabs(found - wanted) < 1e-13,
                          "draw %d: %.17g, not %.17g", k, found, wanted);
            rqa_metrics_destroy(metrics);
        }
        brute_matrix_free(&m);
        destroy(&x);
        destroy(&y);
    }
    rqa_context_destroy(context[0]);
    rqa_context_destroy(context[1]);
}
END_TEST

/* ---- categorical data */

/* Areas of the rectangles of a plot of equal values: grown from their corner, cell by cell. */
static size_t areas_of(const brute_matrix *m, uint64_t *count, size_t limit)
{
    size_t n = 0;
    memset(count, 0, limit * sizeof *count);
    for (size_t j = 0; j < m->ny; j++)
        for (size_t i = 0; i < m->nx; i++) {
            if (!m->cell[j * m->nx + i] || (i && m->cell[j * m->nx + i - 1]) ||
                (j && m->cell[(j - 1) * m->nx + i]))
                continue;
            size_t a = 1, b = 1;
            while (i + a < m->nx && m->cell[j * m->nx + i + a])
                a++;
            while (j + b < m->ny && m->cell[(j + b) * m->nx + i])
                b++;
            ck_assert_uint_lt(a * b, limit);
            count[a * b]++;
            n++;
        }
    return n;
}

static void check_categorical(const oracle_row *row, void *context)
{
    static uint64_t area[100000];
    oracle_series data = oracle_load(row);
    const int has_y = data.y != NULL;
    const brute_series bx = {data.x, data.n_x, 1, 1, 1}, by = {data.y, data.n_y, 1, 1, 1};
    brute_matrix plot = brute_recurrence(&bx, has_y ? &by : NULL,
                                         has_y ? RQA_RELATION_CROSS : RQA_RELATION_AUTO,
                                         RQA_NORM_EUCLIDEAN, RQA_COMPARE_LE, 0, -1);
    rqa_series *x = support_series(context, data.x, data.n_x, 1);
    rqa_series *y = has_y ? support_series(context, data.y, data.n_y, 1) : NULL;
    rqa_embedding *ex = support_embedding(x, 1, 1), *ey = has_y ? support_embedding(y, 1, 1) : NULL;
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 0);
    o.measures = RQA_MEASURES_DEFAULT | BIT(CAT_ENTROPY) | BIT(L_ENTR_REL);
    rqa_metrics *m = support_metrics(ex, ey, &o);
    const size_t n_blocks = areas_of(&plot, area, 100000);
    double large = 0, distinct = 0, most = 0, cells = 0, all_cells = 0;
    for (size_t k = 1; k < 100000; k++) {
        all_cells += (double)(k * area[k]);
        if (k < 2 || !area[k])
            continue;
        large += (double)area[k];
        cells += (double)(k * area[k]);
        distinct++;
        most = (double)k;
    }
    const oracle_value all[] = {{"points_all", all_cells},
                                {"blocks", (double)n_blocks},
                                {"blocks_area_over_1", large},
                                {"distinct_areas", distinct},
                                {"area_max", most},
                                {"mean_area", cells / large},
                                {"catH", support_get(m, RQA_MEASURE_CAT_ENTROPY)},
                                {"rr", support_get(m, RQA_MEASURE_RR)},
                                {"det", support_get(m, RQA_MEASURE_DET)},
                                {"l_mean", support_get(m, RQA_MEASURE_L_MEAN)},
                                {"l_entr", support_get(m, RQA_MEASURE_L_ENTR)},
                                {"r_entr", support_get(m, RQA_MEASURE_L_ENTR_REL)},
                                {"lam", support_get(m, RQA_MEASURE_LAM)},
                                {"tt", support_get(m, RQA_MEASURE_TT)}};
    oracle_expect_named(row, all, sizeof all / sizeof all[0]);
    rqa_metrics_destroy(m);
    rqa_embedding_destroy(ex);
    rqa_embedding_destroy(ey);
    rqa_series_destroy(x);
    rqa_series_destroy(y);
    brute_matrix_free(&plot);
    oracle_free(&data);
}

START_TEST(every_row_of_categorical_data)
{
    rqa_context *context = support_context(2);
    ck_assert_uint_eq(oracle_rows("09_categorical.tsv", check_categorical, context), 56);
    rqa_context_destroy(context);
}
END_TEST

static void draw_symbols(drawn *d, rng *r, rqa_context *context, size_t n)
{
    rqa_series_options o;
    rqa_series_options_init(&o);
    o.missing = RQA_MISSING_SKIP;
    for (size_t k = 0; k < n; k++) {
        d->value[k] = k && rng_below(r, 3) ? d->value[k - 1] : (double)rng_below(r, 4);
        if (rng_below(r, 30) == 0)
            d->value[k] = NAN;
    }
    d->brute = (brute_series){d->value, n, 1, 1, 1};
    ck_ok(rqa_series_create(&d->series, context, d->value, n, 1, &o));
    d->embedding = support_embedding(d->series, 1, 1);
}

START_TEST(blocks_by_the_definition)
{
    static uint64_t area[100000];
    rng r = {env_number("RQA_TEST_SEED", 7)};
    rqa_context *context = support_context(1);
    for (int k = 0; k < 200; k++) {
        drawn x, y;
        const size_t n = 2 + rng_below(&r, 70);
        draw_symbols(&x, &r, context, n);
        draw_symbols(&y, &r, context, n);
        rqa_analysis_options o = draw_options(&r, BIT(CAT_ENTROPY));
        o.relation = (int32_t)rng_below(&r, 3);
        o.compare = RQA_COMPARE_LE;
        o.threshold = 0;
        const int has_y = o.relation != RQA_RELATION_AUTO;
        brute_matrix m = brute_recurrence(&x.brute, has_y ? &y.brute : NULL, o.relation, o.norm,
                                          o.compare, 0, -1);
        if (!brute_all_skipped(&m)) {
            rqa_metrics *metrics = support_metrics(x.embedding, has_y ? y.embedding : NULL, &o);
            areas_of(&m, area, 100000);
            area[1] = 0;
            const double wanted = entropy_of(area, 100000);
            int any = 0;
            for (size_t a = 2; a < 100000; a++)
                any |= area[a] > 0;
            const double found = support_get(metrics, RQA_MEASURE_CAT_ENTROPY);
            ck_assert_msg(any ? support_close(found, wanted, 1e-12) || fabs(found - wanted) < 1e-13
                              : isnan(found),
                          "draw %d: %.17g, not %.17g", k, found, wanted);
            rqa_metrics_destroy(metrics);
        }
        brute_matrix_free(&m);
        destroy(&x);
        destroy(&y);
    }
    rqa_context_destroy(context);
}
END_TEST

START_TEST(what_is_refused)
{
    const double value[] = {1, 2, 3, 1, 2, 2};
    rqa_metrics *m;
    rqa_batch *batch;
    rqa_context *context = support_context(1);
    rqa_series *x = support_series(context, value, 6, 1);
    rqa_embedding *e = support_embedding(x, 1, 1);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, .5);
    o.measures = BIT(CAT_ENTROPY);
    ck_fails(rqa_metrics_compute(&m, e, NULL, &o), RQA_ERROR_VALUE, "0.5|cat_entropy|threshold 0");
    o.threshold = 0;
    o.threshold_y = 0.5; /* of joint plots alone */
    ck_ok(rqa_metrics_compute(&m, e, e, &o));
    rqa_metrics_destroy(m);
    o.threshold = 0.5;
    o.threshold_y = -1;
    const uint32_t one = 1;
    const double thresholds[] = {0, .25};
    rqa_batch_options b;
    rqa_batch_options_init(&b);
    b.dims = b.delays = &one, b.n_dims = b.n_delays = 1;
    b.thresholds = thresholds, b.n_thresholds = 2;
    b.analysis = &o;
    ck_fails(rqa_batch_create(&batch, context, &b), RQA_ERROR_VALUE, "0.25|cat_entropy");
    o.threshold = 0;
    o.compare = RQA_COMPARE_LT;
    ck_fails(rqa_metrics_compute(&m, e, NULL, &o), RQA_ERROR_UNSUPPORTED, "cat_entropy|<");
    o.measures = BIT(RPDE);
    ck_fails(rqa_metrics_compute(&m, e, e, &o), RQA_ERROR_UNSUPPORTED, "rpde|symmetric");
    o.measures = BIT(MICROSTATE_ENTROPY);
    o.microstate_size = 5;
    ck_fails(rqa_metrics_compute(&m, e, NULL, &o), RQA_ERROR_VALUE, "microstate_size is 5|1..4");
    rqa_embedding_destroy(e);
    rqa_series_destroy(x);
    rqa_context_destroy(context);
}
END_TEST

/* ---- a batch gives what single analyses give */

START_TEST(in_a_batch)
{
    const uint32_t dims[] = {3, 1}, delays[] = {1, 2}, lmins[] = {2, 3};
    const double thresholds[] = {.5, .2, 1.5};
    enum { ROWS = 2 * 2 * 3 * 2 };
    double value[300];
    rng r = {8};
    for (int k = 0; k < 300; k++)
        value[k] = rng_gauss(&r);
    rqa_context *context = support_context(2);
    rqa_series *x = support_series(context, value, 300, 1);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 0);
    o.measures = RQA_MEASURES_ALL & ~BIT(CAT_ENTROPY);
    rqa_batch_options b;
    rqa_batch_options_init(&b);
    b.dims = dims, b.n_dims = 2;
    b.delays = delays, b.n_delays = 2;
    b.thresholds = thresholds, b.n_thresholds = 3;
    b.lmins = lmins, b.n_lmins = 2;
    b.analysis = &o;
    rqa_batch *batch;
    static double table[ROWS * RQA_MEASURE_COUNT];
    ck_ok(rqa_batch_create(&batch, context, &b));
    const rqa_batch_item item = {
        .struct_size = sizeof item, .norm = -1, .relation = -1, .x = x, .label = "x"};
    ck_ok(rqa_batch_add(batch, &item));
    ck_ok(rqa_batch_set_table(batch, table, NULL, ROWS));
    ck_ok(rqa_batch_run(batch, NULL, NULL));
    const uint64_t width = rqa_batch_size(batch, RQA_BATCH_MEASURES);
    for (uint64_t row = 0; row < ROWS; row++) {
        rqa_batch_row at = {.struct_size = sizeof at};
        ck_ok(rqa_batch_row_at(batch, row, &at));
        rqa_embedding *e = support_embedding(x, at.dim, at.delay);
        rqa_analysis_options one = o;
        one.threshold = at.threshold;
        one.lmin = at.lmin;
        rqa_metrics *metrics = support_metrics(e, NULL, &one);
        for (uint32_t c = 0; c < width; c++)
            ck_assert_msg(support_close(table[row * width + c],
                                        support_get(metrics, rqa_batch_measure_at(batch, c)), 0),
                          "row %d: %s is %.17g, not %.17g", (int)row,
                          rqa_measure_name(rqa_batch_measure_at(batch, c)), table[row * width + c],
                          support_get(metrics, rqa_batch_measure_at(batch, c)));
        rqa_metrics_destroy(metrics);
        rqa_embedding_destroy(e);
    }
    rqa_batch_destroy(batch);
    rqa_series_destroy(x);
    rqa_context_destroy(context);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("cells");
    TCase *tc = tcase_create("cells");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, every_row_of_first_returns);
    tcase_add_test(tc, every_row_of_other_measures);
    tcase_add_test(tc, first_returns_by_the_definition);
    tcase_add_test(tc, every_row_of_microstates);
    tcase_add_test(tc, microstates_by_the_definition);
    tcase_add_test(tc, every_row_of_categorical_data);
    tcase_add_test(tc, blocks_by_the_definition);
    tcase_add_test(tc, what_is_refused);
    tcase_add_test(tc, in_a_batch);
    suite_add_tcase(s, tc);
    return support_run(s);
}
