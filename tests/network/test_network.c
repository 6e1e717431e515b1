/* test_network.c - recurrence networks against the oracle table, closed forms, and a brute force that
 * follows the definitions: triangles by triples, paths by Floyd and Warshall. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle_table.h"

#define BIT(measure) RQA_MEASURE_BIT(RQA_MEASURE_##measure)
#define NETWORK                                                                                    \
    (BIT(TRANSITIVITY) | BIT(CLUSTERING) | BIT(ASSORTATIVITY) | BIT(COMPONENTS) | BIT(PATH_MEAN) | \
     BIT(DIAMETER) | BIT(EFFICIENCY))

/* ---- the oracle table */

typedef struct subject {
    rqa_context *context;
    rqa_network *network;
    const uint64_t *degree;
    const double *clustering;
    size_t n;
    double pairs; /* connected, unordered, and the sum of their paths */
} subject;

static double get(const rqa_network *network, int32_t measure)
{
    double value, error;
    ck_ok(rqa_network_get(network, measure, &value, &error));
    ck_assert(isnan(value) ? isnan(error) : error == 0);
    return value;
}

static double triangles_at(const subject *s, size_t i)
{
    const double k = (double)s->degree[i];
    return k < 2 ? 0 : s->clustering[i] * k * (k - 1) / 2;
}

static void open_subject(subject *s, const oracle_row *row)
{
    static const char *const norm[] = {"maximum", "euclidean", "manhattan"};
    oracle_series data = oracle_load(row);
    rqa_series *x = support_series(s->context, data.x, data.n_x, data.n_channels);
    rqa_embedding *e = support_embedding(x, (uint32_t)oracle_number(row, "dim", 1),
                                         (uint32_t)oracle_number(row, "delay", 1));
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN,
                                             oracle_number(row, "threshold", 0));
    for (int32_t k = 0; k < 3; k++)
        if (oracle_says(row, "norm", norm[k]))
            o.norm = k;
    o.theiler = (int64_t)oracle_number(row, "theiler", 1);
    o.measures = NETWORK;
    ck_ok(rqa_network_create(&s->network, e, NULL, &o));
    ck_ok(rqa_network_degrees(s->network, &s->degree, &s->n));
    ck_ok(rqa_network_clustering(s->network, &s->clustering, &s->n));
    rqa_embedding_destroy(e);
    rqa_series_destroy(x);
    oracle_free(&data);
}

static double quantity_of(const subject *s, const char *name)
{
    double ends = 0, most = 0, triangles = 0, triples = 0, squares = 0, defined = 0, n_defined = 0;
    for (size_t i = 0; i < s->n; i++) {
        const double k = (double)s->degree[i];
        ends += k;
        most = k > most ? k : most;
        triangles += triangles_at(s, i);
        triples += k * (k - 1) / 2;
        squares += k * k;
        if (k >= 2)
            defined += s->clustering[i], n_defined++;
    }
    const double n = (double)s->n;
    const struct {
        const char *name;
        double value;
    } all[] = {{"edges", ends / 2},
               {"density", ends / (n * (n - 1))},
               {"degree_mean", ends / n},
               {"degree_max", most},
               {"triangles", round(triangles / 3)},
               {"triples", triples},
               {"transitivity", get(s->network, RQA_MEASURE_TRANSITIVITY)},
               {"transitivity_pucicu", 2 * triangles / squares},
               {"clustering_zero", get(s->network, RQA_MEASURE_CLUSTERING)},
               {"clustering_defined", defined / n_defined},
               {"assortativity", get(s->network, RQA_MEASURE_ASSORTATIVITY)},
               {"components", get(s->network, RQA_MEASURE_COMPONENTS)},
               {"path_mean", get(s->network, RQA_MEASURE_PATH_MEAN)},
               {"diameter", get(s->network, RQA_MEASURE_DIAMETER)},
               {"efficiency", get(s->network, RQA_MEASURE_EFFICIENCY)},
               {"degree_first5", (double)s->degree[0]},
               {"triangles_first5", round(triangles_at(s, 0))}};
    for (size_t k = 0; k < sizeof all / sizeof all[0]; k++)
        if (strcmp(all[k].name, name) == 0)
            return all[k].value;
    return NAN;
}

