/* test_neighbourhood_oracles.c - thresholds from a rate, neighbours and corridors against the
 * tables in tests/data/oracles, and the closed forms of counting numbers.
 *
 * Rows of peers are order statistics too: what they call a quantile is the threshold of some rate
 * here.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "oracle_table.h"

static rqa_context *context;

static void setup(void)
{
    context = support_context(2);
}

static void teardown(void)
{
    rqa_context_destroy(context);
}

/* What a row is about. */
typedef struct subject {
    oracle_series data;
    rqa_series *series_x, *series_y;
    rqa_embedding *x, *y;
    rqa_analysis_options o;
    double peer_threshold; /* of the row before */
    double closed_lower;
} subject;

static void open_subject(subject *s, const oracle_row *row)
{
    static const char *const norm[] = {"maximum", "euclidean", "manhattan"};
    const uint32_t dim = (uint32_t)oracle_number(row, "dim", 1);
    const uint32_t delay = (uint32_t)oracle_number(row, "delay", 1);
    s->data = oracle_load(row);
    s->series_x = support_series(context, s->data.x, s->data.n_x, s->data.n_channels);
    s->x = support_embedding(s->series_x, dim, delay);
    if (s->data.y) {
        s->series_y = support_series(context, s->data.y, s->data.n_y, s->data.n_channels);
        s->y = support_embedding(s->series_y, dim, delay);
    }
    rqa_analysis_options_init(&s->o);
    for (int32_t k = 0; k < 3; k++)
        if (oracle_says(row, "norm", norm[k]))
            s->o.norm = k;
    s->o.theiler = (int64_t)oracle_number(row, "theiler", 0);
    s->o.relation = oracle_says(row, "relation", "joint")   ? RQA_RELATION_JOINT
                    : oracle_says(row, "relation", "cross") ? RQA_RELATION_CROSS
                                                            : RQA_RELATION_AUTO;
}

static void close_subject(subject *s)
{
    rqa_embedding_destroy(s->x);
    rqa_embedding_destroy(s->y);
    rqa_series_destroy(s->series_x);
    rqa_series_destroy(s->series_y);
    oracle_free(&s->data);
    s->series_y = NULL;
    s->y = NULL;
}

static double get(const rqa_metrics *m, const char *name)
{
    int32_t measure;
    ck_ok(rqa_measure_from_name(&measure, name));
    return support_get(m, measure);
}

static rqa_provenance provenance_of(const rqa_metrics *m)
{
    rqa_provenance p = {.struct_size = sizeof p};
    ck_ok(rqa_metrics_provenance(m, &p));
    return p;
}

static uint64_t points_of(const subject *s, const rqa_analysis_options *o)
{
    rqa_metrics *m = support_metrics(s->x, s->y, o);
    const uint64_t n = support_count(m, RQA_COUNT_POINTS);
    rqa_metrics_destroy(m);
    return n;
}

/* ---- recurrence rates ---- */

/* The k-th smallest distance of all cells, k from 1 on. */
static double kth(const subject *s, double k)
{
    rqa_analysis_options o = s->o;
    const double n = (double)rqa_embedding_n_vectors(s->x);
    o.theiler = 0;
    o.threshold_unit = RQA_THRESHOLD_RECURRENCE_RATE;
    o.threshold = k / (n * n);
    rqa_metrics *m = support_metrics(s->x, s->y, &o);
    const double threshold = provenance_of(m).threshold;
    rqa_metrics_destroy(m);
    return threshold;
}

/* The quantile at rank h, from 1 on, between two distances. */
static double between(const subject *s, double h)
{
    const double low = kth(s, floor(h)), high = kth(s, floor(h) + 1);
    return low + (h - floor(h)) * (high - low);
}

static void expect_peer(subject *s, const oracle_row *row)
{
    const double n = (double)rqa_embedding_n_vectors(s->x);
    const double rate = oracle_number(row, "target", 0), cells = n * n;
    if (strcmp(row->quantity, "threshold") == 0) {
        s->peer_threshold = row->value;
        oracle_expect(
            row, oracle_says(row, "peer", "pyunicorn")       ? kth(s, floor(rate * (cells - 1)) + 1)
                 : oracle_says(row, "peer", "crp:rr")        ? kth(s, ceil(rate * cells))
                 : oracle_says(row, "peer", "pucicu/rp:var") ? between(s, cells * rate + 0.5)
                                                             : between(s, (cells - 1) * rate + 1));
        return;
    }
    rqa_analysis_options o = s->o;
    o.theiler = 0;
    o.threshold = s->peer_threshold;
    o.compare = strcmp(row->quantity, "points_with_less") == 0 ? RQA_COMPARE_LT : RQA_COMPARE_LE;
    oracle_expect(row, (double)points_of(s, &o));
}

