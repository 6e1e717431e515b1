/* test_alloc.c - every allocation fails once: no leak, no crash, an error, and life goes on. */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

/* The counting allocator: number fail_at fails, and with `fail_after` all later ones too. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t n_asked, fail_at;
static int64_t n_live;
static int fail_after, n_failed;

static int refuses(void)
{
    n_asked++;
    int refuse = fail_at && (n_asked == fail_at || (fail_after && n_asked > fail_at));
    n_failed += refuse;
    return refuse;
}

static void *count_allocate(size_t n_bytes, void *user)
{
    (void)user;
    pthread_mutex_lock(&lock);
    void *block = refuses() ? NULL : malloc(n_bytes);
    n_live += block != NULL;
    pthread_mutex_unlock(&lock);
    return block;
}

static void *count_reallocate(void *block, size_t n_bytes, void *user)
{
    (void)user;
    pthread_mutex_lock(&lock);
    void *moved = refuses() ? NULL : realloc(block, n_bytes);
    pthread_mutex_unlock(&lock);
    return moved;
}

static void count_release(void *block, void *user)
{
    (void)user;
    pthread_mutex_lock(&lock);
    n_live--;
    pthread_mutex_unlock(&lock);
    free(block);
}

static void setup(void)
{
    const rqa_memory_hooks hooks = {sizeof hooks,  0,   count_allocate, count_reallocate,
                                    count_release, NULL};
    ck_ok(rqa_memory_hooks_set(&hooks));
}

static void teardown(void)
{
    ck_ok(rqa_memory_hooks_set(NULL));
}

enum { SAMPLES = 90 };

/* What one scenario has made so far; everything is destroyed whatever happened. */
typedef struct world {
    rqa_context *context;
    rqa_series *x, *y;
    rqa_embedding *ex, *ey;
    rqa_metrics *metrics, *from_matrix;
    rqa_matrix *matrix;
    rqa_batch *batch;
    rqa_windows *windows;
    rqa_stream *stream;
    rqa_surrogates *surrogates;
    rqa_test *test;
    rqa_bootstrap *bootstrap;
} world;

static void destroy(world *w)
{
    rqa_batch_destroy(w->batch);
    rqa_windows_destroy(w->windows);
    rqa_stream_destroy(w->stream);
    rqa_bootstrap_destroy(w->bootstrap);
    rqa_test_destroy(w->test);
    rqa_surrogates_destroy(w->surrogates);
    rqa_metrics_destroy(w->metrics);
    rqa_metrics_destroy(w->from_matrix);
    rqa_matrix_destroy(w->matrix);
    rqa_embedding_destroy(w->ex);
    rqa_embedding_destroy(w->ey);
    rqa_series_destroy(w->x);
    rqa_series_destroy(w->y);
    rqa_context_destroy(w->context);
    memset(w, 0, sizeof *w);
}

static rqa_status make_context(world *w, uint32_t n_threads)
{
    rqa_context_options options;
    rqa_context_options_init(&options);
    options.n_threads = n_threads;
    return rqa_context_create(&w->context, &options);
}

static rqa_status make_inputs(world *w, uint32_t n_threads)
{
    double value[2 * SAMPLES];
    for (int i = 0; i < 2 * SAMPLES; i++)
        value[i] = (i * 7919 % 31) / 8.;
    rqa_status status = make_context(w, n_threads);
    if (!status)
        status = rqa_series_create(&w->x, w->context, value, SAMPLES, 2, NULL);
    if (!status)
        status = rqa_series_create(&w->y, w->context, value + 3, SAMPLES - 5, 2, NULL);
    if (!status)
        status = rqa_embedding_create(&w->ex, w->x, 2, 6);
    if (!status)
        status = rqa_embedding_create(&w->ey, w->y, 2, 1);
    return status;
}

static rqa_status analyze(world *w, uint32_t n_threads, int32_t relation, int32_t norm)
{
    rqa_status status = make_inputs(w, n_threads);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, norm, 1.5);
    o.relation = relation;
    o.backend = n_threads > 1 ? RQA_BACKEND_THREADS : RQA_BACKEND_SEQUENTIAL;
    if (!status)
        status = rqa_metrics_compute(&w->metrics, w->ex, relation ? w->ey : NULL, &o);
    return status;
}

