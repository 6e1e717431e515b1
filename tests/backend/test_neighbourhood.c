/* test_neighbourhood.c - thresholds from a rate, neighbours and corridors against the textbook:
 * random draws over the option space, and distances with heavy ties.
 *
 * Draw k has the seed RQA_TEST_SEED + k, so that the seed a failure prints brings it back alone.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/cpu_run.h"
#include "backend/distance_rank.h"
#include "base/order_statistic.h"
#include "cpu/level.h"
#include "draws.h"

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

typedef struct draw {
    side x, y;
    int has_y;
    int32_t relation; /* the one in force */
    rqa_analysis_options o;
    char text[900];
    uint64_t theiler; /* in force for points */
    uint64_t pairs;
} draw;

/* ---- what the textbook says ---- */

static int is_kept(const draw *d, size_t i, size_t j)
{
    const size_t apart = i > j ? i - j : j - i;
    return apart >= d->theiler && (d->o.convention != RQA_CONVENTION_NEUROKIT || j >= i);
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static uint64_t order_of(double rate, uint64_t n)
{
    uint64_t k = 1;
    while ((double)k / (double)n < rate)
        k++;
    return k;
}

/* The threshold of a rate; NaN: out of reach. */
static double threshold_of(const draw *d, const brute_series *x, const brute_series *y, double rate,
                           double *rr, uint64_t *n_ties)
{
    const size_t nx = brute_n_vectors(x), ny = brute_n_vectors(y);
    double *all = malloc((nx * ny + 1) * sizeof *all);
    size_t n = 0;
    for (size_t i = 0; i < nx; i++)
        for (size_t j = 0; j < ny; j++) {
            const double v = brute_distance(x, i, y, j, d->o.norm);
            if (is_kept(d, i, j) && !isnan(v))
                all[n++] = v;
        }
    qsort(all, n, sizeof *all, compare_doubles);
    const uint64_t k = d->pairs > 0 ? order_of(rate, d->pairs) : n + 1;
    const double threshold = k <= n ? all[k - 1] : NAN;
    uint64_t within = 0;
    *n_ties = 0;
    for (size_t c = 0; c < n; c++) {
        within += all[c] <= threshold;
        *n_ties += all[c] == threshold;
    }
    *rr = (double)within / (double)d->pairs;
    free(all);
    return threshold;
}

/* Whether row j is among the neighbours of column i: those before it are fewer than k. */
static int is_neighbour(const draw *d, const brute_series *x, const brute_series *y, size_t i,
                        size_t j, uint64_t k)
{
    const double own = brute_distance(x, i, y, j, d->o.norm);
    uint64_t n_before = 0, n_kept = 0;
    double farthest = -1;
    for (size_t r = 0; r < brute_n_vectors(y); r++) {
        const double v = brute_distance(x, i, y, r, d->o.norm);
        if (isnan(v) || !is_kept(d, i, r))
            continue;
        n_kept++;
        farthest = v > farthest ? v : farthest;
        n_before += v < own || (d->o.ties == RQA_TIES_INDEX && v == own && r < j);
    }
    /* A cell of the band takes no place of its own, and is in if it is as near. */
    return !isnan(own) && n_kept > 0 && n_before < k && own <= farthest;
}

static uint64_t neighbours_of(const draw *d, double wanted, size_t ny)
{
    const int itself = d->relation == RQA_RELATION_CROSS || d->theiler == 0;
    if (d->o.threshold_unit == RQA_THRESHOLD_NEIGHBOURS)
        return (uint64_t)wanted;
    return order_of(wanted, itself ? ny : ny - 1);
}

static int recurs(const draw *d, const brute_series *x, const brute_series *y, size_t i, size_t j,
                  double wanted, double in_force)
{
    const double v = brute_distance(x, i, y, j, d->o.norm);
    const int strict = brute_compare(&d->o) == RQA_COMPARE_LT;
    const double lower = d->o.threshold_lower;
    if (d->o.threshold_unit >= RQA_THRESHOLD_NEIGHBOURS)
        return is_neighbour(d, x, y, i, j, neighbours_of(d, wanted, brute_n_vectors(y)));
    if (!(strict ? v < in_force : v <= in_force))
        return 0;
    if (!d->o.corridor)
        return 1;
    return strict && d->o.convention != RQA_CONVENTION_PYRQA ? v >= lower : v > lower;
}

/* The article's rounds, word by word. */
static void link_vectors(const draw *d, brute_matrix *m)
{
    const brute_series *x = &d->x.series;
    const size_t n = m->nx;
    memset(m->cell, 0, n * n);
    for (int round = 0; round < d->o.threshold; round++)
        for (size_t l = 0; l < n; l++) {
            size_t nearest = n;
            double least = INFINITY;
            for (size_t j = 0; j < n; j++) {
                const size_t apart = l > j ? l - j : j - l;
                const double v = brute_distance(x, l, x, j, d->o.norm);
                if (apart > 0 && apart >= d->theiler && !m->cell[l * n + j] && v < least) {
                    nearest = j;
                    least = v;
                }
            }
            if (nearest < n)
                m->cell[l * n + nearest] = m->cell[nearest * n + l] = 1;
        }
}

static void fill_matrix(const draw *d, brute_matrix *m, double eps, double eps_y)
{
    if (d->o.threshold_unit == RQA_THRESHOLD_ADAPTIVE_NEIGHBOURS) {
        link_vectors(d, m);
        return;
    }
    const brute_series *x = &d->x.series, *y = d->has_y ? &d->y.series : x;
    const int joint = d->relation == RQA_RELATION_JOINT;
    const double wanted_y = d->o.threshold_y >= 0 ? d->o.threshold_y : d->o.threshold;
    for (size_t j = 0; j < m->ny; j++)
        for (size_t i = 0; i < m->nx; i++)
            m->cell[j * m->nx + i] =
                (uint8_t)(recurs(d, x, joint ? x : y, i, j, d->o.threshold, eps) &&
                          (!joint || recurs(d, y, y, i, j, wanted_y, eps_y)));
}

/* ---- draws ---- */

static void draw_sides(rng *r, draw *d)
{
    const pair_sizes sizes = {.least = 6, .most = 30, .seldom = 90, .one_in = 5, .most_y = 40, .channels = 2};
    d->relation = draw_pair(r, &sizes, &d->x, &d->y);
    d->has_y = d->relation != RQA_RELATION_AUTO;
}

static double draw_rate(rng *r, uint64_t n)
{
    return chance(r, 3)   ? (double)rng_between(r, 1, (int64_t)n) / (double)n
           : chance(r, 9) ? 1
                          : 1e-9 + rng_uniform(r) * (chance(r, 2) ? 0.1 : 0.99);
}

/* A threshold, or a number of neighbours. */
static double draw_wanted(rng *r, const draw *d, const side *s, const side *other)
{
    const size_t ny = brute_n_vectors(&other->series);
    switch (d->o.threshold_unit) {
    case RQA_THRESHOLD_RECURRENCE_RATE:
        return draw_rate(r, brute_n_vectors(&s->series) * ny);
    case RQA_THRESHOLD_NEIGHBOURS:
    case RQA_THRESHOLD_ADAPTIVE_NEIGHBOURS:
        return (double)rng_between(r, 1, chance(r, 4) ? (int64_t)ny - 1 : 5);
    case RQA_THRESHOLD_NEIGHBOUR_RATE:
        return draw_rate(r, ny);
    default:
        return draw_threshold(r, &s->series, &other->series, d->o.norm);
    }
}

static void draw_options(rng *r, draw *d)
{
    static const int32_t units[] = {RQA_THRESHOLD_DATA, RQA_THRESHOLD_RECURRENCE_RATE,
                                    RQA_THRESHOLD_NEIGHBOURS, RQA_THRESHOLD_NEIGHBOUR_RATE,
                                    RQA_THRESHOLD_ADAPTIVE_NEIGHBOURS};
    rqa_analysis_options *o = &d->o;
    rqa_analysis_options_init(o);
    o->threshold_unit = units[rng_below(r, d->has_y ? 4 : 5)];
    o->corridor = o->threshold_unit == RQA_THRESHOLD_DATA;
    const int neighbours = o->threshold_unit == RQA_THRESHOLD_NEIGHBOURS ||
                           o->threshold_unit == RQA_THRESHOLD_NEIGHBOUR_RATE;
    do
        o->convention = chance(r, 3) ? 0 : (int32_t)rng_below(r, 9);
    while ((d->has_y || neighbours) && o->convention == RQA_CONVENTION_NEUROKIT);
    o->norm = (int32_t)rng_below(r, 3);
    o->compare = (int32_t)rng_below(r, 3);
    o->relation = d->relation;
    o->ties = neighbours && chance(r, 2) ? RQA_TIES_INDEX : RQA_TIES_ALL;
    o->threshold = draw_wanted(r, d, &d->x, d->relation == RQA_RELATION_CROSS ? &d->y : &d->x);
    if (d->relation == RQA_RELATION_JOINT && chance(r, 2))
        o->threshold_y = draw_wanted(r, d, &d->y, &d->y);
    if (o->corridor) {
        const double least =
            o->threshold_y >= 0 ? fmin(o->threshold, o->threshold_y) : o->threshold;
        o->threshold_lower = chance(r, 4) ? 0 : least / 2;
        o->corridor = o->threshold_lower < least;
        o->threshold_lower = o->corridor ? o->threshold_lower : 0;
    }
    o->theiler = chance(r, 2) ? -1 : rng_between(r, 0, 7);
    o->lmin = (uint32_t)rng_between(r, 0, 4);
    o->vmin = (uint32_t)rng_between(r, 0, 4);
    o->backend = (int32_t)rng_below(r, 3);
    if (chance(r, 6))
        o->measures = RQA_MEASURE_BIT(RQA_MEASURE_RR) | RQA_MEASURE_BIT(RQA_MEASURE_DET);
}

static brute_result measure(const draw *d, const brute_matrix *m)
{
    brute_result out;
    brute_measure(&out, m, d->relation, &d->o);
    return out;
}

static void check_cells(const draw *d, const brute_matrix *m)
{
    rqa_matrix *matrix = NULL;
    ck_ok(rqa_matrix_create(&matrix, d->x.api, d->has_y ? d->y.api : NULL, &d->o));
    for (size_t j = 0; j < m->ny; j++)
        for (size_t i = 0; i < m->nx; i++) {
            const unsigned got = rqa_matrix_row(matrix, j)[i / 64] >> i % 64 & 1;
            ck_assert_msg(got == m->cell[j * m->nx + i], "%s: cell i=%zu j=%zu is %u", d->text, i,
                          j, got);
        }
    rqa_matrix_destroy(matrix);
}

static void check_reached(const draw *d, const rqa_provenance *p, double eps, double eps_y,
                          const double *rr, const uint64_t *ties)
{
    const int rate = d->o.threshold_unit == RQA_THRESHOLD_RECURRENCE_RATE && d->pairs > 0;
    const int none = d->o.threshold_unit >= RQA_THRESHOLD_RECURRENCE_RATE && !rate;
    ck_assert_msg(none ? isnan(p->threshold) : p->threshold == eps, "%s: threshold %.17g, %.17g",
                  d->text, p->threshold, eps);
    ck_assert_msg(none ? isnan(p->threshold_y) : p->threshold_y == eps_y, "%s: y", d->text);
    ck_assert_msg(rate ? p->rr_reached == rr[0] && p->rr_reached_y == rr[1]
                       : isnan(p->rr_reached) && isnan(p->rr_reached_y),
                  "%s: rr %.17g, %.17g", d->text, p->rr_reached, rr[0]);
    ck_assert_msg(p->ties_at_threshold == (rate ? ties[0] : 0) &&
                      p->ties_at_threshold_y == (rate ? ties[1] : 0),
                  "%s: %" PRIu64 " ties, %" PRIu64, d->text, p->ties_at_threshold, ties[0]);
}

/* The thresholds in force. 0: a rate is out of reach. */
static int thresholds(const draw *d, double *eps, double *eps_y, double *rr, uint64_t *ties)
{
    const brute_series *x = &d->x.series, *y = d->has_y ? &d->y.series : x;
    const double wanted_y = d->o.threshold_y >= 0 ? d->o.threshold_y : d->o.threshold;
    const int joint = d->relation == RQA_RELATION_JOINT;
    *eps = d->o.threshold;
    *eps_y = wanted_y;
    if (d->o.threshold_unit != RQA_THRESHOLD_RECURRENCE_RATE || d->pairs == 0)
        return 1;
    *eps = threshold_of(d, x, joint ? x : y, d->o.threshold, &rr[0], &ties[0]);
    *eps_y = *eps;
    rr[1] = rr[0];
    ties[1] = ties[0];
    if (joint)
        *eps_y = threshold_of(d, y, y, wanted_y, &rr[1], &ties[1]);
    const int reached = !isnan(*eps) && !isnan(*eps_y);
    if (brute_compare(&d->o) == RQA_COMPARE_LT) {
        *eps = nextafter(*eps, INFINITY);
        *eps_y = nextafter(*eps_y, INFINITY);
    }
    return reached;
}

static void check_draw(draw *d, brute_matrix *m, const rqa_metrics *metrics, rqa_status status)
{
    double eps, eps_y, rr[2] = {0, 0};
    uint64_t ties[2] = {0, 0};
    if (!thresholds(d, &eps, &eps_y, rr, ties)) {
        support_expect_failure(d->text, status, RQA_ERROR_VALUE, "recurrence rate|of the cells",
                               __FILE__, __LINE__);
        return;
    }
    ck_assert_msg(status == RQA_OK, "%s: %s", d->text, rqa_last_error());
    rqa_provenance p = {.struct_size = sizeof p};
    ck_ok(rqa_metrics_provenance(metrics, &p));
    if (d->pairs == 0 && d->o.threshold_unit == RQA_THRESHOLD_RECURRENCE_RATE)
        eps = eps_y = -1;
    check_reached(d, &p, eps, eps_y, rr, ties);
    ck_assert(d->o.corridor ? p.threshold_lower == d->o.threshold_lower : isnan(p.threshold_lower));
    fill_matrix(d, m, eps, eps_y);
    check_cells(d, m);
    brute_result expected = measure(d, m);
    support_compare(metrics, &expected, d->o.measures ? d->o.measures : RQA_MEASURES_DEFAULT, d->text);
    brute_result_free(&expected);
}

static void run_draw(uint64_t seed)
{
    rng r = {seed};
    static draw d;
    memset(&d, 0, sizeof d);
    char options[700];
    draw_sides(&r, &d);
    rqa_context *context = contexts[rng_below(&r, 2)];
    create_side(context, &d.x, "x");
    if (d.has_y)
        create_side(context, &d.y, "y");
    draw_options(&r, &d);
    support_describe(options, sizeof options, &d.o);
    snprintf(d.text, sizeof d.text,
             "RQA_TEST_SEED=%" PRIu64 " RQA_TEST_DRAWS=1: %s lower %.17g "
             "corridor %d ties %d",
             seed, options, d.o.threshold_lower, d.o.corridor, d.o.ties);
    brute_matrix m = brute_recurrence(&d.x.series, d.has_y ? &d.y.series : NULL, d.relation,
                                      d.o.norm, RQA_COMPARE_LE, INFINITY, -1);
    if (d.o.threshold_unit >= RQA_THRESHOLD_NEIGHBOURS)
        m.given = 1; /* offsets on both sides; none of these is too short */
    brute_result windows = measure(&d, &m);
    d.theiler = windows.theiler_points;
    d.pairs = windows.pairs;
    brute_result_free(&windows);
    if (!brute_all_skipped(&m)) {
        rqa_metrics *metrics = NULL;
        rqa_status status = rqa_metrics_compute(&metrics, d.x.api, d.has_y ? d.y.api : NULL, &d.o);
        if (status == RQA_ERROR_UNSUPPORTED)
            ck_assert_msg(strstr(rqa_last_error(), "missing samples"), "%s", rqa_last_error());
        else
            check_draw(&d, &m, metrics, status);
        rqa_metrics_destroy(metrics);
    }
    brute_matrix_free(&m);
    destroy_side(&d.x);
    if (d.has_y)
        destroy_side(&d.y);
}

START_TEST(random_draws)
{
    const uint64_t seed = env_number("RQA_TEST_SEED", 1), n = env_number("RQA_TEST_DRAWS", 600);
    for (uint64_t k = 0; k < n; k++)
        run_draw(seed + k);
}
END_TEST

/* ---- ties, and brackets of every kind ---- */

static double value_of_kind(rng *r, int kind)
{
    switch (kind) {
    case 0:
        return 3; /* constant */
    case 1:
        return (double)rng_below(r, 2);
    case 2:
        return (double)rng_below(r, 7);
    case 3:
        return (double)rng_below(r, 1000) / 8;
    default:
        return rng_gauss(r);
    }
}

static void check_rank(const rqa__ranked_distance *got, const double *sorted, size_t n, uint64_t k)
{
    uint64_t within = 0, equal = 0;
    for (size_t c = 0; c < n; c++) {
        within += sorted[c] <= sorted[k - 1];
        equal += sorted[c] == sorted[k - 1];
    }
    ck_assert_msg(got->distance == sorted[k - 1] && got->n_within == within &&
                      got->n_equal == equal && got->n_cells == n,
                  "order %" PRIu64 ": %.17g (%" PRIu64 ", %" PRIu64 "), expected %.17g (%" PRIu64
                  ", %" PRIu64 ")",
                  k, got->distance, got->n_within, got->n_equal, sorted[k - 1], within, equal);
}

/* Orders far from each other, next to each other, equal, and the last out of reach. */
static void expect_ranks(const rqa__ranked_cells *cells, const double *sorted, size_t n)
{
    enum { FAR, NEAR, NARROW, N_LISTS };
    for (int list = 0; list < N_LISTS; list++) {
        uint64_t order[12];
        rqa__ranked_distance got[12];
        for (uint64_t k = 0; k < 11; k++)
            order[k] = list == FAR ? 1 + k * (n - 1) / 10 : list == NEAR ? n / 20 + k / 2
                                                                         : n / 50 + k * n / 100;
        order[11] = n + 1;
        const rqa__orders orders = {order, 12};
        ck_ok(rqa__distance_ranks(cells, &orders, NULL, NULL, got));
        for (int k = 0; k < 11; k++)
            check_rank(&got[k], sorted, n, order[k]);
        ck_assert(isnan(got[11].distance) && got[11].n_within == 0 && got[11].n_cells == n);
    }
}

static void expect_rank(const rqa__ranked_cells *cells, const double *sorted, size_t n, uint64_t k)
{
    rqa__ranked_distance got;
    ck_ok(rqa__distance_rank(cells, k, NULL, NULL, &got));
    check_rank(&got, sorted, n, k);
    ck_ok(rqa__distance_rank(cells, n + 1, NULL, NULL, &got));
    ck_assert(isnan(got.distance) && got.n_within == 0 && got.n_cells == n);
}

static void ranks_of(int kind, uint32_t norm, int is_auto, uint64_t theiler, size_t most)
{
    enum { N = 420, M = 380 };
    static double x[N], y[M], sorted[N * N];
    rng r = {(uint64_t)kind * 100 + norm * 10 + theiler};
    const uint32_t dims = 2;
    for (size_t k = 0; k < N; k++)
        x[k] = value_of_kind(&r, kind);
    for (size_t k = 0; k < M; k++)
        y[k] = value_of_kind(&r, kind);
    const double *channel_x[] = {x}, *channel_y[] = {y};
    const rqa__side side_x = {channel_x, N, 1, 1, &dims}, side_y = {channel_y, M, 1, 2, &dims};
    const rqa__cpu cpu = rqa__cpu_detect();
    const rqa__ranked_cells cells = {.x = &side_x,
                                     .y = is_auto ? &side_x : &side_y,
                                     .norm = norm,
                                     .is_auto = is_auto,
                                     .theiler = theiler,
                                     .most_collected = most,
                                     .bits = rqa__cpu_bits_kernels(cpu),
                                     .distances = rqa__cpu_distance_kernels(cpu)};
    const brute_series bx = {x, N, 1, 2, 1}, by = {y, M, 1, 2, 2};
    size_t n = 0;
    for (size_t i = 0; i < N - 1; i++)
        for (size_t j = 0; j < (is_auto ? N - 1 : M - 2); j++)
            if ((i > j ? i - j : j - i) >= theiler)
                sorted[n++] = brute_distance(&bx, i, is_auto ? &bx : &by, j, (int32_t)norm);
    qsort(sorted, n, sizeof *sorted, compare_doubles);
    const uint64_t order[] = {1, 2, 3, n / 100, n / 3, n / 2 + 1, n - 1, n};
    for (size_t k = 0; k < sizeof order / sizeof order[0]; k++)
        expect_rank(&cells, sorted, n, order[k]);
    expect_ranks(&cells, sorted, n);
}

START_TEST(ties_and_brackets)
{
    static const size_t most[] = {0, 1500, 40, 12000};
    for (int kind = 0; kind < 5; kind++)
        for (uint32_t norm = 0; norm < 3; norm++)
            for (size_t k = 0; k < 4; k++)
                ranks_of(kind, norm, (kind + (int)k) % 2, (uint64_t)(kind + (int)norm) % 3,
                         most[k]);
}
END_TEST

/* The largest distance, which the whole plot needs, in few of the pairs that are sampled. */
START_TEST(all_of_a_plot_with_ties)
{
    enum { N = 300 };
    double x[N];
    rng r = {5};
    for (int n_ends = 16; n_ends < 40; n_ends++) {
        for (int i = 0; i < N; i++)
            x[i] = i < n_ends ? 0 : i < 2 * n_ends ? 1 : 0.2 + 0.6 * rng_uniform(&r);
        rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, 1);
        o.threshold_unit = RQA_THRESHOLD_RECURRENCE_RATE;
        rqa_metrics *metrics = support_analyze(contexts[0], x, N, 1, 1, &o);
        rqa_provenance provenance = {.struct_size = sizeof provenance};
        ck_ok(rqa_metrics_provenance(metrics, &provenance));
        ck_assert_double_eq(provenance.threshold, 1);
        ck_assert_uint_eq(provenance.ties_at_threshold, 2 * (uint64_t)n_ends * (uint64_t)n_ends);
        rqa_metrics_destroy(metrics);
    }
}
END_TEST

