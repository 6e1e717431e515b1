/* verify_identities.c - what must hold between results of any data (oracles 6 to 8 of CONVENTIONS). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_console.h"
#include "verify_rows.h"

enum { N_LOGISTIC = 240, N_NOISE = 2000 };

#define ALL_BUT_TIMES                                                                              \
    (RQA_MEASURES_DEFAULT & ~(RQA_MEASURE_BIT(RQA_MEASURE_T2) | RQA_MEASURE_BIT(RQA_MEASURE_RTE)))

/* x[i] becomes factor x[i] + offset; or backwards. Exact for x in multiples of 1/4096. */
typedef struct change {
    double factor, offset;
    int reverse;
} change;

static double logistic[N_LOGISTIC];

static rqa_metrics *fail_row(verify_way *way, const char *quantity)
{
    verify_rows_text(&way->rows, quantity, cli_text("a result"), cli_text("%s", rqa_last_error()));
    return NULL;
}

/* The logistic map, changed, by these options; NULL if it failed. */
static rqa_metrics *analyze(const verify_way *way, const change *how, uint32_t dim,
                            const rqa_analysis_options *options)
{
    double x[N_LOGISTIC];
    for (int i = 0; i < N_LOGISTIC; i++)
        x[how->reverse ? N_LOGISTIC - 1 - i : i] = how->factor * logistic[i] + how->offset;
    rqa_series *series = NULL;
    rqa_embedding *embedding = NULL;
    rqa_metrics *metrics = NULL;
    if (rqa_series_create(&series, way->context, x, N_LOGISTIC, 1, NULL) == RQA_OK &&
        rqa_embedding_create(&embedding, series, dim, 1) == RQA_OK)
        rqa_metrics_compute(&metrics, embedding,
                            options->relation == RQA_RELATION_CROSS ? embedding : NULL, options);
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
    return metrics;
}

static rqa_analysis_options euclidean(const verify_way *way, double threshold)
{
    rqa_analysis_options options;
    rqa_analysis_options_init(&options);
    options.threshold = threshold;
    options.backend = way->backend;
    return options;
}

/* "nothing", or the first of these measures and of the line counts that is not the same to the last
 * bit. */
static char *difference(const rqa_metrics *a, const rqa_metrics *b, uint64_t measures)
{
    int n_histograms = measures == RQA_MEASURES_DEFAULT ? 4 : 3; /* without recurrence times */
    for (int32_t k = 0; k < RQA_MEASURES_DEFAULT_COUNT; k++) {
        double u = NAN, v = NAN;
        if (!(measures & RQA_MEASURE_BIT(k)))
            continue;
        rqa_metrics_get(a, k, &u);
        rqa_metrics_get(b, k, &v);
        if (memcmp(&u, &v, sizeof u) != 0 && !(isnan(u) && isnan(v)))
            return cli_text("%s: %.17g and %.17g", rqa_measure_name(k), u, v);
    }
    for (int32_t h = 0; h < n_histograms; h++) {
        char *u = verify_lines(a, h), *v = verify_lines(b, h);
        int differs = strcmp(u, v) != 0;
        free(u);
        free(v);
        if (differs)
            return cli_text("histogram %d", (int)h);
    }
    return cli_text("nothing");
}

static void unchanged(verify_way *way, const char *quantity, const change *how,
                      uint64_t measures, int cross)
{
    static const change none = {1, 0, 0};
    rqa_analysis_options one = euclidean(way, .125), two = euclidean(way, .125 * how->factor);
    if (cross) {
        one.theiler = 0;
        two.relation = RQA_RELATION_CROSS;
    }
    rqa_metrics *a = analyze(way, &none, 3, &one), *b = a ? analyze(way, how, 3, &two) : NULL;
    if (b)
        verify_rows_text(&way->rows, quantity, cli_text("nothing"), difference(a, b, measures));
    else
        fail_row(way, quantity);
    rqa_metrics_destroy(a);
    rqa_metrics_destroy(b);
}

