/* test_cell_rules.c - skeletons, isodirectional and perpendicular plots: the tables of oracles, the
 * definitions by flood fill and by cosines over random draws, pictures, windows, limits.
 *
 * Draw k has the seed RQA_TEST_SEED + k, so that the seed a failure prints brings it back alone.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "draws.h"
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

/* ---- tables ---- */

static uint64_t lines_of(const rqa_metrics *m)
{
    const rqa_line_bin *bin;
    size_t n;
    uint64_t sum = 0;
    ck_ok(rqa_metrics_histogram(m, RQA_HISTOGRAM_DIAGONAL, &bin, &n));
    for (size_t k = 0; k < n; k++)
        sum += bin[k].count;
    return sum;
}

static size_t count_cells(const rqa_matrix *m, int asymmetric)
{
    const size_t n = rqa_matrix_n_rows(m);
    uint8_t *cell = malloc(n * n);
    size_t count = 0;
    ck_ok(rqa_matrix_unpack(m, 0, n, cell, 0));
    for (size_t k = 0; k < n * n; k++)
        count += asymmetric ? cell[k] != cell[k % n * n + k / n] : cell[k];
    free(cell);
    return count;
}

static void skeleton_row(const oracle_row *row, void *user)
{
    oracle_series s = oracle_load(row);
    const size_t n_vectors = (size_t)oracle_number(row, "vectors", 0);
    const uint32_t dim = (uint32_t)oracle_number(row, "dim", 0);
    const uint32_t delay = (uint32_t)oracle_number(row, "delay", 0);
    rqa_analysis_options o =
        support_options(0, RQA_NORM_EUCLIDEAN, oracle_number(row, "threshold", 0));
    (void)user;
    o.skeleton = 1;
    rqa_series *series =
        support_series(contexts[1], s.x, n_vectors + (dim - 1) * delay, s.n_channels);
    rqa_embedding *x = support_embedding(series, dim, delay);
    rqa_metrics *m = support_metrics(x, NULL, &o);
    const char *what = row->quantity;
    oracle_expect(row, strcmp(what, "points") == 0  ? (double)support_count(m, RQA_COUNT_POINTS)
                       : strcmp(what, "lines") == 0 ? (double)lines_of(m)
                       : strcmp(what, "l_max") == 0 ? support_get(m, RQA_MEASURE_L_MAX)
                       : strcmp(what, "l_mean_lmin2") == 0 ? support_get(m, RQA_MEASURE_L_MEAN)
                                                           : support_get(m, RQA_MEASURE_L_ENTR));
    rqa_metrics_destroy(m);
    rqa_embedding_destroy(x);
    rqa_series_destroy(series);
    oracle_free(&s);
}

static void direction_row(const oracle_row *row, void *user)
{
    oracle_series s = oracle_load(row);
    const char *what = row->quantity;
    rqa_analysis_options o =
        support_options(0, RQA_NORM_EUCLIDEAN, oracle_number(row, "threshold", 0));
    (void)user;
    o.direction_bound = oracle_number(row, "angle", 0);
    if (strncmp(what, "iso", 3) == 0) {
        o.direction = RQA_DIRECTION_ISODIRECTIONAL;
        o.direction_lag = (uint32_t)oracle_number(row, "lag", 0);
    } else {
        ck_assert(oracle_says(row, "tangent", "central"));
        o.direction = RQA_DIRECTION_PERPENDICULAR;
    }
    rqa_series *series = support_series(contexts[1], s.x, s.n_x, s.n_channels);
    rqa_embedding *x = support_embedding(series, 1, 1);
    rqa_metrics *m = support_metrics(x, NULL, &o);
    rqa_matrix *matrix;
    ck_ok(rqa_matrix_create(&matrix, x, NULL, &o));
    oracle_expect(row, strstr(what, "off_loi")        ? (double)support_count(m, RQA_COUNT_POINTS)
                       : strstr(what, "points")       ? (double)count_cells(matrix, 0)
                       : strstr(what, "asymmetric")   ? (double)count_cells(matrix, 1)
                       : strcmp(what, "iso_det") == 0 ? support_get(m, RQA_MEASURE_DET)
                                                      : support_get(m, RQA_MEASURE_L_MEAN));
    rqa_matrix_destroy(matrix);
    rqa_metrics_destroy(m);
    rqa_embedding_destroy(x);
    rqa_series_destroy(series);
    oracle_free(&s);
}