static rqa_status run_auto(world *w)
{
    return analyze(w, 1, RQA_RELATION_AUTO, RQA_NORM_EUCLIDEAN);
}

static rqa_status run_border(world *w)
{
    rqa_status status = make_inputs(w, 1);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 1.5);
    o.border = RQA_BORDER_KELO_SEMI;
    o.theiler = 0;
    return status ? status : rqa_metrics_compute(&w->metrics, w->ex, NULL, &o);
}

/* The skeleton of an isodirectional plot has both rules. */
static rqa_status run_skeleton(world *w)
{
    rqa_status status = make_inputs(w, 2);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 1.5);
    o.relation = RQA_RELATION_JOINT;
    o.backend = RQA_BACKEND_THREADS;
    o.skeleton = 1;
    o.direction = RQA_DIRECTION_ISODIRECTIONAL;
    o.direction_bound = 1.5;
    return status ? status : rqa_metrics_compute(&w->metrics, w->ex, w->ey, &o);
}

static rqa_status run_perpendicular(world *w)
{
    rqa_status status = make_inputs(w, 2);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 1.5);
    o.relation = RQA_RELATION_CROSS;
    o.direction = RQA_DIRECTION_PERPENDICULAR;
    o.direction_bound = .5;
    return status ? status : rqa_matrix_create(&w->matrix, w->ex, w->ey, &o);
}

static rqa_status run_auto_threads(world *w)
{
    return analyze(w, 2, RQA_RELATION_AUTO, RQA_NORM_MANHATTAN);
}

static rqa_status run_cross(world *w)
{
    return analyze(w, 1, RQA_RELATION_CROSS, RQA_NORM_MAXIMUM);
}

static rqa_status run_joint(world *w)
{
    return analyze(w, 2, RQA_RELATION_JOINT, RQA_NORM_EUCLIDEAN);
}

/* A threshold in units of the diameter costs a pass with memory of its own. */
static rqa_status run_diameter(world *w)
{
    rqa_status status = make_inputs(w, 2);
    rqa_analysis_options o = support_options(RQA_CONVENTION_CRP, RQA_NORM_EUCLIDEAN, .2);
    o.threshold_unit = RQA_THRESHOLD_MEAN_DIAMETER;
    if (!status)
        status = rqa_metrics_compute(&w->metrics, w->ex, NULL, &o);
    return status;
}

/* So do those that are found from the distances. */
static rqa_status run_unit(world *w, int32_t unit, double threshold, int32_t relation)
{
    rqa_status status = make_inputs(w, 2);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, threshold);
    o.threshold_unit = unit;
    o.relation = relation;
    o.backend = RQA_BACKEND_THREADS;
    o.ties = unit == RQA_THRESHOLD_NEIGHBOURS ? RQA_TIES_INDEX : RQA_TIES_ALL;
    if (!status)
        status = rqa_metrics_compute(&w->metrics, w->ex, relation ? w->ey : NULL, &o);
    return status;
}

static rqa_status run_rate(world *w)
{
    return run_unit(w, RQA_THRESHOLD_RECURRENCE_RATE, .1, RQA_RELATION_AUTO);
}

static rqa_status run_neighbours(world *w)
{
    return run_unit(w, RQA_THRESHOLD_NEIGHBOURS, 3, RQA_RELATION_JOINT);
}

static rqa_status run_adaptive(world *w)
{
    return run_unit(w, RQA_THRESHOLD_ADAPTIVE_NEIGHBOURS, 9, RQA_RELATION_AUTO);
}

static char png_path[64];

