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

#include "support.h"

enum { MAX_SAMPLES = 220, MAX_CHANNELS = 3, DESCRIPTION = 1200 };

/* One recording as drawn: what the library is given, and what brute is to see. */
typedef struct side {
    double value[MAX_SAMPLES * MAX_CHANNELS];
    unsigned char memory[MAX_SAMPLES * MAX_CHANNELS * 8 * 4];
    brute_series series;
    rqa_series_options options;
    size_t origin; /* byte of the first sample in memory */
    rqa_series *api_series;
    rqa_embedding *api;
} side;

typedef struct draw {
    side x, y;
    int has_y;
    int32_t relation; /* the one in force */
    rqa_analysis_options o;
    char text[DESCRIPTION];
} draw;

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

static int chance(rng *r, unsigned one_in)
{
    return rng_below(r, one_in) == 0;
}

/* Small integers, so that every dtype holds them and distances tie; or decimals, or a walk. */
static void fill(rng *r, side *s, int integers, int missing)
{
    size_t n = s->series.n_samples * s->series.n_channels;
    int kind = integers ? 0 : (int)rng_below(r, 4);
    int levels = (int)rng_between(r, 1, 12);
    double walk = 0;
    for (size_t k = 0; k < n; k++) {
        double level = (double)rng_below(r, (uint64_t)levels + 1);
        walk += rng_gauss(r);
        s->value[k] = kind == 0 ? level : kind == 1 ? level / 10 : kind == 2 ? walk : rng_uniform(r);
        if (s->options.dtype == RQA_DTYPE_FLOAT32)
            s->value[k] = (double)(float)s->value[k];
        if (missing && chance(r, 12))
            s->value[k] = chance(r, 3) ? INFINITY : NAN;
    }
}

static const size_t dtype_size[] = {8, 4, 1, 1, 2, 2, 4, 4, 8, 8};

#define STORE(type)                      \
    do {                                 \
        type stored_ = (type)value;      \
        memcpy(at, &stored_, sizeof stored_); \
    } while (0)

static void store(int32_t dtype, unsigned char *at, double value)
{
    switch (dtype) {
    case RQA_DTYPE_FLOAT64: STORE(double); break;
    case RQA_DTYPE_FLOAT32: STORE(float); break;
    case RQA_DTYPE_INT8: STORE(int8_t); break;
    case RQA_DTYPE_UINT8: STORE(uint8_t); break;
    case RQA_DTYPE_INT16: STORE(int16_t); break;
    case RQA_DTYPE_UINT16: STORE(uint16_t); break;
    case RQA_DTYPE_INT32: STORE(int32_t); break;
    case RQA_DTYPE_UINT32: STORE(uint32_t); break;
    case RQA_DTYPE_INT64: STORE(int64_t); break;
    default: STORE(uint64_t); break;
    }
}

/* Packed, padded, column-major or backwards in time. */
static void lay_out(rng *r, side *s)
{
    int64_t size = (int64_t)dtype_size[s->options.dtype];
    int64_t n = (int64_t)s->series.n_samples, c = (int64_t)s->series.n_channels;
    int64_t sample = c * size, channel = size;
    int kind = (int)rng_below(r, 4);
    if (kind == 1) {
        channel = size + rng_between(r, 0, 5);
        sample = c * channel + rng_between(r, 0, 5);
    } else if (kind == 2) {
        sample = size;
        channel = n * size;
    } else if (kind == 3) {
        sample = -sample;
    }
    s->options.sample_stride_bytes = kind == 0 ? 0 : sample;
    s->options.channel_stride_bytes = kind == 0 ? 0 : channel;
    s->origin = kind == 3 ? (size_t)((n - 1) * -sample) : 0;
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < c; k++)
            store(s->options.dtype, s->memory + (int64_t)s->origin + i * sample + k * channel,
                  s->value[i * c + k]);
}

static void draw_side(rng *r, side *s, size_t n_samples, size_t n_channels, uint32_t dim,
                      uint32_t delay)
{
    s->series = (brute_series){s->value, n_samples, n_channels, dim, delay};
    rqa_series_options_init(&s->options);
    s->options.dtype = chance(r, 2) ? RQA_DTYPE_FLOAT64 : (int32_t)rng_below(r, 10);
    int integers = s->options.dtype > RQA_DTYPE_FLOAT32;
    int missing = !integers && chance(r, 4);
    if (missing)
        s->options.missing = RQA_MISSING_SKIP;
    fill(r, s, integers, missing);
    lay_out(r, s);
    if (chance(r, 5))
        s->options.normalization = (int32_t)rng_between(r, 1, 3);
}

