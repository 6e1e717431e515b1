/* support.c - what the Check programs share: random draws, shorthand, comparison with brute. */
#include "support.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t rng_next(rng *r)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

double rng_uniform(rng *r)
{
    return (double)(rng_next(r) >> 11) * 0x1p-53;
}

double rng_gauss(rng *r)
{
    double u = 1 - rng_uniform(r);
    return sqrt(-2 * log(u)) * cos(6.283185307179586 * rng_uniform(r));
}

uint64_t rng_below(rng *r, uint64_t n)
{
    return rng_next(r) % n;
}

int64_t rng_between(rng *r, int64_t a, int64_t b)
{
    return a + (int64_t)rng_below(r, (uint64_t)(b - a + 1));
}

uint64_t env_number(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text && *text ? strtoull(text, NULL, 0) : otherwise;
}

void support_expect_failure(const char *call, rqa_status got, rqa_status expected,
                            const char *words, const char *file, int line)
{
    const char *text = rqa_last_error();
    ck_assert_msg(got == expected, "%s:%d: %s: expected %s, got %s (%s)", file, line, call,
                  rqa_status_name(expected), rqa_status_name(got), text);
    ck_assert_msg(strchr(text, '\n') == NULL, "%s:%d: %s: text of more than one line: %s", file,
                  line, call, text);
    char copy[256];
    snprintf(copy, sizeof copy, "%s", words);
    for (char *word = copy; word && *word;) {
        char *bar = strchr(word, '|');
        if (bar)
            *bar = '\0';
        ck_assert_msg(strstr(text, word) != NULL, "%s:%d: %s: text lacks \"%s\": %s", file, line,
                      call, word, text);
        word = bar ? bar + 1 : NULL;
    }
}

void support_near(const char *what, double a, double b, double tolerance, const char *file,
                  int line)
{
    ck_assert_msg(fabs(a - b) <= tolerance, "%s:%d: %s = %.17g, expected %.17g +- %g", file, line,
                  what, a, b, tolerance);
}

rqa_context *support_context(uint32_t n_threads)
{
    rqa_context *context = NULL;
    rqa_context_options options;
    rqa_context_options_init(&options);
    options.n_threads = n_threads;
    ck_ok(rqa_context_create(&context, &options));
    ck_assert_ptr_nonnull(context);
    return context;
}

rqa_series *support_series(rqa_context *context, const double *value, size_t n_samples,
                           size_t n_channels)
{
    rqa_series *series = NULL;
    ck_ok(rqa_series_create(&series, context, value, n_samples, n_channels, NULL));
    ck_assert_ptr_nonnull(series);
    return series;
}

rqa_embedding *support_embedding(const rqa_series *series, uint32_t dim, uint32_t delay)
{
    rqa_embedding *embedding = NULL;
    ck_ok(rqa_embedding_create(&embedding, series, dim, delay));
    ck_assert_ptr_nonnull(embedding);
    return embedding;
}

rqa_analysis_options support_options(int32_t convention, int32_t norm, double threshold)
{
    rqa_analysis_options options;
    rqa_analysis_options_init(&options);
    options.convention = convention;
    options.norm = norm;
    options.threshold = threshold;
    return options;
}

rqa_metrics *support_metrics(const rqa_embedding *x, const rqa_embedding *y,
                             const rqa_analysis_options *options)
{
    rqa_metrics *metrics = NULL;
    ck_ok(rqa_metrics_compute(&metrics, x, y, options));
    ck_assert_ptr_nonnull(metrics);
    return metrics;
}

rqa_metrics *support_analyze(rqa_context *context, const double *value, size_t n, uint32_t dim,
                             uint32_t delay, const rqa_analysis_options *options)
{
    rqa_series *series = support_series(context, value, n, 1);
    rqa_embedding *embedding = support_embedding(series, dim, delay);
    rqa_metrics *metrics = support_metrics(embedding, NULL, options);
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
    return metrics;
}

double support_get(const rqa_metrics *metrics, int32_t measure)
{
    double value = 0;
    ck_ok(rqa_metrics_get(metrics, measure, &value));
    return value;
}

uint64_t support_count(const rqa_metrics *metrics, int32_t count)
{
    uint64_t value = 0;
    ck_ok(rqa_metrics_count(metrics, count, &value));
    return value;
}

uint64_t support_lines(const rqa_metrics *metrics, int32_t histogram, uint64_t length)
{
    const rqa_line_bin *bins = NULL;
    size_t n = 0;
    ck_ok(rqa_metrics_histogram(metrics, histogram, &bins, &n));
    for (size_t k = 0; k < n; k++)
        if (bins[k].length == length)
            return bins[k].count;
    return 0;
}