START_TEST(tables)
{
    ck_assert_uint_eq(oracle_rows("05_skeleton.tsv", skeleton_row, NULL), 15);
    ck_assert_uint_eq(oracle_rows("05_iso_perp.tsv", direction_row, NULL), 12);
}
END_TEST

/* ---- what the textbook says ---- */

static double coordinate(const brute_series *s, size_t i, size_t k, size_t c)
{
    return s->value[(i + k * s->delay) * s->n_channels + c];
}

/* The tangent of vector i, NaN where there is none. */
static void tangent(const brute_series *s, size_t i, const rqa_analysis_options *o, double *t)
{
    const int along = o->direction == RQA_DIRECTION_ISODIRECTIONAL;
    const size_t before = along ? 0 : 1, after = !along || !o->direction_lag ? 1 : o->direction_lag;
    const int is_there = i >= before && i + after < brute_n_vectors(s);
    for (size_t k = 0; k < s->dim; k++)
        for (size_t c = 0; c < s->n_channels; c++)
            *t++ =
                is_there ? coordinate(s, i + after, k, c) - coordinate(s, i - before, k, c) : NAN;
}

static double cosine(const double *a, const double *b, size_t n)
{
    double sum = 0, of_a = 0, of_b = 0;
    for (size_t k = 0; k < n; k++) {
        sum += a[k] * b[k];
        of_a += a[k] * a[k];
        of_b += b[k] * b[k];
    }
    return of_a > 0 && of_b > 0 ? sum / (sqrt(of_a) * sqrt(of_b)) : NAN;
}

static int keeps_direction(const brute_series *x, size_t i, const brute_series *y, size_t j,
                           const rqa_analysis_options *o)
{
    double a[64], b[64];
    const size_t n = x->dim * x->n_channels;
    tangent(x, i, o, a);
    if (o->direction == RQA_DIRECTION_ISODIRECTIONAL) {
        tangent(y, j, o, b);
        return fabs(cosine(a, b, n) - 1) < o->direction_bound;
    }
    for (size_t k = 0; k < x->dim; k++)
        for (size_t c = 0; c < x->n_channels; c++)
            b[k * x->n_channels + c] = coordinate(y, j, k, c) - coordinate(x, i, k, c);
    return fabs(cosine(b, a, n)) < o->direction_bound;
}

/* A plot of one side and the line of identity: cell (i, i + offset). */
typedef struct half {
    const uint8_t *cell;
    size_t n;
    uint32_t *label; /* [n * n] 0: none yet */
    size_t *stack;
} half;

static int is_black(const half *h, size_t i, size_t j)
{
    return i < h->n && j < h->n && j >= i && h->cell[j * h->n + i];
}

static void flood(const half *h, size_t i, size_t j, uint32_t label)
{
    static const int step[6][2] = {{1, 1}, {-1, -1}, {1, 0}, {-1, 0}, {0, 1}, {0, -1}};
    size_t n = 0;
    h->label[j * h->n + i] = label;
    h->stack[n++] = j * h->n + i;
    while (n > 0) {
        const size_t at = h->stack[--n];
        for (int k = 0; k < 6; k++) {
            const size_t a = at % h->n + (size_t)step[k][0], b = at / h->n + (size_t)step[k][1];
            if (!is_black(h, a, b) || h->label[b * h->n + a])
                continue;
            h->label[b * h->n + a] = label;
            h->stack[n++] = b * h->n + a;
        }
    }
}

typedef struct best_run {
    size_t offset, start, length;
} best_run;

/* Of a matrix whose two sides are alike: in place. Runs come by rising offset, then start: the
 * first of the longest is the one that stays. */