/* A channel that cannot be scaled: fewer than two valid values, or all of them equal. */
static int has_constant_channel(const side *s)
{
    for (size_t c = 0; c < s->series.n_channels; c++) {
        size_t n = 0;
        double smallest = INFINITY, largest = -INFINITY;
        for (size_t i = 0; i < s->series.n_samples; i++) {
            int valid = 1;
            for (size_t k = 0; k < s->series.n_channels; k++)
                valid &= isfinite(s->value[i * s->series.n_channels + k]) != 0;
            if (!valid)
                continue;
            n++;
            smallest = fmin(smallest, s->value[i * s->series.n_channels + c]);
            largest = fmax(largest, s->value[i * s->series.n_channels + c]);
        }
        if (n < 2 || smallest == largest)
            return 1;
    }
    return 0;
}

/* Creates the series, checks its values, and hands brute those the library really uses: a scaled
 * value may differ from brute's in the last place, and a tie must not hang on that. */
static void create_side(rqa_context *context, side *s, const char *what)
{
    size_t n = s->series.n_samples, c = s->series.n_channels;
    rqa_status status = rqa_series_create(&s->api_series, context, s->memory + s->origin, n, c,
                                          &s->options);
    if (s->options.normalization != RQA_NORMALIZATION_NONE && has_constant_channel(s)) {
        ck_assert_msg(status == RQA_ERROR_CONSTANT, "%s: constant channel scaled: %s", what,
                      rqa_status_name(status));
        s->options.normalization = RQA_NORMALIZATION_NONE;
        status = rqa_series_create(&s->api_series, context, s->memory + s->origin, n, c,
                                   &s->options);
    }
    ck_assert_msg(status == RQA_OK, "%s: series: %s", what, rqa_last_error());
    size_t missing = 0;
    brute_scale(s->value, n, c, s->options.normalization);
    for (size_t k = 0; k < c; k++) {
        const double *channel = rqa_series_channel(s->api_series, k);
        for (size_t i = 0; i < n; i++) {
            double *expected = &s->value[i * c + k];
            int close = isnan(*expected) ? isnan(channel[i]) : fabs(channel[i] - *expected) <= 1e-12;
            ck_assert_msg(close, "%s: sample %zu of channel %zu is %.17g, brute has %.17g", what, i,
                          k, channel[i], *expected);
            if (s->options.normalization == RQA_NORMALIZATION_NONE && !isnan(*expected))
                ck_assert_msg(channel[i] == *expected, "%s: sample %zu not exact", what, i);
            missing += k == 0 && isnan(*expected);
            *expected = channel[i];
        }
    }
    ck_assert_uint_eq(rqa_series_n_missing(s->api_series), missing);
    ck_assert_uint_eq(rqa_series_n_samples(s->api_series), n);
    ck_assert_uint_eq(rqa_series_n_channels(s->api_series), c);
    s->api = support_embedding(s->api_series, s->series.dim, s->series.delay);
    ck_assert_uint_eq(rqa_embedding_n_vectors(s->api), brute_n_vectors(&s->series));
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

/* A threshold that some pair meets exactly, or next to one, or any. */
static double draw_threshold(rng *r, const brute_series *x, const brute_series *y, int32_t norm)
{
    double d = brute_distance(x, rng_below(r, brute_n_vectors(x)), y,
                              rng_below(r, brute_n_vectors(y)), norm);
    if (isnan(d) || chance(r, 8))
        return chance(r, 2) ? 0 : 3 * rng_uniform(r);
    if (chance(r, 6))
        d = nextafter(d, chance(r, 2) ? 1e9 : 0);
    return d;
}

static int64_t draw_window(rng *r, size_t n)
{
    return chance(r, 2) ? -1 : chance(r, 8) ? (int64_t)n + rng_between(r, -2, 2)
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
        o->measures = rng_between(r, 1, (int64_t)RQA_MEASURES_ALL) & (int64_t)RQA_MEASURES_ALL;
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
    support_compare(metrics, &expected, d->o.measures ? d->o.measures : RQA_MEASURES_ALL, d->text);
    if (with_matrix)
        check_matrix(d, &m);
    brute_result_free(&expected);
    brute_matrix_free(&m);
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
    ck_assert_msg(status == RQA_OK, "%s: %s: %s", d.text, rqa_status_name(status),
                  rqa_last_error());
    check_result(&d, metrics, chance(&r, 4));
    rqa_metrics_destroy(metrics);
    rqa_embedding_destroy(d.x.api);
    rqa_embedding_destroy(d.y.api);
    rqa_series_destroy(d.x.api_series);
    rqa_series_destroy(d.y.api_series);
}

START_TEST(random_draws)
{
    uint64_t seed = env_number("RQA_TEST_SEED", 20260000), draws = env_number("RQA_TEST_DRAWS", 4000);
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
