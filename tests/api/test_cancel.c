/* test_cancel.c - rqa_context_cancel(): long calls stop soon, later ones are untouched. */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "support.h"

/* Minutes of work at every kernel level; of a matrix, which must fit, a good part of a second. */
enum { ENDLESS = 1000000, MATRIX = 40000, COUNTED = 20000, SMALL = 500 };

typedef struct job {
    const rqa_embedding *embedding;
    rqa_analysis_options options;
    int matrix;              /* make one, */
    int plot;                /* draw one, */
    int lags;                /* a profile, */
    uint64_t step; /* or windows, so far apart */
    int network;             /* count its network, */
    int invariant;           /* an INVARIANT, */
    const rqa_series *tested; /* make surrogates of it, */
    const rqa_surrogates *surrogates; /* or test it against these, */
    const rqa_series *curves; /* suggest from this one, */
    rqa_suggest_options suggest;
    const rqa_matrix *given; /* or count this one, instead of an analysis */
    atomic_int ended;
    rqa_status status;
} job;

static rqa_context *context;
static double *noise;
static char plot_path[64];

/* What is read off a plot, or exported. */
enum { INVARIANT_SUM = 1, INVARIANT_MAXIMUM, INVARIANT_EDGES, INVARIANT_DET, INVARIANT_DISTANCES,
       INVARIANT_PICTURE, INVARIANT_SAMPLE, INVARIANT_LINE, INVARIANT_BLOCKS };

static void nap(double ms)
{
    nanosleep(&(struct timespec){0, (long)(1e6 * ms)}, NULL);
}

static void setup(void)
{
    rng r = {4};
    noise = malloc(ENDLESS * sizeof *noise);
    for (int i = 0; i < ENDLESS; i++)
        noise[i] = rng_gauss(&r);
    context = support_context(2);
    snprintf(plot_path, sizeof plot_path, "/tmp/rqa_test_cancel_%ld.png", (long)getpid());
}

static void teardown(void)
{
    rqa_context_destroy(context);
    free(noise);
}

static rqa_status compute_windows(const job *j)
{
    rqa_windows *windows = NULL;
    rqa_windows_options options;
    rqa_windows_options_init(&options);
    options.window = j->step == 1 ? 4000 : ENDLESS / 2;
    options.step = j->step;
    const rqa_status status =
        rqa_windows_compute(&windows, j->embedding, NULL, &j->options, &options);
    rqa_windows_destroy(windows);
    return status;
}

static rqa_status make_surrogates(const job *j)
{
    rqa_surrogate_options o;
    rqa_surrogates *surrogates = NULL;
    rqa_surrogate_options_init(&o);
    o.count = 300;
    rqa_status status = rqa_surrogates_create(&surrogates, j->tested, &o);
    rqa_surrogates_destroy(surrogates);
    return status;
}

static rqa_status test_series(const job *j)
{
    rqa_test_options o;
    rqa_test *test = NULL;
    rqa_test_options_init(&o);
    o.analysis = &j->options;
    rqa_status status = rqa_test_create(&test, j->tested, NULL, j->surrogates, &o);
    rqa_test_destroy(test);
    return status;
}

static rqa_status find_invariant(const job *j)
{
    static const double thresholds[] = {.05, .1, .2, .3};
    rqa_correlation_sum *sum = NULL;
    rqa_adjacency *adjacency = NULL;
    rqa_status status = RQA_OK;
    uint32_t best;
    double det;
    if (j->invariant == INVARIANT_PICTURE)
        status = rqa_distance_plot_write_png(plot_path, j->embedding, NULL, &j->options, NULL);
    else if (j->invariant == INVARIANT_SUM)
        status = rqa_correlation_sum_compute(&sum, j->embedding, NULL, &j->options, thresholds, 4);
    else if (j->invariant == INVARIANT_MAXIMUM)
        status = rqa_microstate_maximum(&best, NULL, NULL, j->embedding, NULL, &j->options);
    else if (j->invariant == INVARIANT_DET)
        status = rqa_det_estimate(&det, NULL, j->embedding, NULL, &j->options);
    else if (j->invariant == INVARIANT_EDGES)
        status = rqa_adjacency_create(&adjacency, j->embedding, NULL, &j->options);
    else {
        const size_t n = rqa_embedding_n_vectors(j->embedding);
        double *cells = malloc(n * sizeof *cells);
        for (size_t row = 0; row < n && !status; row++)
            status = rqa_distance_rows(cells, 0, j->embedding, NULL, &j->options, row, 1);
        free(cells);
    }
    rqa_correlation_sum_destroy(sum);
    rqa_adjacency_destroy(adjacency);
    return status;
}