typedef struct reading {
    rqa_context *context;
    double pairs, sum;
    int n_checked;
} reading;

static void check_row(const oracle_row *row, void *user)
{
    reading *r = user;
    subject s = {.context = r->context};
    open_subject(&s, row);
    const double n = (double)s.n;
    r->n_checked++;
    if (strcmp(row->quantity, "connected_pairs") == 0)
        r->pairs = row->value; /* it stands in front of path_sum */
    else if (strcmp(row->quantity, "path_sum") == 0)
        ck_near(get(s.network, RQA_MEASURE_PATH_MEAN), row->value / r->pairs, 1e-12);
    else if (strcmp(row->quantity, "path_mean_all") == 0)
        ck_near(get(s.network, RQA_MEASURE_PATH_MEAN) * r->pairs / (n * (n - 1) / 2), row->value,
                1e-11);
    else
        oracle_expect(row, quantity_of(&s, row->quantity));
    rqa_network_destroy(s.network);
}

START_TEST(every_row_of_the_table)
{
    reading r = {.context = support_context(2)};
    ck_assert_uint_eq(oracle_rows("06_network.tsv", check_row, &r), 100);
    ck_assert_int_eq(r.n_checked, 100);
    rqa_context_destroy(r.context);
}
END_TEST

/* ---- the definitions */

typedef struct graph {
    size_t n;
    uint8_t *edge;
    double value[RQA_MEASURE_COUNT];
    uint64_t *degree;
} graph;

static void fill_paths(graph *g)
{
    const size_t n = g->n;
    uint32_t *d = malloc(n * n * sizeof *d);
    double sum = 0, pairs = 0, inverse = 0, farthest = 0, components = 0;
    for (size_t k = 0; k < n * n; k++)
        d[k] = g->edge[k] ? 1 : UINT32_MAX / 4;
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                if (d[i * n + k] + d[k * n + j] < d[i * n + j])
                    d[i * n + j] = d[i * n + k] + d[k * n + j];
    for (size_t i = 0; i < n; i++) {
        int is_first = 1; /* of its component */
        for (size_t j = 0; j < n; j++) {
            if (i == j || d[i * n + j] >= UINT32_MAX / 4)
                continue;
            is_first &= j > i;
            sum += d[i * n + j];
            inverse += 1. / d[i * n + j];
            pairs++;
            farthest = d[i * n + j] > farthest ? d[i * n + j] : farthest;
        }
        components += is_first;
    }
    g->value[RQA_MEASURE_PATH_MEAN] = pairs > 0 ? sum / pairs : NAN;
    g->value[RQA_MEASURE_DIAMETER] = pairs > 0 ? farthest : NAN;
    g->value[RQA_MEASURE_EFFICIENCY] = inverse / ((double)n * (double)(n - 1));
    g->value[RQA_MEASURE_COMPONENTS] = components;
    free(d);
}

static void fill_triangles(graph *g)
{
    const size_t n = g->n;
    double closed = 0, triples = 0, mean = 0;
    for (size_t i = 0; i < n; i++) {
        double t = 0;
        for (size_t j = 0; j < n; j++)
            for (size_t k = 0; k < j; k++)
                t += g->edge[i * n + j] && g->edge[i * n + k] && g->edge[j * n + k];
        const double k = (double)g->degree[i];
        closed += t;
        triples += k * (k - 1) / 2;
        mean += k >= 2 ? t / (k * (k - 1) / 2) / (double)n : 0;
    }
    g->value[RQA_MEASURE_TRANSITIVITY] = triples > 0 ? closed / triples : NAN;
    g->value[RQA_MEASURE_CLUSTERING] = mean;
}

/* Pearson's r over the two ends of all directed edges. */
static void fill_assortativity(graph *g)
{
    const size_t n = g->n;
    double ends = 0, sum = 0, product = 0, square = 0;
    int differ = 0;
    size_t first = SIZE_MAX;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            if (!g->edge[i * n + j])
                continue;
            const double a = (double)g->degree[i], b = (double)g->degree[j];
            first = first == SIZE_MAX ? i : first;
            differ |= g->degree[i] != g->degree[first];
            ends++;
            sum += a;
            product += a * b;
            square += a * a;
        }
    const double mean = sum / ends;
    g->value[RQA_MEASURE_ASSORTATIVITY] =
        differ ? (product / ends - mean * mean) / (square / ends - mean * mean) : NAN;
}