static rqa_status run_matrix(world *w)
{
    rqa_status status = make_inputs(w, 2);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, 1.5);
    if (!status)
        status = rqa_matrix_create(&w->matrix, w->ex, NULL, &o);
    if (!status)
        status = rqa_metrics_from_matrix(&w->metrics, w->matrix, &o);
    o.convention = RQA_CONVENTION_NEUROKIT;
    if (!status)
        status = rqa_metrics_from_matrix(&w->from_matrix, w->matrix, &o);
    rqa_png_options png;
    rqa_png_options_init(&png);
    png.max_pixels = 200;
    if (!status)
        status = rqa_matrix_write_png(w->matrix, png_path, &png);
    return status;
}

static rqa_status suggest(world *w, int32_t estimator)
{
    double value[SAMPLES];
    for (int i = 0; i < SAMPLES; i++)
        value[i] = i * 7919 % 1009; /* no two alike */
    rqa_status status = make_context(w, 2);
    if (!status)
        status = rqa_series_create(&w->x, w->context, value, SAMPLES, 1, NULL);
    rqa_suggest_options o;
    rqa_suggestion *suggestion = NULL;
    rqa_suggest_options_init(&o);
    o.max_lag = 2;
    o.max_dim = 2;
    o.mi_estimator = estimator;
    if (!status)
        status = rqa_suggest_compute(&suggestion, w->x, &o);
    rqa_suggestion_destroy(suggestion);
    return status;
}

static rqa_status run_suggest(world *w)
{
    return suggest(w, RQA_MI_BINS);
}

static rqa_status run_suggest_ksg(world *w)
{
    return suggest(w, RQA_MI_KSG);
}

static rqa_status run_plot(world *w)
{
    rqa_status status = make_inputs(w, 2);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 1.5);
    rqa_png_options png;
    rqa_png_options_init(&png);
    png.max_pixels = 16;
    png.overwrite = 1;
    return status ? status : rqa_plot_write_png(png_path, w->ex, NULL, &o, &png);
}

static rqa_status run_distance_plot(world *w)
{
    rqa_status status = make_inputs(w, 2);
    rqa_png_options png;
    rqa_png_options_init(&png);
    png.max_pixels = 16;
    png.overwrite = 1;
    return status ? status : rqa_distance_plot_write_png(png_path, w->ex, NULL, NULL, &png);
}

static rqa_status run_lags(world *w)
{
    rqa_lag_profile *profile = NULL;
    rqa_status status = make_inputs(w, 2);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 1.5);
    if (!status)
        status = rqa_lag_profile_compute(&profile, w->ex, NULL, &o, 5);
    rqa_lag_profile_destroy(profile);
    return status;
}

static rqa_status run_windows(world *w, uint64_t step, int32_t unit)
{
    rqa_status status = make_inputs(w, 2);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 1.5);
    rqa_windows_options windows;
    rqa_windows_options_init(&windows);
    windows.window = SAMPLES - 10;
    windows.step = step;
    windows.scope = RQA_WINDOWS_SCOPE_WINDOW;
    o.threshold_unit = unit;
    if (!status)
        status = rqa_windows_compute(&w->windows, w->ex, w->ey, &o, &windows);
    return status;
}

static rqa_status run_windows_shared(world *w)
{
    return run_windows(w, 1, RQA_THRESHOLD_DATA);
}

static rqa_status run_windows_blocks(world *w)
{
    return run_windows(w, SAMPLES, RQA_THRESHOLD_DATA);
}

static rqa_status run_windows_analyses(world *w)
{
    return run_windows(w, 3, RQA_THRESHOLD_STD);
}

static rqa_status run_stream(world *w)
{
    static const double sample[4] = {1, 2, 3, 1};
    rqa_stream_options options;
    rqa_stream_options_init(&options);
    options.window = 3;
    rqa_status status = make_context(w, 1);
    if (!status)
        status = rqa_stream_create(&w->stream, w->context, 1, 1, 1, NULL, &options);
    return status ? status : rqa_stream_push(w->stream, sample, 4);
}