static void skeletonize(uint8_t *cell, size_t n)
{
    half h = {cell, n, calloc(n * n, sizeof *h.label), malloc(n * n * sizeof *h.stack)};
    best_run *best = calloc(n * n + 1, sizeof *best);
    uint32_t n_labels = 0;
    for (size_t offset = 0; offset < n; offset++)
        for (size_t i = 0; i + offset < n; i++) {
            size_t length = 0;
            if (!is_black(&h, i, i + offset) || (i && is_black(&h, i - 1, i - 1 + offset)))
                continue;
            while (is_black(&h, i + length, i + length + offset))
                length++;
            if (!h.label[(i + offset) * n + i])
                flood(&h, i, i + offset, ++n_labels);
            best_run *b = &best[h.label[(i + offset) * n + i]];
            if (b->length == 0 || (b->offset > 0 && length > b->length))
                *b = (best_run){offset, i, length};
        }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            if (i != j)
                cell[j * n + i] = 0;
    for (uint32_t k = 1; k <= n_labels; k++)
        for (size_t c = best[k].start; best[k].offset && c < best[k].start + best[k].length; c++)
            cell[(c + best[k].offset) * n + c] = cell[c * n + c + best[k].offset] = 1;
    free(best);
    free(h.label);
    free(h.stack);
}

/* ---- draws ---- */

typedef struct draw {
    side x, y;
    int has_y;
    int32_t relation;
    rqa_analysis_options o;
    char text[900];
} draw;

static int is_perpendicular(const draw *d)
{
    return d->o.direction == RQA_DIRECTION_PERPENDICULAR;
}

static void draw_sides(rng *r, draw *d)
{
    const pair_sizes sizes = {.least = 8, .most = 50, .seldom = 150, .one_in = 4, .most_y = 60, .channels = 3};
    d->relation = draw_pair(r, &sizes, &d->x, &d->y);
    d->has_y = d->relation != RQA_RELATION_AUTO;
}

static void draw_cells(rng *r, draw *d)
{
    rqa_analysis_options *o = &d->o;
    o->direction = (int32_t)rng_below(r, 3);
    if (o->direction == RQA_DIRECTION_ISODIRECTIONAL) {
        o->direction_lag = (uint32_t)rng_below(r, 5);
        o->direction_bound = chance(r, 3) ? 2 : chance(r, 4) ? 1e-9 : 2 * rng_uniform(r) + 1e-6;
    } else if (is_perpendicular(d)) {
        o->direction_bound = chance(r, 3) ? 1 : rng_uniform(r) + 1e-6;
    }
    o->skeleton = d->relation != RQA_RELATION_CROSS && !is_perpendicular(d) &&
                  (o->direction == RQA_DIRECTION_ANY || chance(r, 2));
}

static void draw_options(rng *r, draw *d)
{
    rqa_analysis_options *o = &d->o;
    rqa_analysis_options_init(o);
    draw_cells(r, d);
    const int neighbours = !o->skeleton && chance(r, 5);
    do
        o->convention = chance(r, 2) ? 0 : (int32_t)rng_below(r, 9);
    while ((d->has_y || neighbours || is_perpendicular(d)) &&
           o->convention == RQA_CONVENTION_NEUROKIT);
    o->norm = (int32_t)rng_below(r, 3);
    o->compare = (int32_t)rng_below(r, 3);
    o->relation = d->relation;
    const brute_series *y = d->relation == RQA_RELATION_CROSS ? &d->y.series : &d->x.series;
    o->threshold = draw_threshold(r, &d->x.series, y, o->norm);
    if (neighbours) {
        o->threshold_unit = RQA_THRESHOLD_NEIGHBOURS;
        o->threshold = (double)rng_between(r, 1, 5);
        o->ties = chance(r, 2) ? RQA_TIES_INDEX : RQA_TIES_ALL;
    } else if (chance(r, 4)) {
        o->threshold_unit = RQA_THRESHOLD_RECURRENCE_RATE;
        o->threshold = .01 + .3 * rng_uniform(r);
    } else if (o->threshold > 0 && chance(r, 3)) {
        o->corridor = 1;
        o->threshold_lower = o->threshold / 3;
    }
    o->theiler = chance(r, 2) ? -1 : rng_between(r, 0, 5);
    o->lmin = (uint32_t)rng_between(r, 0, 4);
    o->vmin = (uint32_t)rng_between(r, 0, 4);
    o->backend = (int32_t)rng_below(r, 3);
}