static graph graph_of(const brute_matrix *m, uint64_t theiler)
{
    graph g = {.n = m->nx, .edge = calloc(m->nx, m->nx), .degree = calloc(m->nx, 8)};
    for (size_t i = 0; i < g.n; i++)
        for (size_t j = 0; j < g.n; j++)
            if (i != j && (i > j ? i - j : j - i) >= theiler && m->cell[j * g.n + i]) {
                g.edge[i * g.n + j] = 1;
                g.degree[i]++;
            }
    fill_triangles(&g);
    fill_assortativity(&g);
    fill_paths(&g);
    return g;
}

static void compare(const graph *g, const rqa_network *network, const rqa_metrics *metrics,
                    const char *what)
{
    const uint64_t *degree;
    size_t n;
    ck_ok(rqa_network_degrees(network, &degree, &n));
    ck_assert_uint_eq(n, g->n);
    ck_assert_msg(memcmp(degree, g->degree, n * sizeof *degree) == 0, "%s: degrees", what);
    for (int32_t k = RQA_MEASURE_TRANSITIVITY; k <= RQA_MEASURE_EFFICIENCY; k++) {
        const double mine = get(network, k);
        /* Pearson's r as the textbook has it loses digits by subtraction. */
        const double within = k == RQA_MEASURE_ASSORTATIVITY ? 1e-7 : 1e-12;
        ck_assert_msg(support_close(mine, g->value[k], within) ||
                          fabs(mine - g->value[k]) < within,
                      "%s: %s is %.17g, not %.17g", what, rqa_measure_name(k), mine, g->value[k]);
        ck_assert_msg(support_close(support_get(metrics, k), mine, 0), "%s: %s", what,
                      rqa_measure_name(k));
    }
}

static void draw(rng *r, double *value, size_t n_values)
{
    const int kind = (int)rng_below(r, 3), skips = rng_below(r, 4) == 0;
    double walk = 0;
    for (size_t k = 0; k < n_values; k++) {
        walk += rng_gauss(r);
        value[k] = kind == 0 ? rng_gauss(r) : kind == 1 ? floor(5 * rng_uniform(r)) : walk;
        if (skips && rng_below(r, 25) == 0)
            value[k] = NAN;
    }
}

typedef struct side {
    double value[2 * 200];
    brute_series brute;
    rqa_series *series;
    rqa_embedding *embedding;
} side;

static void make_side(side *s, rng *r, rqa_context *context, size_t n_vectors)
{
    const uint32_t dim = 1 + (uint32_t)rng_below(r, 3), delay = 1 + (uint32_t)rng_below(r, 4);
    const size_t n = n_vectors + (dim - 1) * delay, n_channels = 1 + rng_below(r, 2);
    rqa_series_options o;
    rqa_series_options_init(&o);
    o.missing = RQA_MISSING_SKIP;
    draw(r, s->value, n * n_channels);
    s->brute = (brute_series){s->value, n, n_channels, dim, delay};
    ck_ok(rqa_series_create(&s->series, context, s->value, n, n_channels, &o));
    s->embedding = support_embedding(s->series, dim, delay);
}