START_TEST(selection)
{
    rng r = {11};
    double v[200], sorted[200];
    for (int draw_ = 0; draw_ < 400; draw_++) {
        const size_t n = (size_t)rng_between(&r, 1, 200);
        const int kind = (int)rng_below(&r, 5);
        for (size_t k = 0; k < n; k++)
            v[k] = sorted[k] = value_of_kind(&r, kind);
        const size_t k = (size_t)rng_below(&r, n);
        qsort(sorted, n, sizeof *sorted, compare_doubles);
        ck_assert(rqa__select_double(v, n, k) == sorted[k]);
    }
}
END_TEST

/* ---- many neighbours ---- */

static rqa_metrics *of_series(rqa_context *context, const double *v, size_t n, double k,
                              int32_t ties)
{
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, k);
    o.threshold_unit = RQA_THRESHOLD_NEIGHBOURS;
    o.backend = RQA_BACKEND_THREADS;
    o.ties = ties;
    return support_analyze(context, v, n, 2, 3, &o);
}

/* Guesses of every kind: columns whose neighbours are near or far, on one thread and on three. */
START_TEST(threads_agree)
{
    enum { N = 900 };
    double v[N];
    rng r = {5};
    for (int kind = 1; kind < 5; kind++) {
        for (size_t k = 0; k < N; k++)
            v[k] = value_of_kind(&r, kind) * (k % 97 == 5 ? 40 : 1);
        for (int k = 1; k < 700; k = 3 * k + 4) {
            rqa_metrics *a = of_series(contexts[0], v, N, k, RQA_TIES_INDEX);
            rqa_metrics *b = of_series(contexts[1], v, N, k, RQA_TIES_INDEX);
            support_expect_same(a, b, "threads");
            ck_assert_uint_eq(support_count(a, RQA_COUNT_POINTS), (uint64_t)k * (N - 3));
            rqa_metrics_destroy(a);
            rqa_metrics_destroy(b);
        }
    }
}
END_TEST