static void expect_rate(const oracle_row *row, void *user)
{
    subject *s = user;
    open_subject(s, row);
    s->o.threshold_unit = RQA_THRESHOLD_RECURRENCE_RATE;
    s->o.threshold = oracle_number(row, "target", oracle_number(row, "target_each", 0));
    if (strstr(row->parameters, "peer=")) {
        s->o.threshold_unit = RQA_THRESHOLD_DATA;
        expect_peer(s, row);
        close_subject(s);
        return;
    }
    rqa_metrics *m = support_metrics(s->x, s->y, &s->o);
    const rqa_provenance p = provenance_of(m);
    const double points = (double)support_count(m, RQA_COUNT_POINTS);
    const double cells = (double)support_count(m, RQA_COUNT_PAIRS);
    const char *q = row->quantity;
    double got = NAN;
    if (strcmp(q, "threshold") == 0 || strcmp(q, "threshold_x") == 0)
        got = p.threshold;
    else if (strcmp(q, "threshold_y") == 0)
        got = p.threshold_y;
    else if (strcmp(q, "points") == 0 || strcmp(q, "points_joint") == 0)
        got = points;
    else if (strcmp(q, "cells") == 0)
        got = cells;
    else if (strcmp(q, "order") == 0) /* between the points below the threshold and those at it */
        got = row->value > points - (double)p.ties_at_threshold && row->value <= points ? row->value
                                                                                        : NAN;
    else if (strcmp(q, "ties_at_threshold") == 0)
        got = (double)p.ties_at_threshold;
    else if (strcmp(q, "rr") == 0)
        got = p.rr_reached;
    oracle_expect(row, got);
    if (s->o.relation != RQA_RELATION_JOINT)
        ck_near(p.rr_reached, points / cells, 0);
    rqa_metrics_destroy(m);
    close_subject(s);
}

START_TEST(recurrence_rates)
{
    subject s = {0};
    ck_assert_uint_eq(oracle_rows("01_target_rr.tsv", expect_rate, &s), 153);
}
END_TEST

/* ---- neighbours ---- */

typedef struct plot {
    uint8_t *cell; /* [row j][column i] */
    size_t n;
} plot;

static plot plot_of(const subject *s)
{
    rqa_matrix *matrix;
    plot p = {.n = rqa_embedding_n_vectors(s->x)};
    ck_ok(rqa_matrix_create(&matrix, s->x, s->y, &s->o));
    p.cell = malloc(p.n * p.n);
    ck_ok(rqa_matrix_unpack(matrix, 0, p.n, p.cell, 0));
    rqa_matrix_destroy(matrix);
    for (size_t j = 0; j < p.n; j++)
        for (size_t i = 0; i < p.n; i++)
            if ((i > j ? i - j : j - i) < (size_t)s->o.theiler)
                p.cell[j * p.n + i] = 0;
    return p;
}

static size_t count_line(const plot *p, size_t first, size_t step)
{
    size_t n = 0;
    for (size_t k = 0; k < p->n; k++)
        n += p->cell[first + k * step];
    return n;
}

/* The largest distance that recurs in a column. */
static double reach(const subject *s, const plot *p, size_t i)
{
    rqa_analysis_options o = s->o;
    double low = 0, high = 1e3;
    o.threshold_unit = RQA_THRESHOLD_DATA;
    o.theiler = 0;
    const size_t k = count_line(p, i, p->n);
    for (int step = 0; step < 80; step++) {
        rqa_matrix *matrix;
        o.threshold = low + (high - low) / 2;
        ck_ok(rqa_matrix_create(&matrix, s->x, s->y, &o));
        size_t n = 0;
        for (size_t j = 0; j < p->n; j++)
            n += (i > j ? i - j : j - i) >= (size_t)s->o.theiler &&
                 (rqa_matrix_row(matrix, j)[i / 64] >> i % 64 & 1);
        rqa_matrix_destroy(matrix);
        if (n >= k)
            high = o.threshold;
        else
            low = o.threshold;
    }
    return k > 0 && high < 1e-15 ? 0 : high;
}