START_TEST(against_the_definitions)
{
    rng r = {env_number("RQA_TEST_SEED", 11)};
    rqa_context *context[2] = {support_context(1), support_context(3)};
    for (int k = 0; k < 120; k++) {
        rqa_context *c = context[k % 2];
        const size_t n = 2 + rng_below(&r, k % 10 == 0 ? 150 : 60);
        const int joint = rng_below(&r, 3) == 0;
        side x, y;
        make_side(&x, &r, c, n);
        make_side(&y, &r, c, n);
        rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD,
                                                 (int32_t)rng_below(&r, 3), 2 * rng_uniform(&r));
        o.relation = joint ? RQA_RELATION_JOINT : RQA_RELATION_AUTO;
        o.compare = rng_below(&r, 2) ? RQA_COMPARE_LE : RQA_COMPARE_LT;
        o.theiler = (int64_t)rng_below(&r, 6);
        o.measures = NETWORK;
        brute_matrix m = brute_recurrence(&x.brute, joint ? &y.brute : NULL, o.relation, o.norm,
                                          o.compare, o.threshold, -1);
        if (!brute_all_skipped(&m)) {
            rqa_network *network;
            graph g = graph_of(&m, (uint64_t)o.theiler);
            char what[200];
            snprintf(what, sizeof what, "draw %d, %zu vectors, %s", k, n, joint ? "joint" : "auto");
            ck_ok(rqa_network_create(&network, x.embedding, joint ? y.embedding : NULL, &o));
            rqa_metrics *metrics =
                support_metrics(x.embedding, joint ? y.embedding : NULL, &o);
            compare(&g, network, metrics, what);
            rqa_metrics_destroy(metrics);
            rqa_network_destroy(network);
            free(g.edge);
            free(g.degree);
        }
        brute_matrix_free(&m);
        rqa_embedding_destroy(x.embedding);
        rqa_embedding_destroy(y.embedding);
        rqa_series_destroy(x.series);
        rqa_series_destroy(y.series);
    }
    rqa_context_destroy(context[0]);
    rqa_context_destroy(context[1]);
}
END_TEST

/* ---- larger ones: several slabs, tiles, bands */

enum { LARGE = 2600 };

static double noise[LARGE + 10];

static uint64_t common(const uint8_t *edge, size_t i, size_t j)
{
    uint64_t n = 0;
    for (size_t k = 0; k < LARGE; k++)
        n += edge[i * LARGE + k] & edge[j * LARGE + k];
    return n;
}

static rqa_network *network_within(uint64_t memory, uint32_t n_threads, rqa_context **context,
                                   uint64_t measures, rqa_status *status)
{
    rqa_network *network = NULL;
    rqa_context_options c;
    rqa_context_options_init(&c);
    c.n_threads = n_threads;
    c.memory_limit_bytes = memory;
    ck_ok(rqa_context_create(context, &c));
    rqa_series *x = support_series(*context, noise, LARGE + 4, 1);
    rqa_embedding *e = support_embedding(x, 3, 2);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, .9);
    o.measures = measures;
    o.theiler = 3;
    *status = rqa_network_create(&network, e, NULL, &o);
    rqa_embedding_destroy(e);
    rqa_series_destroy(x);
    return network;
}

START_TEST(in_slabs_and_bands)
{
    rng r = {5};
    for (size_t k = 0; k < LARGE + 4; k++)
        noise[k] = rng_gauss(&r);
    const brute_series b = {noise, LARGE + 4, 1, 3, 2};
    brute_matrix m = brute_recurrence(&b, NULL, RQA_RELATION_AUTO, RQA_NORM_EUCLIDEAN,
                                      RQA_COMPARE_LE, .9, -1);
    for (size_t i = 0; i < LARGE; i++)
        for (size_t j = i > 2 ? i - 2 : 0; j < LARGE && j < i + 3; j++)
            m.cell[j * LARGE + i] = 0;
    rqa_context *context;
    rqa_status status;
    const uint64_t lines = BIT(CLUSTERING) | BIT(ASSORTATIVITY) | BIT(COMPONENTS);
    rqa_network *whole = network_within(0, 2, &context, lines | BIT(TRANSITIVITY), &status);
    ck_ok(status);
    rqa_context *first = context;
    const double *clustering;
    const uint64_t *degree;
    size_t n;
    ck_ok(rqa_network_clustering(whole, &clustering, &n));
    ck_ok(rqa_network_degrees(whole, &degree, &n));
    for (size_t i = 0; i < LARGE; i += 37) {
        uint64_t twice = 0, k = 0;
        for (size_t j = 0; j < LARGE; j++)
            if (m.cell[i * LARGE + j])
                twice += common(m.cell, i, j), k++;
        ck_assert_uint_eq(degree[i], k);
        ck_assert_msg(support_close(clustering[i], k < 2 ? NAN : (double)twice / (double)(k * (k - 1)), 0),
                      "node %zu: %.17g", i, clustering[i]);
    }
    /* Less and less memory: bands of fewer rows, the same numbers, then a refusal. */
    int n_same = 0;
    for (uint64_t limit = UINT64_C(6) << 20; limit > 1 << 18; limit -= limit / 12) {
        rqa_network *other =
            network_within(limit, 1 + limit % 2, &context, lines | BIT(TRANSITIVITY), &status);
        if (status)
            ck_fails(status, RQA_ERROR_MEMORY_LIMIT, "2600 vectors|bytes");
        for (int32_t k = RQA_MEASURE_TRANSITIVITY; k <= RQA_MEASURE_COMPONENTS && other; k++)
            ck_assert(support_close(get(whole, k), get(other, k), 0));
        n_same += other != NULL;
        rqa_network_destroy(other);
        rqa_context_destroy(context);
    }
    ck_assert_int_gt(n_same, 3);
    ck_assert_int_eq(status, RQA_ERROR_MEMORY_LIMIT);
    rqa_network_destroy(whole);
    rqa_context_destroy(first);
    brute_matrix_free(&m);
}
END_TEST