/* The counts of a series do not depend on the direction of time if ties are all in. */
START_TEST(time_reversal)
{
    enum { N = 300 };
    double v[N], back[N];
    rng r = {6};
    for (size_t k = 0; k < N; k++)
        v[k] = back[N - 1 - k] = (double)rng_below(&r, 40);
    rqa_metrics *a = of_series(contexts[0], v, N, 12, RQA_TIES_ALL);
    rqa_metrics *b = of_series(contexts[0], back, N, 12, RQA_TIES_ALL);
    ck_assert_uint_eq(support_count(a, RQA_COUNT_POINTS), support_count(b, RQA_COUNT_POINTS));
    for (uint64_t length = 1; length < N; length++)
        for (int32_t h = 0; h < 2; h++)
            ck_assert_uint_eq(support_lines(a, h, length), support_lines(b, h, length));
    ck_near(support_get(a, RQA_MEASURE_TREND), support_get(b, RQA_MEASURE_TREND), 1e-12);
    rqa_metrics_destroy(a);
    rqa_metrics_destroy(b);
    a = of_series(contexts[0], v, N, 12, RQA_TIES_INDEX);
    b = of_series(contexts[0], back, N, 12, RQA_TIES_INDEX);
    ck_assert(support_lines(a, RQA_HISTOGRAM_VERTICAL, 2) !=
              support_lines(b, RQA_HISTOGRAM_VERTICAL, 2));
    rqa_metrics_destroy(a);
    rqa_metrics_destroy(b);
}
END_TEST