static double of_plot(const subject *s, const oracle_row *row, double k)
{
    plot p = plot_of(s);
    double n = strcmp(row->quantity, "degree_min") == 0 ? INFINITY : 0;
    for (size_t i = 0; i < p.n; i++) {
        const double column = (double)count_line(&p, i, p.n);
        const double line = (double)count_line(&p, i * p.n, 1);
        if (strcmp(row->quantity, "columns_with_more") == 0)
            n += column > k;
        else if (strcmp(row->quantity, "in_degree_max") == 0)
            n = line > n ? line : n;
        else if (strcmp(row->quantity, "degree_max") == 0)
            n = fmax(n, column);
        else if (strcmp(row->quantity, "degree_min") == 0)
            n = fmin(n, column);
        else if (strcmp(row->quantity, "asymmetric_cells") == 0)
            for (size_t j = 0; j < p.n; j++)
                n += p.cell[j * p.n + i] != p.cell[i * p.n + j];
        else
            n = reach(s, &p, strcmp(row->quantity, "threshold_col0") == 0 ? 0 : 100);
        if (strncmp(row->quantity, "threshold_col", 13) == 0)
            break;
    }
    free(p.cell);
    return n;
}

static int is_of_plot(const char *quantity)
{
    return strcmp(quantity, "columns_with_more") == 0 || strcmp(quantity, "in_degree_max") == 0 ||
           strncmp(quantity, "degree_", 7) == 0 || strcmp(quantity, "asymmetric_cells") == 0 ||
           strncmp(quantity, "threshold_col", 13) == 0;
}

/* The example that pucicu/rp publishes: neighbours with the vector itself, lines without. */
static void expect_published(const oracle_row *row)
{
    double v[10];
    const char *at = row->series;
    for (int k = 0; k < 10; k++) {
        char *end;
        v[k] = strtod(at, &end);
        at = end;
    }
    rqa_series *series = support_series(context, v, 10, 1);
    rqa_embedding *x = support_embedding(series, 1, 1);
    rqa_analysis_options o;
    rqa_matrix *matrix;
    rqa_metrics *m;
    rqa_analysis_options_init(&o);
    o.threshold_unit = RQA_THRESHOLD_NEIGHBOURS;
    o.threshold = oracle_number(row, "neighbours", 0);
    o.theiler = 0;
    ck_ok(rqa_matrix_create(&matrix, x, NULL, &o));
    o.theiler = 2;
    ck_ok(rqa_metrics_from_matrix(&m, matrix, &o));
    oracle_expect(row, strcmp(row->quantity, "points") == 0
                           ? (double)support_count(m, RQA_COUNT_POINTS)
                           : get(m, row->quantity));
    rqa_metrics_destroy(m);
    rqa_matrix_destroy(matrix);
    rqa_embedding_destroy(x);
    rqa_series_destroy(series);
}

static void expect_neighbours(const oracle_row *row, void *user)
{
    subject *s = user;
    const double rounds = oracle_number(row, "adaptive", 0);
    const double k = oracle_number(row, "neighbours", rounds);
    if (strstr(row->parameters, "published")) {
        expect_published(row);
        return;
    }
    open_subject(s, row);
    s->o.threshold_unit =
        rounds > 0 ? RQA_THRESHOLD_ADAPTIVE_NEIGHBOURS : RQA_THRESHOLD_NEIGHBOURS;
    s->o.threshold = k;
    s->o.ties = oracle_says(row, "ties", "index") ? RQA_TIES_INDEX : RQA_TIES_ALL;
    if (is_of_plot(row->quantity)) {
        oracle_row near = *row;
        if (strncmp(row->quantity, "threshold_col", 13) == 0)
            strcpy(near.tolerance, "abs:1e-15"); /* it is found by halving */
        oracle_expect(&near, of_plot(s, row, k));
    } else {
        rqa_metrics *m = support_metrics(s->x, s->y, &s->o);
        oracle_expect(row, strcmp(row->quantity, "points") == 0
                               ? (double)support_count(m, RQA_COUNT_POINTS)
                               : get(m, row->quantity));
        rqa_metrics_destroy(m);
    }
    close_subject(s);
}

START_TEST(neighbours)
{
    subject s = {0};
    ck_assert_uint_eq(oracle_rows("02_fan.tsv", expect_neighbours, &s), 115);
}
END_TEST

/* ---- corridors ---- */