/* ---- closed forms */

static rqa_network *of_values(rqa_context *context, const double *value, size_t n, size_t n_channels,
                              double threshold)
{
    rqa_network *network;
    rqa_series *x = support_series(context, value, n, n_channels);
    rqa_embedding *e = support_embedding(x, 1, 1);
    rqa_analysis_options o =
        support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, threshold);
    o.measures = NETWORK;
    ck_ok(rqa_network_create(&network, e, NULL, &o));
    rqa_embedding_destroy(e);
    rqa_series_destroy(x);
    return network;
}

/* On a ring where each node has k neighbours on either side, n odd: every node sees 2k nodes at every
 * distance, the last of them fewer. Paths from chosen sources are then those from all. */
START_TEST(paths_of_chosen_sources)
{
    enum { N = 10501, K = 40 };
    static double xy[2 * N];
    rqa_context *context = support_context(2);
    const double angle = 2 * acos(-1.) / N;
    for (int i = 0; i < N; i++) {
        xy[2 * i] = cos(angle * i);
        xy[2 * i + 1] = sin(angle * i);
    }
    const double threshold = sin(angle * K / 2) + sin(angle * (K + 1) / 2);
    double sum = 0, value, error;
    for (int i = 1; i <= (N - 1) / 2; i++)
        sum += 2 * ((i + K - 1) / K);
    rqa_network *network = of_values(context, xy, N, 2, threshold);
    ck_ok(rqa_network_get(network, RQA_MEASURE_PATH_MEAN, &value, &error));
    ck_near(value, sum / (N - 1), 1e-12 * value);
    ck_near(error, 0, 1e-12);
    ck_ok(rqa_network_get(network, RQA_MEASURE_DIAMETER, &value, &error));
    ck_near(value, ((N - 1) / 2 + K - 1) / K, 0);
    ck_assert(isnan(error)); /* a lower bound */
    ck_near(get(network, RQA_MEASURE_TRANSITIVITY), 3. * (K - 1) / (2 * (2 * K - 1)), 1e-12);
    ck_near(get(network, RQA_MEASURE_COMPONENTS), 1, 0);
    rqa_network_destroy(network);
    /* A line has ends: sources differ, and the error tells. The mean over all pairs is exact. */
    for (int i = 0; i < N; i++)
        xy[i] = i;
    sum = 0;
    for (int i = 1; i < N; i++)
        sum += 2. * (N - i) * ((i + K - 1) / K);
    network = of_values(context, xy, N, 1, K);
    ck_ok(rqa_network_get(network, RQA_MEASURE_PATH_MEAN, &value, &error));
    ck_assert_double_gt(error, 0);
    ck_near(value, sum / ((double)N * (N - 1)), 4 * error);
    ck_assert_double_lt(error, .05 * value);
    rqa_network_destroy(network);
    rqa_context_destroy(context);
}
END_TEST