/* Links come one after the other, whoever has found the distances; where many are equal some vectors are
 * linked with many more than their queues hold at first. */
START_TEST(links_of_threads_agree)
{
    enum { N = 1200 };
    double v[N];
    rng r = {9};
    for (int kind = 0; kind < 5; kind++)
        for (int k = 1; k < 90; k = 4 * k + 1) {
            rqa_metrics *m[2];
            for (size_t i = 0; i < N; i++)
                v[i] = value_of_kind(&r, kind);
            for (int t = 0; t < 2; t++) {
                rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, (k + kind) % 3, k);
                o.threshold_unit = RQA_THRESHOLD_ADAPTIVE_NEIGHBOURS;
                o.backend = RQA_BACKEND_THREADS;
                m[t] = support_analyze(contexts[t], v, N, 2, 3, &o);
            }
            support_expect_same(m[0], m[1], "threads");
            const uint64_t points = support_count(m[0], RQA_COUNT_POINTS), n = N - 3;
            ck_assert(kind == 0 ? points <= 2 * (uint64_t)k * n : points == 2 * (uint64_t)k * n);
            rqa_metrics_destroy(m[0]);
            rqa_metrics_destroy(m[1]);
        }
}
END_TEST

/* Nor on the unit of the data, wherever in the range of a double. */
START_TEST(units_of_data)
{
    enum { N = 250 };
    static const int exponent[] = {-1040, -620, -500, 400, 900};
    double v[N], scaled[N];
    rng r = {8};
    for (size_t k = 0; k < N; k++)
        v[k] = chance(&r, 3) ? (double)rng_below(&r, 30) : (double)rng_below(&r, 1 << 20) / 1024;
    for (int32_t ties = 0; ties < 2; ties++) {
        rqa_metrics *a = of_series(contexts[0], v, N, 9, ties);
        for (size_t e = 0; e < sizeof exponent / sizeof exponent[0]; e++) {
            for (size_t k = 0; k < N; k++)
                scaled[k] = ldexp(v[k], exponent[e]);
            rqa_metrics *b = of_series(contexts[0], scaled, N, 9, ties);
            support_expect_same(a, b, "unit");
            rqa_metrics_destroy(b);
        }
        rqa_metrics_destroy(a);
    }
}
END_TEST