/* The plot without the rules on cells, from the library, which other tests hold to the textbook. 0:
 * there is none by these options. */
static int fill_plain(const draw *d, brute_matrix *m)
{
    rqa_analysis_options plain = d->o;
    rqa_matrix *matrix;
    plain.skeleton = plain.direction = 0;
    plain.direction_bound = 0;
    plain.direction_lag = 0;
    rqa_status status = rqa_matrix_create(&matrix, d->x.api, d->has_y ? d->y.api : NULL, &plain);
    if (status) {
        ck_assert_msg(status == RQA_ERROR_VALUE || status == RQA_ERROR_UNSUPPORTED, "%s: %s",
                      d->text, rqa_last_error());
        return 0;
    }
    ck_ok(rqa_matrix_unpack(matrix, 0, m->ny, m->cell, 0));
    rqa_matrix_destroy(matrix);
    return 1;
}

static void apply_rules(const draw *d, brute_matrix *m)
{
    const brute_series *x = &d->x.series, *y = d->has_y ? &d->y.series : x;
    const int joint = d->relation == RQA_RELATION_JOINT;
    for (size_t j = 0; d->o.direction && j < m->ny; j++)
        for (size_t i = 0; i < m->nx; i++)
            m->cell[j * m->nx + i] &= (uint8_t)(keeps_direction(x, i, joint ? x : y, j, &d->o) &&
                                                (!joint || keeps_direction(y, i, y, j, &d->o)));
    if (d->o.skeleton)
        skeletonize(m->cell, m->nx);
}

static void check_cells(const draw *d, const rqa_matrix *matrix, const brute_matrix *m)
{
    for (size_t j = 0; j < m->ny; j++)
        for (size_t i = 0; i < m->nx; i++) {
            const unsigned got = rqa_matrix_row(matrix, j)[i / 64] >> i % 64 & 1;
            ck_assert_msg(got == m->cell[j * m->nx + i], "%s: cell i=%zu j=%zu is %u", d->text, i,
                          j, got);
        }
}

/* What a border rule makes of it is what it makes of the matrix. */
static void check_borders(const draw *d, const rqa_matrix *matrix)
{
    rqa_analysis_options plain;
    rqa_analysis_options_init(&plain);
    plain.convention = d->o.convention;
    plain.relation = d->relation;
    plain.theiler = d->o.theiler;
    plain.lmin = d->o.lmin;
    if (d->o.corridor || d->o.threshold_unit == RQA_THRESHOLD_NEIGHBOURS)
        return;
    for (int32_t border = RQA_BORDER_DIBO; border <= RQA_BORDER_CENSI_SEMI_LOI; border++) {
        rqa_analysis_options o = d->o;
        rqa_metrics *own, *given;
        const rqa_line_bin *a, *b;
        size_t n_a, n_b;
        o.border = plain.border = border;
        ck_ok(rqa_metrics_compute(&own, d->x.api, d->has_y ? d->y.api : NULL, &o));
        ck_ok(rqa_metrics_from_matrix(&given, matrix, &plain));
        ck_ok(rqa_metrics_histogram(own, RQA_HISTOGRAM_DIAGONAL, &a, &n_a));
        ck_ok(rqa_metrics_histogram(given, RQA_HISTOGRAM_DIAGONAL, &b, &n_b));
        ck_assert_msg(n_a == n_b && (n_a == 0 || memcmp(a, b, n_a * sizeof *a) == 0),
                      "%s: border %s", d->text, rqa_border_name(border));
        rqa_metrics_destroy(own);
        rqa_metrics_destroy(given);
    }
}

