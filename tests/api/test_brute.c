/* test_brute.c - random draws over the whole option space, compared with tests/brute.
 *
 * Draw k has the seed RQA_TEST_SEED + k, so that the seed a failure prints brings it back alone.
 * RQA_TEST_DRAWS says how many.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draws.h"

enum { DESCRIPTION = 1200 };

typedef struct draw {
    side x, y;
    int has_y;
    int32_t relation; /* the one in force */
    rqa_analysis_options o;
    char text[DESCRIPTION];
} draw;

/* What must be named, and is read off lines. */
#define OF_LINES                                                                                   \
    (RQA_MEASURE_BIT(RQA_MEASURE_NMPRT) | RQA_MEASURE_BIT(RQA_MEASURE_NMPRT_TIME) |                \
     RQA_MEASURE_BIT(RQA_MEASURE_L_ENTR_REL))

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

static size_t draw_length(rng *r)
{
    if (chance(r, 12))
        return (size_t)rng_between(r, 1, 5);
    return (size_t)(chance(r, 8) ? rng_between(r, 60, 140) : rng_between(r, 4, 40));
}

static void draw_sides(rng *r, draw *d)
{
    size_t channels = (size_t)(chance(r, 2) ? 1 : rng_between(r, 1, MAX_CHANNELS));
    uint32_t dim = (uint32_t)rng_between(r, 1, 4), delay = (uint32_t)rng_between(r, 1, 4);
    size_t n = draw_length(r);
    d->has_y = chance(r, 2);
    d->relation = d->has_y ? (int32_t)rng_between(r, 1, 2) : RQA_RELATION_AUTO;
    draw_side(r, &d->x, n + (dim - 1) * delay, channels, dim, delay);
    if (!d->has_y)
        return;
    size_t n_y = n;
    if (d->relation == RQA_RELATION_CROSS) {
        n_y = chance(r, 4) ? n : draw_length(r);
    } else {
        channels = (size_t)rng_between(r, 1, MAX_CHANNELS);
        dim = (uint32_t)rng_between(r, 1, 4);
    }
    delay = (uint32_t)rng_between(r, 1, 4);
    draw_side(r, &d->y, n_y + (dim - 1) * delay, channels, dim, delay);
}

static int64_t draw_window(rng *r, size_t n)
{
    return chance(r, 2)   ? -1
           : chance(r, 8) ? (int64_t)n + rng_between(r, -2, 2)
                          : rng_between(r, 0, 6);
}

static uint32_t draw_minimum(rng *r)
{
    return chance(r, 30) ? UINT32_MAX : (uint32_t)rng_between(r, 0, 6);
}

static void draw_options(rng *r, draw *d)
{
    size_t n = brute_n_vectors(&d->x.series);
    rqa_analysis_options *o = &d->o;
    rqa_analysis_options_init(o);
    do
        o->convention = chance(r, 3) ? 0 : (int32_t)rng_below(r, 9);
    while (d->has_y && o->convention == RQA_CONVENTION_NEUROKIT);
    o->norm = (int32_t)rng_below(r, 3);
    o->compare = (int32_t)rng_below(r, 3);
    /* AUTO with a y is another way to say CROSS. */
    o->relation = d->relation == RQA_RELATION_CROSS && chance(r, 2) ? 0 : d->relation;
    const brute_series *y = d->relation == RQA_RELATION_CROSS ? &d->y.series : &d->x.series;
    o->threshold = draw_threshold(r, &d->x.series, y, o->norm);
    if (d->relation == RQA_RELATION_JOINT && chance(r, 2))
        o->threshold_y = draw_threshold(r, &d->y.series, &d->y.series, o->norm);
    int whole = rqa_series_n_missing(d->x.api_series) == 0 && d->x.series.n_samples > 1;
    if (d->has_y)
        whole &= rqa_series_n_missing(d->y.api_series) == 0 && d->y.series.n_samples > 1;
    if (whole && chance(r, 6)) {
        o->threshold_unit = (int32_t)rng_between(r, 1, 3);
        o->threshold = (double)rng_below(r, 9) / 8;
        o->threshold_y = d->relation == RQA_RELATION_JOINT && chance(r, 2) ? .5 : -1;
    }
    o->theiler = draw_window(r, n);
    if (chance(r, 3)) {
        o->theiler_points = draw_window(r, n);
        o->theiler_diagonal = draw_window(r, n);
        o->theiler_vertical = draw_window(r, n);
    }
    o->lmin = draw_minimum(r);
    o->vmin = draw_minimum(r);
    o->wmin = draw_minimum(r);
    o->white_border = (int32_t)rng_below(r, 3);
    o->trend_border = chance(r, 3) ? 0 : chance(r, 3) ? UINT32_MAX : (uint32_t)rng_below(r, 12);
    o->backend = (int32_t)rng_below(r, 3);
    if (chance(r, 5))
        o->measures = (uint64_t)rng_between(r, 1, (int64_t)RQA_MEASURES_DEFAULT) |
                      (rng_next(r) & OF_LINES);
}