/* No engine counts white lines that missing samples cut beside a window that is white; the cells are there
 * all the same. */
START_TEST(cells_without_lines)
{
    enum { N = 150 };
    double x[N];
    uint8_t cells[N * N];
    rng r = {11};
    for (int i = 0; i < N; i++)
        x[i] = rng_below(&r, 20) ? rng_uniform(&r) : NAN;
    rqa_series_options so;
    rqa_series_options_init(&so);
    so.missing = RQA_MISSING_SKIP;
    rqa_series *series;
    ck_ok(rqa_series_create(&series, contexts[0], x, N, 1, &so));
    rqa_embedding *e = support_embedding(series, 1, 1);
    rqa_analysis_options o = support_options(RQA_CONVENTION_CRP, RQA_NORM_MAXIMUM, 0.5);
    o.corridor = 1;
    o.threshold_lower = 0.2;
    rqa_metrics *metrics = NULL;
    rqa_matrix *matrix = NULL;
    rqa_lag_profile *profile = NULL;
    ck_fails(rqa_metrics_compute(&metrics, e, NULL, &o), RQA_ERROR_UNSUPPORTED,
             "corridors with missing samples|whose Theiler window is white|leave out");
    ck_ok(rqa_matrix_create(&matrix, e, NULL, &o));
    ck_ok(rqa_matrix_unpack(matrix, 0, N, cells, 0));
    for (int j = 0; j < N; j++)
        for (int i = 0; i < N; i++) {
            const double d = fabs(x[i] - x[j]); /* NaN is in no corridor; crp compares by < */
            ck_assert_int_eq(cells[j * N + i], d >= 0.2 && d < 0.5);
        }
    ck_ok(rqa_lag_profile_compute(&profile, e, NULL, &o, 5));
    rqa_lag_profile_destroy(profile);
    rqa_matrix_destroy(matrix);
    rqa_embedding_destroy(e);
    rqa_series_destroy(series);
}
END_TEST