/* Maximum norm, delay 1: a line of l at dim m is one of l+m-1 at dim 1, also at the border. */
static void embedding_identity(verify_way *way)
{
    static const change none = {1, 0, 0};
    static const char *const quantity[] = {"lines at dim 2", "lines at dim 3", "lines at dim 4"};
    rqa_analysis_options options = euclidean(way, .125);
    options.norm = RQA_NORM_MAXIMUM;
    rqa_metrics *one = analyze(way, &none, 1, &options);
    for (uint32_t dim = 2; dim <= 4; dim++) {
        rqa_metrics *more = one ? analyze(way, &none, dim, &options) : NULL;
        const rqa_line_bin *bin = NULL;
        size_t n = 0;
        char *expected = cli_text("%s", "");
        if (!more || rqa_metrics_histogram(one, RQA_HISTOGRAM_DIAGONAL, &bin, &n)) {
            free(expected);
            fail_row(way, quantity[dim - 2]);
            continue;
        }
        for (size_t k = 0; k < n; k++) {
            if (bin[k].length < dim)
                continue;
            char *longer = cli_text("%s%s%llu:%llu", expected, *expected ? " " : "",
                                    (unsigned long long)(bin[k].length - dim + 1),
                                    (unsigned long long)bin[k].count);
            free(expected);
            expected = longer;
        }
        verify_rows_text(&way->rows, quantity[dim - 2], expected,
                         verify_lines(more, RQA_HISTOGRAM_DIAGONAL));
        rqa_metrics_destroy(more);
    }
    rqa_metrics_destroy(one);
}

/* The grid of sweep(): two dims, three thresholds, two lmins. */
enum { N_DIMS = 2, N_THRESHOLDS = 3, N_LMINS = 2, N_GRID = N_DIMS * N_THRESHOLDS * N_LMINS };
static const uint32_t grid_dims[N_DIMS] = {1, 3}, grid_lmins[N_LMINS] = {2, 5}, grid_delay = 1;
static const double grid_thresholds[N_THRESHOLDS] = {.0625, .125, .25};

static rqa_status sweep(const verify_way *way, double *table, rqa_batch **batch)
{
    rqa_analysis_options analysis = euclidean(way, 0);
    analysis.measures = RQA_MEASURES_DEFAULT;
    rqa_batch_options options;
    rqa_batch_options_init(&options);
    options.analysis = &analysis;
    options.dims = grid_dims, options.n_dims = N_DIMS;
    options.delays = &grid_delay, options.n_delays = 1;
    options.thresholds = grid_thresholds, options.n_thresholds = N_THRESHOLDS;
    options.lmins = grid_lmins, options.n_lmins = N_LMINS;
    rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1};
    rqa_series *series = NULL;
    rqa_status status =
        rqa_series_create(&series, way->context, logistic, N_LOGISTIC, 1, NULL);
    if (status == RQA_OK)
        status = rqa_batch_create(batch, way->context, &options);
    item.x = series;
    if (status == RQA_OK)
        status = rqa_batch_add(*batch, &item);
    if (status == RQA_OK)
        status = rqa_batch_set_table(*batch, table, NULL, N_GRID);
    if (status == RQA_OK)
        status = rqa_batch_run(*batch, NULL, NULL);
    rqa_series_destroy(series);
    return status;
}