START_TEST(closed_forms)
{
    double value[100];
    rqa_context *context = support_context(1);
    for (int i = 0; i < 100; i++)
        value[i] = 3;
    rqa_network *network = of_values(context, value, 100, 1, 0);
    ck_near(get(network, RQA_MEASURE_TRANSITIVITY), 1, 0);
    ck_near(get(network, RQA_MEASURE_PATH_MEAN), 1, 0);
    ck_assert(isnan(get(network, RQA_MEASURE_ASSORTATIVITY)));
    rqa_network_destroy(network);
    for (int i = 0; i < 100; i++)
        value[i] = i % 7;
    network = of_values(context, value, 100, 1, 0);
    ck_near(get(network, RQA_MEASURE_TRANSITIVITY), 1, 0);
    ck_near(get(network, RQA_MEASURE_COMPONENTS), 7, 0);
    ck_near(get(network, RQA_MEASURE_PATH_MEAN), 1, 0);
    ck_near(get(network, RQA_MEASURE_EFFICIENCY), .13434343434343435, 1e-15);
    rqa_network_destroy(network);
    for (int i = 0; i < 100; i++)
        value[i] = i;
    network = of_values(context, value, 100, 1, 3);
    ck_near(get(network, RQA_MEASURE_PATH_MEAN), 57222. / 4950, 1e-12);
    ck_near(get(network, RQA_MEASURE_DIAMETER), 33, 0);
    rqa_network_destroy(network);
    network = of_values(context, value, 100, 1, .5); /* no edge at all */
    ck_assert(isnan(get(network, RQA_MEASURE_TRANSITIVITY)));
    ck_assert(isnan(get(network, RQA_MEASURE_PATH_MEAN)));
    ck_near(get(network, RQA_MEASURE_CLUSTERING), 0, 0);
    ck_near(get(network, RQA_MEASURE_COMPONENTS), 100, 0);
    rqa_network_destroy(network);
    rqa_context_destroy(context);
}
END_TEST

/* Edges against the matrix without its band, on one thread and on three; auto and joint. */
START_TEST(edges)
{
    enum { N = 9000, SHOWN = 300 };
    rqa_context *context = support_context(_i ? 3 : 1);
    double *value = malloc((N + 100) * sizeof *value);
    rng r = {17};
    for (size_t k = 0; k < N + 100; k++)
        value[k] = rng_uniform(&r);
    for (int joint = 0; joint < 2; joint++) {
        const size_t n = joint ? SHOWN : N;
        rqa_series *x = support_series(context, value, n, 1);
        rqa_series *y = support_series(context, value + 100, n, 1);
        rqa_embedding *ex = support_embedding(x, 1, 1), *ey = support_embedding(y, 1, 1);
        rqa_analysis_options o =
            support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, joint ? .3 : .002);
        rqa_adjacency *adjacency;
        rqa_network *network;
        rqa_matrix *matrix;
        const uint64_t *starts, *degree;
        const uint32_t *neighbours;
        size_t n_nodes;
        o.relation = joint ? RQA_RELATION_JOINT : RQA_RELATION_AUTO;
        o.theiler = joint ? 0 : 70;
        const size_t band = joint ? 1 : 70;
        ck_ok(rqa_adjacency_create(&adjacency, ex, joint ? ey : NULL, &o));
        ck_ok(rqa_network_create(&network, ex, joint ? ey : NULL, &o));
        ck_ok(rqa_matrix_create(&matrix, ex, joint ? ey : NULL, &o));
        ck_ok(rqa_network_degrees(network, &degree, &n_nodes));
        ck_ok(rqa_adjacency_rows(adjacency, &starts, &neighbours, &n_nodes));
        ck_assert_uint_eq(n_nodes, n);
        ck_assert_uint_eq(starts[0], 0);
        for (size_t i = 0; i < n; i++) {
            const uint64_t *row = rqa_matrix_row(matrix, i);
            uint64_t at = starts[i];
            ck_assert_uint_eq(starts[i + 1] - starts[i], degree[i]);
            for (size_t j = 0; j < n; j++)
                if (row[j / 64] >> j % 64 & 1 && (j > i ? j - i : i - j) >= band)
                    ck_assert_uint_eq(neighbours[at++], j);
            ck_assert_uint_eq(at, starts[i + 1]);
        }
        rqa_adjacency_destroy(adjacency);
        rqa_network_destroy(network);
        rqa_matrix_destroy(matrix);
        rqa_embedding_destroy(ex);
        rqa_embedding_destroy(ey);
        rqa_series_destroy(x);
        rqa_series_destroy(y);
    }
    free(value);
    rqa_context_destroy(context);
}
END_TEST