void support_expect_histogram(const rqa_metrics *metrics, int32_t histogram, const uint64_t *pairs,
                              size_t n)
{
    const rqa_line_bin *bins = NULL;
    size_t n_bins = 0;
    ck_ok(rqa_metrics_histogram(metrics, histogram, &bins, &n_bins));
    for (size_t k = 0; k < n_bins && k < n; k++)
        ck_assert_msg(bins[k].length == pairs[2 * k] && bins[k].count == pairs[2 * k + 1],
                      "histogram %d, class %zu: %" PRIu64 ":%" PRIu64 ", expected %" PRIu64
                      ":%" PRIu64,
                      histogram, k, bins[k].length, bins[k].count, pairs[2 * k], pairs[2 * k + 1]);
    ck_assert_msg(n_bins == n, "histogram %d has %zu classes, expected %zu", histogram, n_bins, n);
}

int support_close(double a, double b, double relative)
{
    if (isnan(a) || isnan(b))
        return isnan(a) && isnan(b);
    if (isinf(a) || isinf(b))
        return a == b;
    return fabs(a - b) <= relative * fmax(fabs(a), fabs(b));
}

static void compare_histogram(const rqa_metrics *metrics, const brute_result *brute, int histogram,
                              const char *what)
{
    const rqa_line_bin *bins = NULL;
    size_t n_bins = 0;
    ck_ok(rqa_metrics_histogram(metrics, histogram, &bins, &n_bins));
    size_t k = 0;
    for (size_t length = 0; length <= brute->limit; length++) {
        uint64_t expected = brute->histogram[histogram][length];
        uint64_t got = k < n_bins && bins[k].length == length ? bins[k++].count : 0;
        ck_assert_msg(got == expected,
                      "%s: histogram %d, length %zu: %" PRIu64 " lines, brute has %" PRIu64, what,
                      histogram, length, got, expected);
    }
    ck_assert_msg(k == n_bins, "%s: histogram %d has classes out of order or too long", what,
                  histogram);
    ck_assert_msg((bins != NULL) == (n_bins > 0), "%s: histogram %d: bins %p of %zu", what,
                  histogram, (const void *)bins, n_bins);
}

static void compare_measures(const rqa_metrics *metrics, const brute_result *brute,
                             uint64_t measures, const char *what)
{
    for (int k = 0; k < RQA_MEASURE_COUNT; k++) {
        double value = support_get(metrics, k), expected = brute->value[k];
        int reason = rqa_metrics_reason(metrics, k);
        if (!(measures & RQA_MEASURE_BIT(k))) {
            ck_assert_msg(isnan(value) && reason == RQA_REASON_NOT_COMPUTED,
                          "%s: %s was not asked for, yet is %g, reason %d", what,
                          rqa_measure_name(k), value, reason);
            continue;
        }
        /* trend is a difference of nearly equal numbers: its size is no measure of its error. */
        int close = support_close(value, expected, 1e-12) ||
                    (k == RQA_MEASURE_TREND && fabs(value - expected) <= 1e-9);
        ck_assert_msg(close, "%s: %s = %.17g, brute has %.17g", what, rqa_measure_name(k), value,
                      expected);
        ck_assert_msg(reason == brute->reason[k], "%s: reason of %s is %d (%s), brute has %d (%s)",
                      what, rqa_measure_name(k), reason, rqa_reason_text(reason), brute->reason[k],
                      rqa_reason_text(brute->reason[k]));
    }
}

void support_compare(const rqa_metrics *metrics, const brute_result *brute, uint64_t measures,
                     const char *what)
{
    rqa_provenance p = {.struct_size = sizeof p};
    ck_ok(rqa_metrics_provenance(metrics, &p));
    ck_assert_msg(p.theiler_points == brute->theiler_points &&
                      p.theiler_diagonal == brute->theiler_diagonal &&
                      p.theiler_vertical == brute->theiler_vertical,
                  "%s: windows %" PRIu64 " %" PRIu64 " %" PRIu64 ", brute has %" PRIu64 " %" PRIu64
                  " %" PRIu64,
                  what, p.theiler_points, p.theiler_diagonal, p.theiler_vertical,
                  brute->theiler_points, brute->theiler_diagonal, brute->theiler_vertical);
    ck_assert_msg(p.lmin == brute->lmin && p.vmin == brute->vmin && p.wmin == brute->wmin &&
                      p.compare == brute->compare,
                  "%s: minima %u %u %u, rule %d", what, p.lmin, p.vmin, p.wmin, p.compare);
    uint64_t pairs = support_count(metrics, RQA_COUNT_PAIRS);
    uint64_t points = support_count(metrics, RQA_COUNT_POINTS);
    ck_assert_msg(pairs == brute->pairs && points == brute->points,
                  "%s: %" PRIu64 " points of %" PRIu64 ", brute has %" PRIu64 " of %" PRIu64, what,
                  points, pairs, brute->points, brute->pairs);
    if (measures == RQA_MEASURES_DEFAULT)
        for (int h = 0; h < 4; h++)
            compare_histogram(metrics, brute, h, what);
    if (measures & RQA_MEASURE_BIT(RQA_MEASURE_TREND)) {
        const uint64_t *offsets = NULL;
        size_t n = 0;
        ck_ok(rqa_metrics_offset_points(metrics, &offsets, &n));
        ck_assert_msg(n == brute->n_offsets, "%s: %zu offsets, brute has %zu", what, n,
                      brute->n_offsets);
        for (size_t k = 0; k < n; k++)
            ck_assert_msg(offsets[k] == brute->offset_points[k],
                          "%s: offset %zu: %" PRIu64 " points, brute has %" PRIu64, what, k,
                          offsets[k], brute->offset_points[k]);
    }
    compare_measures(metrics, brute, measures, what);
}