static rqa_status run_invariants(world *w)
{
    static const double thresholds[] = {.5, 1, 1.5};
    rqa_correlation_sum *sum = NULL;
    rqa_adjacency *adjacency = NULL;
    double distances[SAMPLES];
    uint32_t best;
    rqa_status status = make_inputs(w, 2);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 1.5);
    if (!status)
        status = rqa_correlation_sum_compute(&sum, w->ex, NULL, &o, thresholds, 3);
    rqa_correlation_sum_destroy(sum);
    if (!status)
        status = rqa_adjacency_create(&adjacency, w->ex, NULL, &o);
    rqa_adjacency_destroy(adjacency);
    if (!status)
        status = rqa_distance_rows(distances, 0, w->ex, NULL, &o, 1, 1);
    if (!status)
        status = rqa_det_estimate(distances, NULL, w->ex, NULL, &o);
    return status ? status : rqa_microstate_maximum(&best, NULL, NULL, w->ex, NULL, &o);
}

static rqa_status run_sampled(world *w)
{
    rqa_sampled *sampled = NULL;
    rqa_sampled_options draws;
    rqa_status status = make_inputs(w, 2);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 1.5);
    o.measures = RQA_MEASURE_BIT(RQA_MEASURE_DET) | RQA_MEASURE_BIT(RQA_MEASURE_LAM) |
                 RQA_MEASURE_BIT(RQA_MEASURE_MICROSTATE_ENTROPY);
    o.backend = RQA_BACKEND_THREADS;
    rqa_sampled_options_init(&draws);
    draws.n_lines = 3;
    draws.n_blocks = 10;
    if (!status)
        status = rqa_sampled_compute(&sampled, w->ex, NULL, &o, &draws);
    rqa_sampled_destroy(sampled);
    return status;
}

static rqa_status run_network(world *w)
{
    rqa_network *network = NULL;
    rqa_status status = make_inputs(w, 2);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 1.5);
    o.measures = RQA_MEASURE_BIT(RQA_MEASURE_CLUSTERING) |
                 RQA_MEASURE_BIT(RQA_MEASURE_ASSORTATIVITY) |
                 RQA_MEASURE_BIT(RQA_MEASURE_COMPONENTS) | RQA_MEASURE_BIT(RQA_MEASURE_DIAMETER) |
                 RQA_MEASURE_BIT(RQA_MEASURE_RPDE) |
                 RQA_MEASURE_BIT(RQA_MEASURE_MICROSTATE_ENTROPY);
    if (!status)
        status = rqa_network_create(&network, w->ex, NULL, &o);
    rqa_network_destroy(network);
    if (!status)
        status = rqa_metrics_compute(&w->metrics, w->ex, NULL, &o);
    rqa_metrics_destroy(w->metrics);
    w->metrics = NULL;
    o.measures = RQA_MEASURE_BIT(RQA_MEASURE_CAT_ENTROPY);
    o.threshold = 0;
    return status ? status : rqa_metrics_compute(&w->metrics, w->ex, NULL, &o);
}

static rqa_status run_from_bytes(world *w)
{
    static const uint8_t cell[9] = {1, 0, 1, 0, 1, 0, 1, 0, 1};
    rqa_status status = make_context(w, 1);
    if (!status)
        status = rqa_matrix_from_bytes(&w->matrix, w->context, cell, 3, 3, 0);
    if (!status)
        status = rqa_metrics_from_matrix(&w->metrics, w->matrix, NULL);
    return status;
}

static int go_on(const rqa_batch_event *event, void *user)
{
    (void)user;
    (void)event;
    return 0;
}

/* RQA_ERROR_MEMORY of the run or else of an item. */
static rqa_status batch_status(const world *w, rqa_status status)
{
    for (uint64_t k = 0; !status && k < rqa_batch_size(w->batch, RQA_BATCH_ITEMS); k++) {
        const char *text = NULL;
        status = rqa_batch_item_status(w->batch, k, &text);
        ck_assert_ptr_nonnull(text);
        ck_assert_int_eq(status == RQA_OK, *text == '\0');
    }
    return status;
}