static void check_draw(const draw *d, brute_matrix *m)
{
    rqa_metrics *metrics;
    rqa_matrix *matrix;
    const rqa_embedding *y = d->has_y ? d->y.api : NULL;
    rqa_status status = rqa_matrix_create(&matrix, d->x.api, y, &d->o);
    ck_assert_msg(status == RQA_OK, "%s: %s", d->text, rqa_last_error());
    apply_rules(d, m);
    check_cells(d, matrix, m);
    status = rqa_metrics_compute(&metrics, d->x.api, y, &d->o);
    if (status == RQA_ERROR_UNSUPPORTED) { /* it has cells, but no engine that counts their lines */
        ck_assert_msg(strstr(rqa_last_error(), "is white") != NULL, "%s: %s", d->text,
                      rqa_last_error());
        rqa_matrix_destroy(matrix);
        return;
    }
    ck_assert_msg(status == RQA_OK, "%s: %s", d->text, rqa_last_error());
    m->given = is_perpendicular(d) || d->o.threshold_unit == RQA_THRESHOLD_NEIGHBOURS;
    brute_result expected;
    brute_measure(&expected, m, d->relation, &d->o);
    support_compare(metrics, &expected, RQA_MEASURES_DEFAULT, d->text);
    brute_result_free(&expected);
    rqa_metrics_destroy(metrics);
    check_borders(d, matrix);
    rqa_matrix_destroy(matrix);
}

/* Whether there was something to compare. */
static int run_draw(uint64_t seed)
{
    rng r = {seed};
    static draw d;
    char options[700];
    int done = 0;
    memset(&d, 0, sizeof d);
    draw_sides(&r, &d);
    rqa_context *context = contexts[rng_below(&r, 2)];
    create_side(context, &d.x, "x");
    if (d.has_y)
        create_side(context, &d.y, "y");
    draw_options(&r, &d);
    support_describe(options, sizeof options, &d.o);
    snprintf(d.text, sizeof d.text,
             "RQA_TEST_SEED=%" PRIu64 " RQA_TEST_DRAWS=1: %s corridor %d skeleton %d direction %d "
             "bound %.17g lag %u",
             seed, options, d.o.corridor, d.o.skeleton, d.o.direction, d.o.direction_bound,
             d.o.direction_lag);
    brute_matrix m = brute_recurrence(&d.x.series, d.has_y ? &d.y.series : NULL, d.relation,
                                      d.o.norm, RQA_COMPARE_LE, INFINITY, -1);
    if (!brute_all_skipped(&m) && fill_plain(&d, &m)) {
        check_draw(&d, &m);
        done = 1;
    }
    brute_matrix_free(&m);
    destroy_side(&d.x);
    if (d.has_y)
        destroy_side(&d.y);
    return done;
}

START_TEST(brute_force)
{
    const uint64_t first = env_number("RQA_TEST_SEED", 1), n = env_number("RQA_TEST_DRAWS", 400);
    uint64_t n_done = 0;
    for (uint64_t k = 0; k < n; k++)
        n_done += (uint64_t)run_draw(first + k);
    ck_assert_msg(n == 1 || n_done > n / 2, "%" PRIu64 " of %" PRIu64 " draws", n_done, n);
}
END_TEST

/* ---- many strips, pieces and threads ---- */

static void fill_wave(double *x, size_t n, uint64_t seed)
{
    rng r = {seed};
    for (size_t k = 0; k < n; k++)
        x[k] = sin(.05 * (double)k) + .4 * sin(.0173 * (double)k) + .03 * rng_gauss(&r);
}