static int same_bits(double a, double b)
{
    return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0;
}

void support_expect_same(const rqa_metrics *a, const rqa_metrics *b, const char *what)
{
    for (int c = RQA_COUNT_PAIRS; c <= RQA_COUNT_POINTS; c++)
        ck_assert_msg(support_count(a, c) == support_count(b, c),
                      "%s: count %d is %" PRIu64 " and %" PRIu64, what, c, support_count(a, c),
                      support_count(b, c));
    for (int h = 0; h < 4; h++) {
        const rqa_line_bin *one = NULL, *two = NULL;
        size_t n_one = 0, n_two = 0;
        ck_ok(rqa_metrics_histogram(a, h, &one, &n_one));
        ck_ok(rqa_metrics_histogram(b, h, &two, &n_two));
        ck_assert_msg(n_one == n_two, "%s: histogram %d has %zu and %zu classes", what, h, n_one,
                      n_two);
        for (size_t k = 0; k < n_one; k++)
            ck_assert_msg(one[k].length == two[k].length && one[k].count == two[k].count,
                          "%s: histogram %d, class %zu: %" PRIu64 ":%" PRIu64 " and %" PRIu64
                          ":%" PRIu64,
                          what, h, k, one[k].length, one[k].count, two[k].length, two[k].count);
    }
    for (int k = 0; k < RQA_MEASURE_COUNT; k++) {
        double u = support_get(a, k), v = support_get(b, k);
        ck_assert_msg(same_bits(u, v), "%s: %s is %.17g and %.17g", what, rqa_measure_name(k), u,
                      v);
        ck_assert_msg(rqa_metrics_reason(a, k) == rqa_metrics_reason(b, k),
                      "%s: reasons of %s differ", what, rqa_measure_name(k));
    }
}

const char *support_describe(char *text, size_t size, const rqa_analysis_options *o)
{
    snprintf(text, size,
             "%s norm=%d compare=%d relation=%d unit=%d eps=%.17g eps_y=%.17g w=%" PRId64
             " wp=%" PRId64 " wd=%" PRId64 " wv=%" PRId64 " lmin=%u vmin=%u wmin=%u white=%d "
             "border=%u backend=%d measures=0x%" PRIx64,
             rqa_convention_name(o->convention), o->norm, o->compare, o->relation,
             o->threshold_unit, o->threshold, o->threshold_y, o->theiler, o->theiler_points,
             o->theiler_diagonal, o->theiler_vertical, o->lmin, o->vmin, o->wmin, o->white_border,
             o->trend_border, o->backend, o->measures);
    return text;
}

/* Outside of a test, where nothing can be asserted. */
static int kernels_in_force(char *out, size_t size)
{
    rqa_context *context = NULL;
    rqa_context_options options;
    rqa_backend_info info = {.struct_size = sizeof info};
    rqa_context_options_init(&options);
    options.n_threads = 1;
    const int known = rqa_context_create(&context, &options) == RQA_OK &&
                      rqa_context_backend_at(context, 0, &info) == RQA_OK;
    if (known)
        snprintf(out, size, "%s", info.detail);
    rqa_context_destroy(context);
    return known;
}

/* Whether RQA_CPU asks for what is taken without it: the level of this processor, or one that it lacks.
 * Of AVX-512 the level without its extensions is another than the processor's own. */
static int is_own_level(void)
{
    char asked[256], own[256], level[32];
    snprintf(level, sizeof level, "%s", getenv("RQA_CPU"));
    int known = kernels_in_force(asked, sizeof asked);
    unsetenv("RQA_CPU");
    known = kernels_in_force(own, sizeof own) && known;
    setenv("RQA_CPU", level, 1);
    return known && strcmp(asked, own) == 0 && !strstr(own, "avx512");
}

int support_run(Suite *suite)
{
    if (getenv("RQA_TEST_LEVEL") && is_own_level()) {
        printf("skipped: %s would be the kernels of the plain run again\n", getenv("RQA_CPU"));
        return 77;
    }
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