START_TEST(what_is_refused)
{
    double value[50];
    rqa_network *network;
    rqa_metrics *metrics;
    rqa_matrix *matrix;
    const double *clustering;
    const uint64_t *degree;
    size_t n;
    for (int i = 0; i < 50; i++)
        value[i] = i % 7;
    rqa_context *context = support_context(1);
    rqa_series *x = support_series(context, value, 50, 1);
    rqa_embedding *e = support_embedding(x, 1, 1), *one = support_embedding(x, 2, 49);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 1);
    o.measures = BIT(EFFICIENCY);
    ck_fails(rqa_network_create(NULL, e, NULL, &o), RQA_ERROR_NULL, "out");
    ck_fails(rqa_network_create(&network, NULL, NULL, &o), RQA_ERROR_NULL, "x");
    ck_fails(rqa_network_create(&network, e, e, &o), RQA_ERROR_UNSUPPORTED,
             "efficiency|symmetric|cross");
    ck_fails(rqa_metrics_compute(&metrics, e, e, &o), RQA_ERROR_UNSUPPORTED,
             "efficiency|symmetric|cross");
    ck_fails(rqa_network_create(&network, one, NULL, &o), RQA_ERROR_TOO_SHORT, "1 vector|two");
    ck_ok(rqa_matrix_create(&matrix, e, NULL, &o));
    ck_fails(rqa_metrics_from_matrix(&metrics, matrix, &o), RQA_ERROR_UNSUPPORTED,
             "efficiency|matrix");
    ck_ok(rqa_network_create(&network, e, NULL, &o));
    double number;
    ck_fails(rqa_network_get(NULL, RQA_MEASURE_DIAMETER, &number, NULL), RQA_ERROR_NULL, "network");
    ck_fails(rqa_network_get(network, RQA_MEASURE_DIAMETER, NULL, NULL), RQA_ERROR_NULL, "value");
    ck_fails(rqa_network_get(network, RQA_MEASURE_RR, &number, NULL), RQA_ERROR_VALUE, "19..25");
    ck_fails(rqa_network_degrees(NULL, &degree, &n), RQA_ERROR_NULL, "network");
    ck_fails(rqa_network_degrees(network, NULL, &n), RQA_ERROR_NULL, "degrees");
    ck_fails(rqa_network_degrees(network, &degree, NULL), RQA_ERROR_NULL, "n");
    ck_fails(rqa_network_clustering(NULL, &clustering, &n), RQA_ERROR_NULL, "network");
    ck_fails(rqa_network_clustering(network, NULL, &n), RQA_ERROR_NULL, "clustering");
    ck_fails(rqa_network_clustering(network, &clustering, NULL), RQA_ERROR_NULL, "n");
    ck_fails(rqa_network_clustering(network, &clustering, &n), RQA_ERROR_STATE, "transitivity");
    ck_assert(isnan(get(network, RQA_MEASURE_CLUSTERING))); /* not asked for */
    ck_assert(isnan(get(network, RQA_MEASURE_PATH_MEAN)));
    ck_assert(isnan(get(network, RQA_MEASURE_DIAMETER)));
    ck_assert(!isnan(get(network, RQA_MEASURE_EFFICIENCY)));
    rqa_network_destroy(network);
    rqa_network_destroy(NULL);
    rqa_matrix_destroy(matrix);
    rqa_embedding_destroy(e);
    rqa_embedding_destroy(one);
    rqa_series_destroy(x);
    rqa_context_destroy(context);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("network");
    TCase *tc = tcase_create("network");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, every_row_of_the_table);
    tcase_add_test(tc, against_the_definitions);
    tcase_add_test(tc, in_slabs_and_bands);
    tcase_add_test(tc, paths_of_chosen_sources);
    tcase_add_test(tc, closed_forms);
    tcase_add_loop_test(tc, edges, 0, 2);
    tcase_add_test(tc, what_is_refused);
    suite_add_tcase(s, tc);
    return support_run(s);
}
