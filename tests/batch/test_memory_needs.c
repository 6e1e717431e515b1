/* test_memory_needs.c - the bytes that a refusal for the memory limit names are enough: a context with
 * just that limit does it, and takes no more than the limit, whatever is asked for. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "counted_heap.h"
#include "support.h"

/* Handles, and what is too small to be asked for. */
enum { AROUND = 3072 };

enum { ANALYSIS, MATRIX, PLOT, SHADES, GIVEN, NETWORK, EDGES, PROFILE, SUM, N_KINDS };
static const char *const kind_words[N_KINDS] = {"analysis", "matrix", "plot", "distances", "given matrix",
                                                "network", "edges", "profile", "correlation sum"};

/* What one draw asks for. */
typedef struct request {
    int kind, n_threads, missing;
    size_t n_x, n_y; /* n_y is 0 without another */
    uint32_t dim, delay;
    double *x, *y;
    rqa_analysis_options options;
    char text[600];
} request;

static double sample(rng *r, int shape, size_t i)
{
    switch (shape) {
    case 0:
        return rng_uniform(r);
    case 1:
        return sin(0.05 * (double)i) + 0.05 * rng_uniform(r);
    case 2:
        return floor(4 * rng_uniform(r));
    default:
        return 0.001 * (double)i;
    }
}