static rqa_status run_batch_of(world *w, uint32_t n_threads, const double *thresholds,
                               int32_t unit, uint64_t window)
{
    static const uint32_t dims[] = {1, 3}, delays[] = {1, 2}, lmins[] = {2, 3};
    rqa_analysis_options analysis;
    rqa_batch_options o;
    rqa_analysis_options_init(&analysis);
    analysis.threshold_unit = unit;
    rqa_batch_options_init(&o);
    o.dims = dims;
    o.delays = delays;
    o.thresholds = thresholds;
    o.lmins = lmins;
    o.n_dims = o.n_delays = o.n_lmins = 2;
    o.n_thresholds = 3;
    if (window) { /* each allocates anew */
        o.n_dims = o.n_delays = 1;
        o.n_thresholds = 2;
        o.window = window;
        o.step = 2;
        o.scope = unit ? RQA_WINDOWS_SCOPE_WINDOW : RQA_WINDOWS_SCOPE_RECORDING;
    }
    o.analysis = &analysis;
    rqa_status status = make_inputs(w, n_threads);
    if (!status)
        status = rqa_batch_create(&w->batch, w->context, &o);
    for (int32_t norm = window ? 1 : 0; !status && norm < 3; norm++) {
        rqa_batch_item item = {.struct_size = sizeof item, .norm = norm, .relation = -1};
        item.x = w->x;
        item.y = norm == 2 ? w->y : NULL;
        item.label = norm ? "labelled" : NULL;
        status = rqa_batch_add(w->batch, &item);
    }
    if (!status)
        status = batch_status(w, rqa_batch_run(w->batch, go_on, NULL));
    return status;
}

static rqa_status run_batch(world *w, uint32_t n_threads)
{
    static const double thresholds[] = {1, .5, 2};
    return run_batch_of(w, n_threads, thresholds, RQA_THRESHOLD_DATA, 0);
}

static rqa_status run_batch_rates(world *w)
{
    static const double rates[] = {.1, .05, .3};
    return run_batch_of(w, 2, rates, RQA_THRESHOLD_RECURRENCE_RATE, 0);
}

/* Windows that move along. */
static rqa_status run_batch_windows(world *w)
{
    static const double thresholds[] = {1, .5, 2};
    return run_batch_of(w, 2, thresholds, RQA_THRESHOLD_DATA, SAMPLES - 4);
}

/* Such as are analyses of their own. */
static rqa_status run_batch_own_windows(world *w)
{
    static const double rates[] = {.1, .05, .3};
    return run_batch_of(w, 2, rates, RQA_THRESHOLD_RECURRENCE_RATE, SAMPLES - 4);
}

static rqa_status run_batch_neighbours(world *w)
{
    static const double numbers[] = {4, 1, 9};
    return run_batch_of(w, 2, numbers, RQA_THRESHOLD_NEIGHBOURS, 0);
}

static rqa_status run_batch_1(world *w)
{
    return run_batch(w, 1);
}

static rqa_status run_batch_2(world *w)
{
    return run_batch(w, 2);
}

static rqa_status surrogates(world *w, int32_t method, uint32_t n_threads)
{
    rqa_surrogate_options o;
    rqa_analysis_options a = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, 1.5);
    rqa_status status = make_inputs(w, n_threads);
    rqa_surrogate_options_init(&o);
    o.method = method;
    o.count = 4;
    o.analysis = &a;
    return status ? status : rqa_surrogates_create(&w->surrogates, w->x, &o);
}

static rqa_status run_iaaft(world *w)
{
    return surrogates(w, RQA_SURROGATE_IAAFT, 2);
}

static rqa_status run_twin(world *w)
{
    return surrogates(w, RQA_SURROGATE_TWIN, 2);
}

static rqa_status run_test(world *w)
{
    rqa_test_options o;
    rqa_analysis_options a = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, 1.5);
    rqa_status status = surrogates(w, RQA_SURROGATE_SHUFFLE, 1);
    rqa_test_options_init(&o);
    o.analysis = &a;
    return status ? status : rqa_test_create(&w->test, w->x, NULL, w->surrogates, &o);
}

static rqa_status run_bootstrap(world *w)
{
    rqa_status status = run_auto(w);
    const rqa_metrics *m[2] = {w->metrics, w->metrics};
    return status ? status : rqa_bootstrap_create(&w->bootstrap, m, 2, NULL);
}