START_TEST(long_ones)
{
    enum { N = 1500 };
    static double x[N];
    static uint8_t cell[N * N], got[N * N];
    fill_wave(x, N, 5);
    for (int joint = 0; joint < 2; joint++) {
        rqa_analysis_options o = support_options(0, RQA_NORM_MAXIMUM, joint ? .3 : .06);
        rqa_metrics *of[2];
        o.relation = joint ? RQA_RELATION_JOINT : RQA_RELATION_AUTO;
        for (int k = 0; k < 2; k++) {
            rqa_series *series = support_series(contexts[k], x, N, 1);
            rqa_embedding *e = support_embedding(series, 1, 1);
            rqa_matrix *plain, *skeleton;
            o.skeleton = 0;
            ck_ok(rqa_matrix_create(&plain, e, joint ? e : NULL, &o));
            o.skeleton = 1;
            ck_ok(rqa_matrix_create(&skeleton, e, joint ? e : NULL, &o));
            ck_ok(rqa_matrix_unpack(plain, 0, N, cell, 0));
            ck_ok(rqa_matrix_unpack(skeleton, 0, N, got, 0));
            skeletonize(cell, N);
            ck_assert(memcmp(cell, got, sizeof cell) == 0);
            of[k] = support_metrics(e, joint ? e : NULL, &o);
            rqa_matrix_destroy(plain);
            rqa_matrix_destroy(skeleton);
            rqa_embedding_destroy(e);
            rqa_series_destroy(series);
        }
        ck_assert_uint_gt(lines_of(of[0]), 100);
        support_expect_same(of[0], of[1], "threads");
        rqa_metrics_destroy(of[0]);
        rqa_metrics_destroy(of[1]);
    }
}
END_TEST

/* Missing samples cut the line of identity into runs, each of which is in a set of its own. */
START_TEST(broken_identity)
{
    enum { N = 90 };
    static uint8_t cell[N * N], got[N * N];
    double x[N];
    for (uint64_t seed = 1; seed <= 60; seed++) {
        rqa_analysis_options o =
            support_options(0, RQA_NORM_MAXIMUM, .05 + .01 * (double)(seed % 20));
        rqa_series_options how;
        rqa_series *series;
        rqa_matrix *plain, *skeleton;
        rng r = {seed};
        fill_wave(x, N, seed);
        for (size_t k = 5; k < N; k += 4 + rng_below(&r, 12))
            x[k] = NAN;
        rqa_series_options_init(&how);
        how.missing = RQA_MISSING_SKIP;
        ck_ok(rqa_series_create(&series, contexts[seed % 2], x, N, 1, &how));
        rqa_embedding *e = support_embedding(series, 1, 1);
        ck_ok(rqa_matrix_create(&plain, e, NULL, &o));
        o.skeleton = 1;
        ck_ok(rqa_matrix_create(&skeleton, e, NULL, &o));
        ck_ok(rqa_matrix_unpack(plain, 0, N, cell, 0));
        ck_ok(rqa_matrix_unpack(skeleton, 0, N, got, 0));
        skeletonize(cell, N);
        ck_assert_msg(memcmp(cell, got, sizeof cell) == 0, "seed %" PRIu64, seed);
        rqa_matrix_destroy(plain);
        rqa_matrix_destroy(skeleton);
        rqa_embedding_destroy(e);
        rqa_series_destroy(series);
    }
}
END_TEST

/* ---- measures of cells ---- */

/* Of 2 x 2 blocks of the whole plot. */
static double microstate_entropy(const uint8_t *cell, size_t n)
{
    double count[16] = {0}, sum = 0;
    for (size_t j = 0; j + 1 < n; j++)
        for (size_t i = 0; i + 1 < n; i++)
            count[cell[j * n + i] + 2 * cell[(j + 1) * n + i] + 4 * cell[j * n + i + 1] +
                  8 * cell[(j + 1) * n + i + 1]]++;
    for (int k = 0; k < 16; k++) {
        const double p = count[k] / (double)((n - 1) * (n - 1));
        sum -= p > 0 ? p * log(p) : 0;
    }
    return sum;
}

/* First returns along rows. */
static double rpde(const uint8_t *cell, size_t n)
{
    double *count = calloc(n, sizeof *count), all = 0, sum = 0;
    size_t longest = 0;
    for (size_t i = 0; i < n; i++) {
        size_t j = i + 1;
        while (j < n && cell[i * n + j])
            j++;
        while (j < n && !cell[i * n + j])
            j++;
        if (j >= n)
            continue;
        count[j - i]++;
        all++;
        longest = j - i > longest ? j - i : longest;
    }
    for (size_t k = 1; k <= longest; k++)
        sum -= count[k] > 0 ? count[k] / all * log(count[k] / all) : 0;
    free(count);
    return sum / log((double)longest);
}