/* "nothing", or the first row of the grid that the single analysis does not give. */
static char *grid_difference(const verify_way *way, const rqa_batch *batch, const double *table)
{
    static const change none = {1, 0, 0};
    char *found = cli_text("nothing");
    for (uint64_t k = 0; k < N_GRID && strcmp(found, "nothing") == 0; k++) {
        rqa_batch_row row = {.struct_size = sizeof row};
        rqa_batch_row_at(batch, k, &row);
        rqa_analysis_options options = euclidean(way, row.threshold);
        options.lmin = row.lmin;
        options.vmin = row.vmin;
        rqa_metrics *single = analyze(way, &none, row.dim, &options);
        for (int32_t m = 0; m < RQA_MEASURES_DEFAULT_COUNT; m++) {
            double u = NAN, v = table[k * RQA_MEASURES_DEFAULT_COUNT + (uint64_t)m];
            rqa_metrics_get(single, m, &u);
            if (memcmp(&u, &v, sizeof u) == 0 || (isnan(u) && isnan(v)))
                continue;
            free(found);
            found = cli_text("%s at dim %u, threshold %g, lmin %u: %.17g and %.17g",
                             rqa_measure_name(m), (unsigned)row.dim, row.threshold,
                             (unsigned)row.lmin, u, v);
            break;
        }
        rqa_metrics_destroy(single);
    }
    return found;
}

static void grid_identity(verify_way *way)
{
    double *table = cli_calloc(N_GRID * RQA_MEASURES_DEFAULT_COUNT, sizeof *table);
    rqa_batch *batch = NULL;
    if (sweep(way, table, &batch) == RQA_OK)
        verify_rows_text(&way->rows, "difference", cli_text("nothing"),
                         grid_difference(way, batch, table));
    else
        fail_row(way, "difference");
    rqa_batch_destroy(batch);
    free(table);
}

/* Independent samples: p = rr says what lines there are; 1 to 3 percent at 2000 samples. */
static void noise(verify_way *way)
{
    const double eps = .25, rate = 2 * eps - eps * eps;
    const verify_input input = {verify_noise, N_NOISE, 20240102, 1, 1, 1};
    rqa_analysis_options options = euclidean(way, eps);
    rqa_embedding *embedding = NULL;
    rqa_metrics *metrics = NULL;
    double p = NAN, det = NAN, mean = NAN, entropy = NAN;
    if (verify_embed(&embedding, way, &input) == RQA_OK)
        rqa_metrics_compute(&metrics, embedding, NULL, &options);
    rqa_metrics_get(metrics, RQA_MEASURE_RR, &p);
    rqa_metrics_get(metrics, RQA_MEASURE_DET, &det);
    rqa_metrics_get(metrics, RQA_MEASURE_L_MEAN, &mean);
    rqa_metrics_get(metrics, RQA_MEASURE_L_ENTR, &entropy);
    double lines = -log(1 - p) - p / (1 - p) * log(p);
    verify_rows_number(&way->rows, "rr", rate, p, .03 * rate);
    verify_rows_number(&way->rows, "det", 2 * p - p * p, det, .03 * (2 * p - p * p));
    verify_rows_number(&way->rows, "l_mean", 2 + p / (1 - p), mean, .01 * (2 + p / (1 - p)));
    verify_rows_number(&way->rows, "l_entr", lines, entropy, .03 * lines);
    rqa_metrics_destroy(metrics);
    rqa_embedding_destroy(embedding);
}

void verify_identities(verify_way *way)
{
    verify_logistic(logistic, N_LOGISTIC, 0);
    way->rows.source = "identity";
    way->rows.name = "delay 1, maximum norm: a line of l at dim m is one of l+m-1 at dim 1";
    embedding_identity(way);
    way->rows.name = "what is done to x and threshold changes nothing";
    unchanged(way, "x + 1", &(change){1, 1, 0}, RQA_MEASURES_DEFAULT, 0);
    unchanged(way, "8 x", &(change){8, 0, 0}, RQA_MEASURES_DEFAULT, 0);
    unchanged(way, "x / 16", &(change){.0625, 0, 0}, RQA_MEASURES_DEFAULT, 0);
    unchanged(way, "x backwards", &(change){1, 0, 1}, ALL_BUT_TIMES, 0);
    unchanged(way, "x with itself", &(change){1, 0, 0}, RQA_MEASURES_DEFAULT, 1);
    way->rows.name = "a grid gives what its single analyses give";
    grid_identity(way);
    way->rows.source = "probability";
    way->rows.name = "2000 independent uniform samples, within 1 to 3 percent";
    noise(way);
}