/* Fails allocation 1, 2, ... of a scenario until one run needs no more than that. */
static void fail_each(rqa_status (*run)(world *), const char *name, int after)
{
    enum { LIMIT = 20000 };
    for (uint64_t n = 1;; n++) {
        world w;
        memset(&w, 0, sizeof w);
        n_asked = 0;
        n_failed = 0;
        fail_after = after;
        fail_at = n;
        rqa_status status = run(&w);
        fail_at = 0;
        ck_assert_msg(status == (n_failed ? RQA_ERROR_MEMORY : RQA_OK),
                      "%s, allocation %" PRIu64 " fails: %s (%s)", name, n, rqa_status_name(status),
                      rqa_last_error());
        if (status)
            ck_assert_msg(*rqa_last_error() != '\0', "%s, allocation %" PRIu64 ": no text", name,
                          n);
        destroy(&w);
        ck_assert_msg(n_live == 0, "%s, allocation %" PRIu64 " fails: %" PRId64 " blocks leak",
                      name, n, n_live);
        ck_assert_msg(*png_path == '\0' || access(png_path, F_OK) != 0 || status == RQA_OK,
                      "%s, allocation %" PRIu64 " fails, yet there is a file", name, n);
        unlink(png_path);
        if (!n_failed) {
            ck_assert_msg(n > 3, "%s: the hooks were not used", name);
            break;
        }
        ck_assert_msg(n < LIMIT, "%s: no end to allocations", name);
    }
    /* The library is as good as new. */
    world w;
    memset(&w, 0, sizeof w);
    ck_assert_int_eq(run(&w), RQA_OK);
    destroy(&w);
    unlink(png_path);
    ck_assert_int_eq(n_live, 0);
}

static const struct {
    const char *name;
    rqa_status (*run)(world *);
} scenario[] = {
    {"auto", run_auto},
    {"auto on threads", run_auto_threads},
    {"cross", run_cross},
    {"border", run_border},
    {"skeleton", run_skeleton},
    {"perpendicular", run_perpendicular},
    {"joint", run_joint},
    {"diameter", run_diameter},
    {"rate", run_rate},
    {"neighbours", run_neighbours},
    {"adaptive neighbours", run_adaptive},
    {"matrix", run_matrix},
    {"plot", run_plot},
    {"lags", run_lags},
    {"windows", run_windows_shared},
    {"windows apart", run_windows_blocks},
    {"windows with their own units", run_windows_analyses},
    {"stream", run_stream},
    {"network", run_network},
    {"sampled", run_sampled},
    {"picture of distances", run_distance_plot},
    {"invariants", run_invariants},
    {"suggestion", run_suggest},
    {"suggestion, ksg", run_suggest_ksg},
    {"bytes", run_from_bytes},
    {"batch", run_batch_1},
    {"batch on 2 threads", run_batch_2},
    {"batch of rates", run_batch_rates},
    {"batch of neighbours", run_batch_neighbours},
    {"batch of windows", run_batch_windows},
    {"batch of windows with their own units", run_batch_own_windows},
    {"iaaft", run_iaaft},
    {"twin", run_twin},
    {"test", run_test},
    {"bootstrap", run_bootstrap},
};

enum { N_SCENARIOS = sizeof scenario / sizeof scenario[0] };

static void make_png_path(void)
{
    snprintf(png_path, sizeof png_path, "/tmp/rqa_alloc_%ld.png", (long)getpid());
}

START_TEST(one_fails)
{
    make_png_path();
    fail_each(scenario[_i].run, scenario[_i].name, 0);
}
END_TEST

START_TEST(all_from_then_on_fail)
{
    make_png_path();
    fail_each(scenario[_i].run, scenario[_i].name, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("allocation");
    TCase *tcase = tcase_create("failure");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, one_fails, 0, N_SCENARIOS);
    tcase_add_loop_test(tcase, all_from_then_on_fail, 0, N_SCENARIOS);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