/* Corridors side by side make up the whole, and its points are a difference, whatever is measured: of
 * few measures another strategy would be the faster one. */
START_TEST(corridors_tile)
{
    enum { N = 400 };
    static const double edge[] = {0, 0.25, 0.5, 1.75, 4};
    double v[N];
    rng r = {7};
    for (size_t k = 0; k < N; k++)
        v[k] = (double)rng_below(&r, 20) / 4;
    for (int32_t way = 0; way < 4; way++) {
        rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, 0);
        uint64_t upto[5], between = 0;
        o.compare = 1 + way % 2;
        o.measures = way < 2 ? 0 : RQA_MEASURE_BIT(RQA_MEASURE_RR);
        for (size_t k = 0; k < 5; k++) {
            o.threshold = edge[k];
            rqa_metrics *m = support_analyze(contexts[0], v, N, 2, 1, &o);
            upto[k] = support_count(m, RQA_COUNT_POINTS);
            rqa_metrics_destroy(m);
        }
        o.corridor = 1;
        for (size_t k = 1; k < 5; k++) {
            o.threshold_lower = edge[k - 1];
            o.threshold = edge[k];
            rqa_metrics *m = support_analyze(contexts[0], v, N, 2, 1, &o);
            ck_assert_uint_eq(support_count(m, RQA_COUNT_POINTS), upto[k] - upto[k - 1]);
            between += support_count(m, RQA_COUNT_POINTS);
            rqa_metrics_destroy(m);
        }
        ck_assert_uint_eq(between, upto[4] - upto[0]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("neighbourhood");
    TCase *tcase = tcase_create("rules");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, random_draws);
    tcase_add_test(tcase, ties_and_brackets);
    tcase_add_test(tcase, selection);
    tcase_add_test(tcase, all_of_a_plot_with_ties);
    tcase_add_test(tcase, threads_agree);
    tcase_add_test(tcase, links_of_threads_agree);
    tcase_add_test(tcase, time_reversal);
    tcase_add_test(tcase, units_of_data);
    tcase_add_test(tcase, cells_without_lines);
    tcase_add_test(tcase, corridors_tile);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