/* Cells that hardly ever begin a line, one line of a million cells after another, or blocks. */
static rqa_status draw_sample(const job *j)
{
    rqa_sampled *sampled = NULL;
    rqa_sampled_options draws;
    rqa_sampled_options_init(&draws);
    draws.n_lines = 1000000000;
    draws.n_cells = draws.n_blocks = UINT64_C(1000000000000);
    rqa_analysis_options o = j->options;
    o.measures = RQA_MEASURE_BIT(j->invariant == INVARIANT_BLOCKS ? RQA_MEASURE_MICROSTATE_ENTROPY
                                                                  : RQA_MEASURE_DET);
    o.threshold = j->invariant == INVARIANT_LINE ? 1000 : 1e-9;
    const rqa_status status = rqa_sampled_compute(&sampled, j->embedding, NULL, &o, &draws);
    rqa_sampled_destroy(sampled);
    return status;
}

static void *work(void *arg)
{
    job *j = arg;
    rqa_metrics *metrics = NULL;
    rqa_matrix *matrix = NULL;
    rqa_lag_profile *profile = NULL;
    rqa_network *network = NULL;
    rqa_suggestion *suggestion = NULL;
    if (j->given)
        j->status = rqa_metrics_from_matrix(&metrics, j->given, NULL);
    else if (j->step)
        j->status = compute_windows(j);
    else if (j->surrogates)
        j->status = test_series(j);
    else if (j->tested)
        j->status = make_surrogates(j);
    else if (j->curves)
        j->status = rqa_suggest_compute(&suggestion, j->curves, &j->suggest);
    else if (j->plot)
        j->status = rqa_plot_write_png(plot_path, j->embedding, NULL, &j->options, NULL);
    else if (j->lags)
        j->status = rqa_lag_profile_compute(&profile, j->embedding, NULL, &j->options, ENDLESS / 2);
    else if (j->invariant >= INVARIANT_SAMPLE)
        j->status = draw_sample(j);
    else if (j->invariant)
        j->status = find_invariant(j);
    else if (j->network)
        j->status = rqa_network_create(&network, j->embedding, NULL, &j->options);
    else if (j->matrix)
        j->status = rqa_matrix_create(&matrix, j->embedding, NULL, &j->options);
    else
        j->status = rqa_metrics_compute(&metrics, j->embedding, NULL, &j->options);
    atomic_store(&j->ended, 1);
    rqa_metrics_destroy(metrics);
    rqa_matrix_destroy(matrix);
    rqa_lag_profile_destroy(profile);
    rqa_network_destroy(network);
    rqa_suggestion_destroy(suggestion);
    return NULL;
}

/* To the end most of these take minutes: what ends is what was cancelled. More than once, since a
 * call that has not begun is not cancelled; nor is one that was over by then, which some may be on
 * a busy machine, or a fast one, and are tried again, sooner each time. */
static void run_and_cancel(job *j)
{
    int n_left = 60;
    double pause = j->matrix || j->given ? 10 : 50;
    do {
        pthread_t thread;
        atomic_store(&j->ended, 0);
        ck_assert_int_eq(pthread_create(&thread, NULL, work, j), 0);
        nap(pause);
        while (!atomic_load(&j->ended)) {
            rqa_context_cancel(context);
            nap(pause < 5 ? pause : 5);
        }
        pthread_join(thread, NULL);
        pause *= .7;
    } while (j->status == RQA_OK && --n_left > 0);
    ck_assert_int_eq(j->status, RQA_ERROR_CANCELLED);
}

static void expect_cancelled(size_t n, int32_t norm, int32_t backend, int32_t unit, int matrix)
{
    rqa_series *series = support_series(context, noise, n, 1);
    rqa_embedding *embedding = support_embedding(series, 5, 3);
    job j = {.embedding = embedding, .options = support_options(0, norm, 0.1), .matrix = matrix};
    j.options.backend = backend;
    j.options.threshold_unit = unit;
    run_and_cancel(&j);
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
}