static void describe(draw *d, uint64_t seed)
{
    char options[700];
    support_describe(options, sizeof options, &d->o);
    int n = snprintf(d->text, sizeof d->text,
                     "RQA_TEST_SEED=%" PRIu64 " RQA_TEST_DRAWS=1: x %zux%zu m=%u tau=%u dtype=%d "
                     "scaling=%d",
                     seed, d->x.series.n_samples, d->x.series.n_channels, d->x.series.dim,
                     d->x.series.delay, d->x.options.dtype, d->x.options.normalization);
    if (d->has_y)
        n += snprintf(d->text + n, sizeof d->text - (size_t)n, "; y %zux%zu m=%u tau=%u dtype=%d",
                      d->y.series.n_samples, d->y.series.n_channels, d->y.series.dim,
                      d->y.series.delay, d->y.options.dtype);
    snprintf(d->text + n, sizeof d->text - (size_t)n, "; %s", options);
}

/* The factor that turns the caller's threshold into data units. */
static double unit_of(const draw *d, const side *s)
{
    double largest, mean;
    if (d->o.threshold_unit == RQA_THRESHOLD_DATA)
        return 1;
    if (d->o.threshold_unit == RQA_THRESHOLD_STD)
        return brute_std(&s->series);
    int cross = d->relation == RQA_RELATION_CROSS;
    brute_diameter(&s->series, cross ? &d->y.series : NULL, d->o.norm, &largest, &mean);
    return d->o.threshold_unit == RQA_THRESHOLD_MAX_DIAMETER ? largest : mean;
}

/* Compares the threshold in force and returns it: brute must use the very same double. */
static double check_threshold(const draw *d, const side *s, double asked, double in_force)
{
    double expected = asked * unit_of(d, s);
    int exact = d->o.threshold_unit == RQA_THRESHOLD_DATA ||
                d->o.threshold_unit == RQA_THRESHOLD_MAX_DIAMETER;
    ck_assert_msg(support_close(in_force, expected, exact ? 0 : 1e-12),
                  "%s: threshold in force %.17g, brute has %.17g", d->text, in_force, expected);
    return in_force;
}

static void check_matrix(const draw *d, const brute_matrix *expected)
{
    static uint8_t cells[MAX_SAMPLES * (MAX_SAMPLES + 8)];
    rqa_matrix *matrix = NULL;
    ck_ok(rqa_matrix_create(&matrix, d->x.api, d->has_y ? d->y.api : NULL, &d->o));
    ck_assert_uint_eq(rqa_matrix_n_columns(matrix), expected->nx);
    ck_assert_uint_eq(rqa_matrix_n_rows(matrix), expected->ny);
    size_t stride = expected->nx + 5;
    ck_ok(rqa_matrix_unpack(matrix, 0, expected->ny, cells, stride));
    for (size_t j = 0; j < expected->ny; j++) {
        const uint64_t *row = rqa_matrix_row(matrix, j);
        for (size_t i = 0; i < expected->nx; i++) {
            uint8_t want = expected->cell[j * expected->nx + i];
            ck_assert_msg(cells[j * stride + i] == want && (row[i / 64] >> i % 64 & 1) == want,
                          "%s: cell i=%zu j=%zu is %u, brute has %u", d->text, i, j,
                          cells[j * stride + i], want);
        }
        if (expected->nx % 64)
            ck_assert_msg(row[expected->nx / 64] >> expected->nx % 64 == 0,
                          "%s: bits past the last column of row %zu", d->text, j);
    }
    rqa_matrix_destroy(matrix);
}