static void expect_corridor(const oracle_row *row, void *user)
{
    subject *s = user;
    open_subject(s, row);
    s->o.corridor = 1;
    s->o.threshold_lower = oracle_number(row, "above", 0);
    s->o.threshold = oracle_number(row, "to", 0);
    if (strcmp(row->quantity, "points_pyrqa_open") == 0) {
        s->o.convention = RQA_CONVENTION_PYRQA;
        s->o.theiler_points = s->o.theiler;
        oracle_expect(row, (double)points_of(s, &s->o));
    } else if (strcmp(row->quantity, "points_closed") == 0) {
        rqa_analysis_options o = s->o;
        o.corridor = 0;
        o.threshold_lower = 0;
        const uint64_t upto = points_of(s, &o);
        o.threshold = s->o.threshold_lower;
        o.compare = RQA_COMPARE_LT;
        oracle_expect(row, (double)(upto - points_of(s, &o)));
    } else {
        rqa_metrics *m = support_metrics(s->x, s->y, &s->o);
        ck_near(provenance_of(m).threshold_lower, s->o.threshold_lower, 0);
        oracle_expect(row, strcmp(row->quantity, "points") == 0
                               ? (double)support_count(m, RQA_COUNT_POINTS)
                               : get(m, row->quantity));
        rqa_metrics_destroy(m);
    }
    close_subject(s);
}

START_TEST(corridors)
{
    subject s = {0};
    ck_assert_uint_eq(oracle_rows("02_corridor.tsv", expect_corridor, &s), 24);
}
END_TEST

/* ---- closed forms ---- */

static rqa_metrics *of_numbers(int constant, int32_t unit, double threshold, int32_t ties)
{
    double v[100];
    rqa_analysis_options o =
        support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, threshold);
    for (int k = 0; k < 100; k++)
        v[k] = constant ? 3 : k;
    o.threshold_unit = unit;
    o.ties = ties;
    return support_analyze(context, v, 100, 1, 1, &o);
}

START_TEST(counting_numbers)
{
    static const struct {
        int constant;
        int32_t unit;
        double threshold;
        int32_t ties;
        uint64_t points;
        double reached;
    } row[] = {
        {0, RQA_THRESHOLD_RECURRENCE_RATE, .1, RQA_TIES_ALL, 1158, 6},
        {0, RQA_THRESHOLD_NEIGHBOURS, 2, RQA_TIES_ALL, 200, NAN},
        {0, RQA_THRESHOLD_NEIGHBOURS, 3, RQA_TIES_ALL, 396, NAN},
        {0, RQA_THRESHOLD_NEIGHBOURS, 3, RQA_TIES_INDEX, 300, NAN},
        {1, RQA_THRESHOLD_RECURRENCE_RATE, .1, RQA_TIES_ALL, 9900, 0},
        {1, RQA_THRESHOLD_NEIGHBOURS, 7, RQA_TIES_ALL, 9900, NAN},
        {1, RQA_THRESHOLD_NEIGHBOURS, 7, RQA_TIES_INDEX, 700, NAN},
        {0, RQA_THRESHOLD_ADAPTIVE_NEIGHBOURS, 5, RQA_TIES_ALL, 1000, NAN},
        {1, RQA_THRESHOLD_ADAPTIVE_NEIGHBOURS, 1, RQA_TIES_ALL, 200, NAN},
        {0, RQA_THRESHOLD_ADAPTIVE_NEIGHBOURS, 99, RQA_TIES_ALL, 9900, NAN},
        {0, RQA_THRESHOLD_NEIGHBOUR_RATE, .0203, RQA_TIES_INDEX, 300, NAN},
    };
    for (size_t k = 0; k < sizeof row / sizeof row[0]; k++) {
        rqa_metrics *m = of_numbers(row[k].constant, row[k].unit, row[k].threshold, row[k].ties);
        const rqa_provenance p = provenance_of(m);
        ck_assert_uint_eq(support_count(m, RQA_COUNT_POINTS), row[k].points);
        if (isnan(row[k].reached))
            ck_assert(isnan(p.threshold) && isnan(p.rr_reached) && p.ties_at_threshold == 0);
        else
            ck_near(p.threshold, row[k].reached, 0);
        rqa_metrics_destroy(m);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("neighbourhood_oracles");
    TCase *tcase = tcase_create("tables");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, recurrence_rates);
    tcase_add_test(tcase, neighbours);
    tcase_add_test(tcase, corridors);
    tcase_add_test(tcase, counting_numbers);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