START_TEST(analysis)
{
    for (int32_t norm = 0; norm < 3; norm++)
        for (int32_t backend = RQA_BACKEND_SEQUENTIAL; backend <= RQA_BACKEND_THREADS; backend++)
            expect_cancelled(ENDLESS, norm, backend, RQA_THRESHOLD_DATA, 0);
}
END_TEST

START_TEST(diameter)
{
    expect_cancelled(ENDLESS, RQA_NORM_EUCLIDEAN, RQA_BACKEND_THREADS, RQA_THRESHOLD_MAX_DIAMETER,
                     0);
}
END_TEST

START_TEST(rates_and_neighbours)
{
    expect_cancelled(ENDLESS, RQA_NORM_EUCLIDEAN, RQA_BACKEND_THREADS, RQA_THRESHOLD_RECURRENCE_RATE,
                     0);
    expect_cancelled(ENDLESS, RQA_NORM_MAXIMUM, RQA_BACKEND_THREADS, RQA_THRESHOLD_NEIGHBOUR_RATE, 0);
}
END_TEST

START_TEST(matrix)
{
    expect_cancelled(MATRIX, RQA_NORM_EUCLIDEAN, RQA_BACKEND_SEQUENTIAL, RQA_THRESHOLD_DATA, 1);
    expect_cancelled(MATRIX, RQA_NORM_MAXIMUM, RQA_BACKEND_THREADS, RQA_THRESHOLD_DATA, 1);
}
END_TEST

START_TEST(plot)
{
    rqa_series *series = support_series(context, noise, ENDLESS, 1);
    rqa_embedding *embedding = support_embedding(series, 5, 3);
    for (int32_t norm = 0; norm < 2; norm++) {
        job j = {.embedding = embedding, .options = support_options(0, norm, 0.1), .plot = 1};
        run_and_cancel(&j);
        ck_assert_int_ne(access(plot_path, F_OK), 0);
    }
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
}
END_TEST

START_TEST(lags)
{
    rqa_series *series = support_series(context, noise, ENDLESS, 1);
    rqa_embedding *embedding = support_embedding(series, 5, 3);
    for (int32_t norm = 0; norm < 2; norm++) {
        job j = {.embedding = embedding, .options = support_options(0, norm, 0.1), .lags = 1};
        run_and_cancel(&j);
    }
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
}
END_TEST

/* In the curves over lags, by either estimator, and among the neighbours. */
START_TEST(suggestion)
{
    rqa_series *series = support_series(context, noise, ENDLESS / 5, 1);
    for (int part = 0; part < 3; part++) {
        job j = {.curves = series};
        rqa_suggest_options_init(&j.suggest);
        j.suggest.max_lag = part < 2 ? ENDLESS / 10 : 1;
        j.suggest.mi_estimator = part == 1;
        run_and_cancel(&j);
    }
    rqa_series_destroy(series);
}
END_TEST

START_TEST(surrogates_and_tests)
{
    rqa_surrogate_options o;
    rqa_surrogates *surrogates = NULL;
    rqa_series *series = support_series(context, noise, MATRIX, 1);
    rqa_surrogate_options_init(&o);
    o.method = RQA_SURROGATE_SHUFFLE;
    o.count = 30;
    job j = {.tested = series, .options = support_options(0, RQA_NORM_EUCLIDEAN, 0.1)};
    run_and_cancel(&j);
    ck_ok(rqa_surrogates_create(&surrogates, series, &o));
    j.surrogates = surrogates;
    run_and_cancel(&j);
    rqa_surrogates_destroy(surrogates);
    rqa_series_destroy(series);
}
END_TEST

START_TEST(windows)
{
    rqa_series *series = support_series(context, noise, ENDLESS, 1);
    rqa_embedding *embedding = support_embedding(series, 5, 3);
    for (int k = 0; k < 2; k++) {
        job j = {.embedding = embedding,
                 .options = support_options(0, RQA_NORM_EUCLIDEAN, 0.1),
                 .step = k ? ENDLESS / 4 : 1};
        run_and_cancel(&j);
    }
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
}
END_TEST