static void check_result(const draw *d, const rqa_metrics *metrics, int with_matrix)
{
    rqa_provenance p = {.struct_size = sizeof p};
    ck_ok(rqa_metrics_provenance(metrics, &p));
    double eps = check_threshold(d, &d->x, d->o.threshold, p.threshold), eps_y = eps;
    if (d->relation == RQA_RELATION_JOINT) {
        double asked = d->o.threshold_y < 0 ? d->o.threshold : d->o.threshold_y;
        eps_y = check_threshold(d, &d->y, asked, p.threshold_y);
    }
    brute_matrix m = brute_recurrence(&d->x.series, d->has_y ? &d->y.series : NULL, d->relation,
                                      d->o.norm, brute_compare(&d->o), eps, eps_y);
    brute_result expected;
    brute_measure(&expected, &m, d->relation, &d->o);
    support_compare(metrics, &expected, d->o.measures ? d->o.measures : RQA_MEASURES_DEFAULT, d->text);
    if (with_matrix)
        check_matrix(d, &m);
    brute_result_free(&expected);
    brute_matrix_free(&m);
}

/* RQA_BACKEND names a GPU, which leaves what missing samples cut to threads. */
static int is_refused_by_gpu(const draw *d)
{
    size_t n_missing = rqa_series_n_missing(d->x.api_series);
    if (d->has_y)
        n_missing += rqa_series_n_missing(d->y.api_series);
    return getenv("RQA_BACKEND") && n_missing > 0 && strstr(rqa_last_error(), "missing samples");
}

/* Nothing but skipped vectors is an error, and nothing else is. */
static void check_all_skipped(const draw *d)
{
    brute_matrix m = brute_recurrence(&d->x.series, d->has_y ? &d->y.series : NULL, d->relation,
                                      d->o.norm, RQA_COMPARE_LE, 1, 1);
    ck_assert_msg(brute_all_skipped(&m), "%s: %s", d->text, rqa_last_error());
    brute_matrix_free(&m);
}

/* How many vectors are skipped, and of which side. */
static void check_skipped(const draw *d, const rqa_metrics *metrics)
{
    const side *sides[] = {&d->x, d->has_y ? &d->y : &d->x};
    for (int k = 0; k < 2; k++) {
        const brute_series *s = &sides[k]->series;
        uint64_t expected = 0;
        for (size_t i = 0; i < brute_n_vectors(s); i++)
            expected += isnan(brute_distance(s, i, s, i, d->o.norm)) != 0;
        uint64_t got = support_count(metrics, k ? RQA_COUNT_SKIPPED_Y : RQA_COUNT_SKIPPED_X);
        ck_assert_msg(got == expected, "%s: %" PRIu64 " vectors of side %d skipped, brute has %" PRIu64,
                      d->text, got, k, expected);
    }
}

static void run_draw(uint64_t seed)
{
    static draw d;
    rng r = {seed};
    rng_next(&r);
    memset(&d, 0, sizeof d);
    rqa_context *context = contexts[rng_below(&r, 2)];
    snprintf(d.text, sizeof d.text, "RQA_TEST_SEED=%" PRIu64 " RQA_TEST_DRAWS=1", seed);
    draw_sides(&r, &d);
    create_side(context, &d.x, d.text);
    if (d.has_y)
        create_side(context, &d.y, d.text);
    draw_options(&r, &d);
    describe(&d, seed);
    rqa_metrics *metrics = NULL;
    rqa_status status = rqa_metrics_compute(&metrics, d.x.api, d.has_y ? d.y.api : NULL, &d.o);
    if (status == RQA_ERROR_UNSUPPORTED && is_refused_by_gpu(&d)) {
        d.o.backend = RQA_BACKEND_THREADS;
        status = rqa_metrics_compute(&metrics, d.x.api, d.has_y ? d.y.api : NULL, &d.o);
    }
    ck_assert_msg(status == RQA_OK || status == RQA_ERROR_TOO_SHORT, "%s: %s: %s", d.text,
                  rqa_status_name(status), rqa_last_error());
    if (status) {
        check_all_skipped(&d);
    } else {
        check_skipped(&d, metrics);
        check_result(&d, metrics, chance(&r, 4));
    }
    rqa_metrics_destroy(metrics);
    destroy_side(&d.x);
    destroy_side(&d.y);
}

START_TEST(random_draws)
{
    uint64_t seed = env_number("RQA_TEST_SEED", 20260000),
             draws = env_number("RQA_TEST_DRAWS", 4000);
    printf("RQA_TEST_SEED=%" PRIu64 " RQA_TEST_DRAWS=%" PRIu64 "\n", seed, draws);
    fflush(stdout);
    for (uint64_t k = 0; k < draws; k++)
        run_draw(seed + k);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("brute force");
    TCase *tcase = tcase_create("draws");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 600);
    tcase_add_test(tcase, random_draws);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