START_TEST(measures_of_cells)
{
    enum { N = 300 };
    static double x[N];
    static uint8_t cell[N * N];
    fill_wave(x, N, 9);
    rqa_series *series = support_series(contexts[1], x, N, 1);
    rqa_embedding *e = support_embedding(series, 1, 1);
    for (int rule = 0; rule < 3; rule++) {
        rqa_analysis_options o = support_options(0, RQA_NORM_MAXIMUM, .2);
        rqa_matrix *matrix;
        o.skeleton = rule == 0;
        o.direction = rule;
        o.direction_bound = rule ? 1 : 0;
        o.measures = RQA_MEASURE_BIT(RQA_MEASURE_MICROSTATE_ENTROPY) |
                     (rule < 2 ? RQA_MEASURE_BIT(RQA_MEASURE_RPDE) : 0);
        ck_ok(rqa_matrix_create(&matrix, e, NULL, &o));
        ck_ok(rqa_matrix_unpack(matrix, 0, N, cell, 0));
        rqa_metrics *m = support_metrics(e, NULL, &o);
        ck_near(support_get(m, RQA_MEASURE_MICROSTATE_ENTROPY), microstate_entropy(cell, N), 1e-12);
        if (rule == 1)
            ck_near(support_get(m, RQA_MEASURE_RPDE), rpde(cell, N), 1e-12);
        rqa_metrics_destroy(m);
        rqa_matrix_destroy(matrix);
    }
    rqa_embedding_destroy(e);
    rqa_series_destroy(series);
}
END_TEST

/* ---- pictures, windows, the range of numbers ---- */

static size_t read_file(const char *path, char *out, size_t room)
{
    FILE *file = fopen(path, "rb");
    ck_assert(file != NULL);
    const size_t n = fread(out, 1, room, file);
    fclose(file);
    ck_assert(n > 0 && n < room);
    return n;
}

/* Reduced or not, the picture of the options is that of the matrix. */
START_TEST(pictures)
{
    enum { N = 300, ROOM = 1 << 20 };
    static double x[N];
    static char a[ROOM], b[ROOM];
    char path[64];
    fill_wave(x, N, 3);
    snprintf(path, sizeof path, "/tmp/rqa_cell_rules_%ld.png", (long)getpid());
    rqa_series *series = support_series(contexts[1], x, N, 1);
    rqa_embedding *e = support_embedding(series, 1, 1);
    for (int rule = 0; rule < 3; rule++)
        for (uint32_t pixels = 100; pixels <= 400; pixels += 300) {
            rqa_analysis_options o = support_options(0, RQA_NORM_MAXIMUM, .2);
            rqa_png_options png;
            rqa_matrix *matrix;
            o.skeleton = rule == 0;
            o.direction = rule;
            o.direction_bound = rule ? .5 : 0;
            rqa_png_options_init(&png);
            png.max_pixels = pixels;
            png.overwrite = 1;
            ck_ok(rqa_plot_write_png(path, e, NULL, &o, &png));
            const size_t n = read_file(path, a, ROOM);
            ck_ok(rqa_matrix_create(&matrix, e, NULL, &o));
            ck_ok(rqa_matrix_write_png(matrix, path, &png));
            ck_assert_msg(read_file(path, b, ROOM) == n && memcmp(a, b, n) == 0,
                          "rule %d, %u pixels", rule, pixels);
            rqa_matrix_destroy(matrix);
        }
    remove(path);
    rqa_embedding_destroy(e);
    rqa_series_destroy(series);
}
END_TEST