START_TEST(network)
{
    rqa_series *series = support_series(context, noise, 10 * MATRIX, 1);
    rqa_embedding *embedding = support_embedding(series, 3, 1);
    job j = {.embedding = embedding,
             .options = support_options(0, RQA_NORM_EUCLIDEAN, 1),
             .network = 1};
    run_and_cancel(&j);
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
}
END_TEST

START_TEST(invariants)
{
    rqa_series *series = support_series(context, noise, ENDLESS, 1);
    rqa_embedding *embedding = support_embedding(series, 3, 1);
    for (int k = INVARIANT_SUM; k <= INVARIANT_BLOCKS; k++) {
        job j = {.embedding = embedding,
                 .options = support_options(0, RQA_NORM_EUCLIDEAN, .05),
                 .invariant = k};
        run_and_cancel(&j);
    }
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
}
END_TEST

/* Of a constant series every diagonal is a border line from end to end. */
START_TEST(border_lines)
{
    double *constant = calloc(ENDLESS, sizeof *constant);
    rqa_series *series = support_series(context, constant, ENDLESS, 1);
    rqa_embedding *embedding = support_embedding(series, 5, 3);
    job j = {.embedding = embedding, .options = support_options(0, RQA_NORM_EUCLIDEAN, 0)};
    j.options.border = RQA_BORDER_KELO;
    run_and_cancel(&j);
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
    free(constant);
}
END_TEST

/* The first has a set of all its runs, the second asks a cosine of every cell. */
START_TEST(rules_on_cells)
{
    for (int rule = 0; rule < 2; rule++) {
        double *x = calloc(ENDLESS, sizeof *x);
        for (size_t k = 0; rule && k < ENDLESS; k++)
            x[k] = (double)(k % 2);
        rqa_series *series = support_series(context, x, ENDLESS, 1);
        rqa_embedding *embedding = support_embedding(series, 5, 3);
        job j = {.embedding = embedding, .options = support_options(0, RQA_NORM_EUCLIDEAN, 9)};
        j.options.skeleton = rule == 0;
        j.options.direction = rule;
        j.options.direction_bound = rule;
        run_and_cancel(&j);
        rqa_embedding_destroy(embedding);
        rqa_series_destroy(series);
        free(x);
    }
}
END_TEST

START_TEST(counting_a_matrix)
{
    rqa_matrix *given = NULL;
    rqa_series *series = support_series(context, noise, COUNTED, 1);
    rqa_embedding *embedding = support_embedding(series, 1, 1);
    const rqa_analysis_options o = support_options(0, RQA_NORM_MAXIMUM, .5);
    ck_ok(rqa_matrix_create(&given, embedding, NULL, &o));
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
    job j = {.given = given};
    run_and_cancel(&j);
    rqa_matrix_destroy(given);
}
END_TEST

/* With nothing at work there is nothing to cancel, before or after a call that was. */
START_TEST(later_ones)
{
    rqa_analysis_options o = support_options(0, RQA_NORM_EUCLIDEAN, 0.5);
    rqa_context_cancel(NULL);
    rqa_context_cancel(context);
    rqa_metrics_destroy(support_analyze(context, noise, SMALL, 2, 1, &o));
    expect_cancelled(ENDLESS, RQA_NORM_EUCLIDEAN, RQA_BACKEND_THREADS, RQA_THRESHOLD_DATA, 0);
    rqa_context_cancel(context);
    rqa_metrics_destroy(support_analyze(context, noise, SMALL, 2, 1, &o));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cancel");
    TCase *tcase = tcase_create("cancel");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, analysis);
    tcase_add_test(tcase, diameter);
    tcase_add_test(tcase, rates_and_neighbours);
    tcase_add_test(tcase, matrix);
    tcase_add_test(tcase, plot);
    tcase_add_test(tcase, lags);
    tcase_add_test(tcase, windows);
    tcase_add_test(tcase, network);
    tcase_add_test(tcase, invariants);
    tcase_add_test(tcase, surrogates_and_tests);
    tcase_add_test(tcase, border_lines);
    tcase_add_test(tcase, rules_on_cells);
    tcase_add_test(tcase, suggestion);
    tcase_add_test(tcase, counting_a_matrix);
    tcase_add_test(tcase, later_ones);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