static double *draw_samples(rng *r, size_t n, int missing)
{
    const int shape = (int)rng_below(r, 4);
    double *x = malloc(n * sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = missing && rng_below(r, 50) == 0 ? NAN : sample(r, shape, i);
    return x;
}

static void draw_threshold(rng *r, rqa_analysis_options *o)
{
    static const int32_t units[] = {RQA_THRESHOLD_DATA, RQA_THRESHOLD_MAX_DIAMETER,
                                    RQA_THRESHOLD_RECURRENCE_RATE, RQA_THRESHOLD_NEIGHBOURS,
                                    RQA_THRESHOLD_NEIGHBOUR_RATE, RQA_THRESHOLD_ADAPTIVE_NEIGHBOURS};
    o->threshold_unit = units[rng_below(r, 6)];
    o->threshold = 0.02 + 0.2 * rng_uniform(r);
    if (o->threshold_unit == RQA_THRESHOLD_NEIGHBOURS || o->threshold_unit == RQA_THRESHOLD_ADAPTIVE_NEIGHBOURS)
        o->threshold = (double)rng_between(r, 1, 9);
    if (o->threshold_unit == RQA_THRESHOLD_NEIGHBOURS || o->threshold_unit == RQA_THRESHOLD_NEIGHBOUR_RATE)
        o->ties = (int32_t)rng_below(r, 2);
    if (o->threshold_unit == RQA_THRESHOLD_DATA && rng_below(r, 3) == 0) {
        o->corridor = 1;
        o->threshold_lower = 0.5 * o->threshold;
    }
}

static void draw_cell_rule(rng *r, rqa_analysis_options *o)
{
    switch (rng_below(r, 8)) {
    case 0:
        o->skeleton = 1;
        break;
    case 1:
        o->direction = RQA_DIRECTION_ISODIRECTIONAL;
        o->direction_bound = 0.5;
        break;
    case 2:
        o->direction = RQA_DIRECTION_PERPENDICULAR;
        o->direction_bound = 0.5;
        break;
    default:
        break;
    }
}

static void draw_measures(rng *r, rqa_analysis_options *o)
{
    static const int32_t some[] = {RQA_MEASURE_RR,           RQA_MEASURE_DET,
                                   RQA_MEASURE_TRANSITIVITY, RQA_MEASURE_PATH_MEAN,
                                   RQA_MEASURE_RPDE,         RQA_MEASURE_TREND,
                                   RQA_MEASURE_W_ENTR,       RQA_MEASURE_MICROSTATE_ENTROPY,
                                   RQA_MEASURE_EFFICIENCY,   RQA_MEASURE_CAT_ENTROPY};
    for (int k = 0; k < 2; k++)
        o->measures |= RQA_MEASURE_BIT(some[rng_below(r, sizeof some / sizeof some[0])]);
    if (o->measures & RQA_MEASURE_BIT(RQA_MEASURE_CAT_ENTROPY)) {
        o->threshold_unit = RQA_THRESHOLD_DATA;
        o->threshold = o->corridor = 0;
    }
}

static void draw_request(request *q, uint64_t seed)
{
    rng r = {seed};
    memset(q, 0, sizeof *q);
    q->kind = (int)rng_below(&r, N_KINDS);
    q->n_threads = rng_below(&r, 3) ? 1 : 2;
    q->n_x = 20 + (size_t)rng_below(&r, rng_below(&r, 8) ? 600 : 2500);
    q->dim = (uint32_t)rng_between(&r, 1, 3);
    q->delay = (uint32_t)rng_between(&r, 1, 4);
    q->missing = rng_below(&r, 5) == 0;
    q->x = draw_samples(&r, q->n_x, q->missing);
    rqa_analysis_options *o = &q->options;
    rqa_analysis_options_init(o);
    if (rng_below(&r, 3) == 0) {
        o->relation = rng_below(&r, 2) ? RQA_RELATION_JOINT : RQA_RELATION_CROSS;
        q->n_y = o->relation == RQA_RELATION_JOINT ? q->n_x : 20 + (size_t)rng_below(&r, 700);
        q->y = draw_samples(&r, q->n_y, q->missing);
    }
    o->norm = (int32_t)rng_below(&r, 3);
    o->theiler = rng_between(&r, -1, 4);
    if (rng_below(&r, 4) == 0)
        o->convention = (int32_t)rng_below(&r, 9);
    draw_threshold(&r, o);
    if (q->kind != SHADES)
        draw_cell_rule(&r, o);
    if (q->kind == ANALYSIS && rng_below(&r, 2))
        draw_measures(&r, o);
    char options[300];
    snprintf(q->text, sizeof q->text,
             "draw %" PRIu64 ": %s of %zu and %zu, dim %u, delay %u, %d threads, missing %d,"
             " skeleton %d, direction %d, corridor %d: %s",
             seed, kind_words[q->kind], q->n_x, q->n_y, q->dim, q->delay, q->n_threads, q->missing,
             o->skeleton, o->direction, o->corridor, support_describe(options, sizeof options, o));
}

static void drop_request(request *q)
{
    free(q->x);
    free(q->y);
}

/* What it is asked of. */
typedef struct world {
    rqa_context *context;
    rqa_series *x, *y;
    rqa_embedding *ex, *ey;
    rqa_matrix *given;
} world;

static rqa_status open_world(world *w, const request *q, uint64_t limit_bytes)
{
    rqa_context_options co;
    rqa_series_options so;
    rqa_context_options_init(&co);
    rqa_series_options_init(&so);
    so.missing = RQA_MISSING_SKIP;
    co.n_threads = (uint32_t)q->n_threads;
    co.memory_limit_bytes = limit_bytes;
    memset(w, 0, sizeof *w);
    ck_ok(rqa_context_create(&w->context, &co));
    rqa_status status = rqa_series_create(&w->x, w->context, q->x, q->n_x, 1, &so);
    if (!status)
        status = rqa_embedding_create(&w->ex, w->x, q->dim, q->delay);
    if (!status && q->y)
        status = rqa_series_create(&w->y, w->context, q->y, q->n_y, 1, &so);
    if (!status && q->y)
        status = rqa_embedding_create(&w->ey, w->y, q->dim, q->delay);
    if (!status && q->kind == GIVEN) {
        const size_t n_y = q->y && q->options.relation == RQA_RELATION_CROSS ? q->n_y : q->n_x;
        uint8_t *cells = malloc(q->n_x * n_y);
        for (size_t k = 0; k < q->n_x * n_y; k++)
            cells[k] = fabs(q->x[k % q->n_x] - (q->y ? q->y : q->x)[k / q->n_x]) < 0.2;
        status = rqa_matrix_from_bytes(&w->given, w->context, cells, n_y, q->n_x, 0);
        free(cells);
    }
    return status;
}

static void close_world(world *w)
{
    rqa_matrix_destroy(w->given);
    rqa_embedding_destroy(w->ex);
    rqa_embedding_destroy(w->ey);
    rqa_series_destroy(w->x);
    rqa_series_destroy(w->y);
    rqa_context_destroy(w->context);
}

static char folder[] = "/tmp/rqa_needs_XXXXXX";

static rqa_status draw_plot(const world *w, const request *q)
{
    char path[64];
    snprintf(path, sizeof path, "%s/plot.png", folder);
    rqa_png_options png;
    rqa_png_options_init(&png);
    png.max_pixels = 100;
    png.overwrite = 1;
    const rqa_status status =
        (q->kind == PLOT ? rqa_plot_write_png : rqa_distance_plot_write_png)(path, w->ex, w->ey,
                                                                            &q->options, &png);
    unlink(path);
    return status;
}

static rqa_status run(const world *w, const request *q)
{
    static const double thresholds[] = {.05, .1, .2, .4};
    rqa_metrics *metrics = NULL;
    rqa_matrix *matrix = NULL;
    rqa_network *network = NULL;
    rqa_adjacency *edges = NULL;
    rqa_lag_profile *profile = NULL;
    rqa_correlation_sum *sum = NULL;
    const rqa_analysis_options *o = &q->options;
    rqa_status status =
        q->kind == ANALYSIS  ? rqa_metrics_compute(&metrics, w->ex, w->ey, o)
        : q->kind == MATRIX  ? rqa_matrix_create(&matrix, w->ex, w->ey, o)
        : q->kind == PLOT    ? draw_plot(w, q)
        : q->kind == SHADES  ? draw_plot(w, q)
        : q->kind == GIVEN   ? rqa_metrics_from_matrix(&metrics, w->given, o)
        : q->kind == NETWORK ? rqa_network_create(&network, w->ex, w->ey, o)
        : q->kind == EDGES   ? rqa_adjacency_create(&edges, w->ex, w->ey, o)
        : q->kind == PROFILE ? rqa_lag_profile_compute(&profile, w->ex, w->ey, o, 15)
                             : rqa_correlation_sum_compute(&sum, w->ex, w->ey, o, thresholds, 4);
    rqa_metrics_destroy(metrics);
    rqa_matrix_destroy(matrix);
    rqa_network_destroy(network);
    rqa_adjacency_destroy(edges);
    rqa_lag_profile_destroy(profile);
    rqa_correlation_sum_destroy(sum);
    return status;
}

/* The status within a limit, and the most that was taken beside the recordings. */
static rqa_status ask(const request *q, uint64_t limit_bytes, int64_t *taken)
{
    world w;
    rqa_status status = open_world(&w, q, limit_bytes);
    const int64_t before = counted_heap_live();
    counted_heap_reset_peak();
    if (!status)
        status = run(&w, q);
    *taken = counted_heap_peak() - before;
    close_world(&w);
    return status;
}

/* What a refusal says is needed; how much skeletons and edges take nobody knows before they are there. */
static uint64_t needed_bytes(const request *q, uint64_t limit_bytes, int *is_least)
{
    uint64_t needed = 0, limit = 0;
    const char *text = rqa_last_error(), *numbers = strstr(text, " need");
    *is_least = strstr(text, " at least ") != NULL;
    ck_assert_msg(numbers && *is_least == (q->options.skeleton || q->kind == EDGES), "%s: %s", q->text, text);
    numbers += strcspn(numbers, "0123456789");
    ck_assert_msg(sscanf(numbers, "%" SCNu64 " bytes; the context's memory limit is %" SCNu64, &needed,
                         &limit) == 2 &&
                      limit == limit_bytes && needed > limit,
                  "%s: %s", q->text, text);
    return needed;
}

/* Whether it was refused, and then done with what the refusal said. */
static int ask_for_enough(const request *q)
{
    uint64_t limit = (q->n_x > q->n_y ? q->n_x : q->n_y) * 8 + (q->n_x * (q->n_x + 64) / 8);
    int64_t taken;
    int n_refusals = 0, is_least = 0;
    rqa_status status = ask(q, limit / 4, &taken);
    for (limit /= 4; status == RQA_ERROR_MEMORY_LIMIT; status = ask(q, limit, &taken)) {
        const int of_input = strstr(rqa_last_error(), "the series") != NULL ||
                             strstr(rqa_last_error(), "the matrix") != NULL;
        ck_assert_msg(n_refusals == 0 || is_least, "%s: again: %s", q->text, rqa_last_error());
        n_refusals += !of_input;
        if (of_input)
            limit *= 2;
        else
            limit = needed_bytes(q, limit, &is_least);
    }
    ck_assert_msg(status == RQA_OK, "%s: %s", q->text, rqa_last_error());
    ck_assert_msg(taken <= (int64_t)(limit + limit / 10) + AROUND,
                  "%s: %" PRId64 " bytes of %" PRIu64, q->text, taken, limit);
    return n_refusals > 0;
}

START_TEST(what_a_refusal_names_is_enough)
{
    const uint64_t seed = env_number("RQA_TEST_SEED", 1), draws = env_number("RQA_TEST_DRAWS", 600);
    int n_refused[N_KINDS] = {0};
    ck_assert_ptr_nonnull(mkdtemp(folder));
    for (uint64_t k = seed; k < seed + draws; k++) {
        request q;
        int64_t taken;
        draw_request(&q, k);
        if (ask(&q, 0, &taken) == RQA_OK) /* else it is refused for what it asks */
            n_refused[q.kind] += ask_for_enough(&q);
        drop_request(&q);
    }
    rmdir(folder);
    for (int k = 0; k < N_KINDS; k++) {
        printf("%s: %d\n", kind_words[k], n_refused[k]);
        ck_assert_msg(draws < 600 || n_refused[k] >= 4, "%s: %d were refused", kind_words[k],
                      n_refused[k]);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("what a refusal says is needed");
    TCase *t = tcase_create("needs");
    tcase_add_checked_fixture(t, counted_heap_begin, counted_heap_end);
    tcase_set_timeout(t, 300);
    tcase_add_test(t, what_a_refusal_names_is_enough);
    suite_add_tcase(s, t);
    return support_run(s);
}