/* Each window is an analysis of its own samples. */
START_TEST(each_window)
{
    enum { N = 200, WINDOW = 60, STEP = 35 };
    static double x[N];
    fill_wave(x, N, 4);
    rqa_series *series = support_series(contexts[1], x, N, 1);
    rqa_embedding *e = support_embedding(series, 2, 1);
    for (int rule = 0; rule < 3; rule++) {
        rqa_analysis_options o = support_options(0, RQA_NORM_MAXIMUM, .3);
        rqa_windows_options w;
        rqa_windows *windows;
        size_t n;
        const double *rr;
        o.skeleton = rule == 0;
        o.direction = rule;
        o.direction_bound = rule ? .7 : 0;
        rqa_windows_options_init(&w);
        w.window = WINDOW;
        w.step = STEP;
        ck_ok(rqa_windows_compute(&windows, e, NULL, &o, &w));
        ck_ok(rqa_windows_values(windows, RQA_MEASURE_RR, &rr, NULL, &n));
        for (size_t k = 0; k < n; k++) {
            rqa_metrics *m = support_analyze(contexts[0], x + k * STEP, WINDOW, 2, 1, &o);
            ck_assert_msg(rr[k] == support_get(m, RQA_MEASURE_RR), "rule %d, window %zu", rule, k);
            rqa_metrics_destroy(m);
        }
        rqa_windows_destroy(windows);
    }
    rqa_embedding_destroy(e);
    rqa_series_destroy(series);
}
END_TEST

/* Cosines do not depend on the unit, whatever the norm of the distances. */
START_TEST(units)
{
    enum { N = 120 };
    static const int exponents[] = {0, 900, -900};
    static double x[N];
    for (int norm = 0; norm < 3; norm++)
        for (int rule = RQA_DIRECTION_ISODIRECTIONAL; rule <= RQA_DIRECTION_PERPENDICULAR; rule++) {
            rqa_metrics *of[3];
            for (int k = 0; k < 3; k++) {
                rqa_analysis_options o = support_options(0, norm, ldexp(.5, exponents[k]));
                o.direction = rule;
                o.direction_bound = .4;
                fill_wave(x, N, 6);
                for (size_t s = 0; s < N; s++)
                    x[s] = ldexp(x[s], exponents[k]);
                of[k] = support_analyze(contexts[1], x, N, 2, 3, &o);
            }
            ck_assert_uint_gt(support_count(of[0], RQA_COUNT_POINTS), 20);
            for (int k = 1; k < 3; k++)
                ck_assert_msg(support_count(of[k], RQA_COUNT_POINTS) ==
                                  support_count(of[0], RQA_COUNT_POINTS),
                              "norm %d, rule %d, 2^%d", norm, rule, exponents[k]);
            for (int k = 0; k < 3; k++)
                rqa_metrics_destroy(of[k]);
        }
}
END_TEST

/* An old caller's struct ends before these fields. */
START_TEST(older_options)
{
    enum { N = 100, OLDER = 128 };
    static double x[N];
    _Alignas(8) unsigned char room[OLDER];
    fill_wave(x, N, 2);
    rqa_series *series = support_series(contexts[0], x, N, 1);
    rqa_embedding *e = support_embedding(series, 1, 1);
    rqa_analysis_options o = support_options(0, RQA_NORM_EUCLIDEAN, .2), *older = (void *)room;
    rqa_metrics *a = support_metrics(e, NULL, &o), *b;
    o.struct_size = OLDER;
    o.skeleton = 1; /* behind its end */
    memcpy(room, &o, OLDER);
    ck_ok(rqa_metrics_compute(&b, e, NULL, older));
    support_expect_same(a, b, "128 bytes");
    rqa_metrics_destroy(a);
    rqa_metrics_destroy(b);
    rqa_embedding_destroy(e);
    rqa_series_destroy(series);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cell rules");
    TCase *tcase = tcase_create("cell rules");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, tables);
    tcase_add_test(tcase, brute_force);
    tcase_add_test(tcase, long_ones);
    tcase_add_test(tcase, broken_identity);
    tcase_add_test(tcase, measures_of_cells);
    tcase_add_test(tcase, pictures);
    tcase_add_test(tcase, each_window);
    tcase_add_test(tcase, units);
    tcase_add_test(tcase, older_options);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
