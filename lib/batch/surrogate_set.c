/* surrogate_set.c - surrogates of one recording, made on the context's threads. */
#include "batch/surrogate_set.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/look.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/pool.h"
#include "batch/twin_columns.h"
#include "plan/context_state.h"
#include "resample/randomise.h"

enum { MOST = 1000000, FEWEST_SAMPLES = 4 };

/* Squares of a spectrum must stay within the range of double. */
static const double least_size = 1e-120, most_size = 1e120;

typedef struct workshop {
    struct rqa_context *context;
    struct rqa_surrogates *set;
    rqa_surrogate_options options;
    rqa__original original;
    rqa__twins twins;
    const atomic_int *cancel;
    unsigned n_workers;
    rqa__random_desk *desk; /* [worker] */
    double **channel;       /* [worker * n_channels + c]: one being made */
    double *values;         /* what they point to */
} workshop;

static int is_constant(const struct rqa_series *series)
{
    for (size_t c = 0; c < series->n_channels; c++)
        for (size_t k = 1; k < series->n_samples; k++)
            if (series->channel[c][k] != series->channel[c][0])
                return 0;
    return 1;
}

static int check_sizes(const struct rqa_series *series)
{
    double largest = 0;
    for (size_t c = 0; c < series->n_channels; c++)
        for (size_t k = 0; k < series->n_samples; k++)
            largest = fmax(largest, fabs(series->channel[c][k]));
    if (largest >= least_size && largest <= most_size)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_VALUE,
                     "the largest value of the series is %s; a spectrum can be kept from %s to %s: "
                     "scale the series",
                     rqa__shortest(largest).text, rqa__shortest(least_size).text,
                     rqa__shortest(most_size).text);
}

static int check_options(const rqa_surrogate_options *o)
{
    if (o->method < RQA_SURROGATE_SHUFFLE || o->method > RQA_SURROGATE_TWIN)
        return rqa__fail(RQA_ERROR_VALUE, "options->method is %" PRId32 "; %d..%d are known", o->method,
                         RQA_SURROGATE_SHUFFLE, RQA_SURROGATE_TWIN);
    if (o->count < 1 || o->count > MOST)
        return rqa__fail(RQA_ERROR_VALUE, "options->count is %" PRIu32 "; 1..%d are allowed", o->count,
                         MOST);
    if (o->max_iterations < 1)
        return rqa__fail(RQA_ERROR_VALUE, "options->max_iterations is 0; at least 1 is needed");
    if (o->reserved)
        return rqa__fail(RQA_ERROR_VALUE, "options->reserved is %" PRIu32 "; it must be 0",
                         o->reserved);
    return RQA_OK;
}

static int check(const struct rqa_series *series, const rqa_surrogate_options *o)
{
    int status = check_options(o);
    if (status)
        return status;
    if (series->n_missing)
        return rqa__fail(RQA_ERROR_NOT_FINITE,
                         "%zu of %zu samples of the series are missing; surrogates need all: cut it or "
                         "fill them",
                         series->n_missing, series->n_samples);
    if (series->n_samples < FEWEST_SAMPLES)
        return rqa__fail(RQA_ERROR_TOO_SHORT, "the series has %zu samples; surrogates need at least %d",
                         series->n_samples, FEWEST_SAMPLES);
    if (is_constant(series))
        return rqa__fail(RQA_ERROR_CONSTANT, "the series is constant: its surrogates would be itself");
    const int keeps_spectrum = o->method == RQA_SURROGATE_PHASE || o->method == RQA_SURROGATE_AAFT ||
                               o->method == RQA_SURROGATE_IAAFT;
    return keeps_spectrum ? check_sizes(series) : RQA_OK;
}

/* Another path: first coordinates of the vectors, then what follows the last of them. */
static void follow_twins(const workshop *w, rqa__generator *g, rqa__random_desk *d, double *const *out)
{
    const struct rqa_series *series = w->original.series;
    uint32_t *path = d->order;
    rqa__twin_path(&w->twins, g, path);
    for (size_t k = w->twins.n; k < series->n_samples; k++)
        path[k] = path[k - 1] + 1;
    for (size_t c = 0; c < series->n_channels; c++)
        for (size_t k = 0; k < series->n_samples; k++)
            out[c][k] = series->channel[c][path[k]];
}

static int keep(const workshop *w, size_t number, double *const *made)
{
    const struct rqa_series *series = w->original.series;
    const rqa_series_options o = {
        .struct_size = sizeof o,
        .sample_stride_bytes = sizeof(double),
        .channel_stride_bytes = (int64_t)(series->n_samples * sizeof(double)),
    };
    return rqa__series_new(&w->set->series[number], w->context, made[0], series->n_samples,
                           series->n_channels, &o);
}

static int make_one(void *arg, size_t number, unsigned worker)
{
    const workshop *w = arg;
    rqa__generator g = rqa__generator_of(w->options.seed, number);
    rqa__random_desk *desk = w->desk + worker;
    double *const *made = w->channel + worker * w->original.n_channels;
    int status = RQA_OK;
    if (w->options.method == RQA_SURROGATE_SHUFFLE)
        rqa__shuffle(&w->original, &g, desk, made);
    else if (w->options.method == RQA_SURROGATE_PHASE)
        rqa__phase_randomise(&w->original, &g, desk, made);
    else if (w->options.method == RQA_SURROGATE_AAFT)
        rqa__aaft(&w->original, &g, desk, made);
    else if (w->options.method == RQA_SURROGATE_IAAFT)
        status = rqa__iaaft(&w->original, &g, desk, w->cancel, made, w->set->n_iterations + number);
    else
        follow_twins(w, &g, desk, made);
    if (status || rqa__is_cancelled(w->cancel))
        return rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
    status = keep(w, number, made);
    if (!status)
        w->set->error[number] = rqa__spectrum_error(&w->original, desk, made);
    return status;
}

/* Vectors with the same columns, on the analysis' own threads. */
static int find_twins(workshop *w, const rqa_analysis_options *analysis)
{
    rqa__analysis a;
    struct rqa_embedding *embedding;
    int status =
        rqa__embedding_new(&embedding, w->original.series, w->options.dim, w->options.delay);
    if (status)
        return status;
    status = rqa__analysis_begin(&a, embedding, NULL, analysis);
    if (!status && a.rules.relation != RQA_RELATION_AUTO)
        status = rqa__fail(RQA_ERROR_UNSUPPORTED, "twins are those of one recording: "
                                                  "options->analysis->relation must be auto");
    if (!status)
        status = rqa__analysis_take_backend(
            &a, a.rules.backend == RQA_BACKEND_AUTO ? RQA_BACKEND_THREADS : a.rules.backend, 0);
    if (!status)
        status = rqa__context_check_memory(
            a.context, rqa__twins_memory(&a, embedding->n_vectors), "the search for twins");
    if (!status)
        status = rqa__analysis_set_bounds(&a, analysis);
    if (!status)
        status = rqa__twins_find(&w->twins, &a, w->options.min_distance);
    rqa__analysis_end(&a);
    rqa__embedding_free(embedding);
    if (status)
        return status;
    rqa__twins_count(&w->twins, &w->set->n_pairs, &w->set->n_vectors);
    if (w->set->n_pairs == 0)
        return rqa__fail(RQA_ERROR_UNSUPPORTED,
                         "no two of the %zu vectors are twins more than %" PRIu32
                         " apart: every surrogate would be the series itself from another start",
                         w->twins.n, w->options.min_distance);
    return RQA_OK;
}

static int prepare(workshop *w)
{
    const size_t n = w->original.n, n_channels = w->original.n_channels;
    int status = RQA_OK;
    w->desk = rqa__calloc(w->n_workers, sizeof *w->desk);
    w->channel = rqa__alloc_array(w->n_workers, n_channels * sizeof *w->channel);
    w->values = rqa__alloc_array(w->n_workers * n_channels, n * sizeof *w->values);
    if (!w->desk || !w->channel || !w->values)
        return rqa__fail_memory("the surrogates");
    for (size_t k = 0; k < w->n_workers * n_channels; k++)
        w->channel[k] = w->values + k * n;
    for (unsigned k = 0; k < w->n_workers && !status; k++)
        status = rqa__random_desk_create(w->desk + k, &w->original);
    return status;
}

static int make_all(workshop *w)
{
    rqa__pool *pool = NULL;
    int status = RQA_OK;
    if (w->context->n_threads > 1 && w->set->count > 1)
        status = rqa__context_take_pool(w->context, 1, &pool);
    w->n_workers = pool ? rqa__pool_n_workers(pool) : 1;
    if (!status)
        status = prepare(w);
    if (pool && !status)
        status = rqa__pool_run(pool, w->set->count, make_one, w);
    for (size_t k = 0; !pool && k < w->set->count && !status; k++)
        status = make_one(w, k, 0);
    if (pool)
        rqa__context_return_pool(w->context, pool);
    return status;
}

static void clear(workshop *w)
{
    for (unsigned k = 0; k < w->n_workers && w->desk; k++)
        rqa__random_desk_destroy(w->desk + k);
    rqa__free(w->desk);
    rqa__free(w->channel);
    rqa__free(w->values);
    rqa__twins_release(&w->twins);
    rqa__original_destroy(&w->original);
}

static int check_memory(const workshop *w, const struct rqa_series *series)
{
    size_t n_bytes;
    int status = rqa__series_size(series->n_samples, series->n_channels, &n_bytes);
    if (status)
        return status;
    const uint64_t held = (uint64_t)n_bytes * w->options.count;
    const size_t work =
        rqa__randomise_memory(series->n_samples, series->n_channels, w->context->n_threads);
    return rqa__context_check_memory(w->context, held + work, "the surrogates");
}

static int create_set(struct rqa_surrogates **out, const struct rqa_series *series, size_t count)
{
    struct rqa_surrogates *set = rqa__calloc(1, sizeof *set);
    if (set) {
        set->count = count;
        set->series = rqa__calloc(count, sizeof(struct rqa_series *));
        set->error = rqa__calloc(count, sizeof *set->error);
        set->n_iterations = rqa__calloc(count, sizeof *set->n_iterations);
    }
    if (!set || !set->series || !set->error || !set->n_iterations) {
        rqa__surrogates_free(set);
        return rqa__fail_memory("the surrogates");
    }
    rqa__series_retain(series);
    set->original = series;
    *out = set;
    return RQA_OK;
}

int rqa__surrogates_new(struct rqa_surrogates **out, const struct rqa_series *series,
                        const rqa_surrogate_options *options, const rqa_analysis_options *analysis)
{
    workshop w = {.context = series->context, .options = *options};
    int status = rqa__context_check_process(w.context);
    if (!status)
        status = check(series, options);
    if (!status)
        status = check_memory(&w, series);
    if (!status)
        status = create_set(&w.set, series, options->count);
    if (status)
        return status;
    const int keeps_ranks =
        options->method == RQA_SURROGATE_AAFT || options->method == RQA_SURROGATE_IAAFT;
    w.cancel = rqa__context_enter(w.context);
    status = rqa__original_create(&w.original, series, keeps_ranks);
    w.original.max_iterations = options->max_iterations;
    if (!status && options->method == RQA_SURROGATE_TWIN)
        status = find_twins(&w, analysis);
    if (!status)
        status = make_all(&w);
    rqa__context_leave(w.context);
    clear(&w);
    if (status) {
        rqa__surrogates_free(w.set);
        return status;
    }
    *out = w.set;
    return RQA_OK;
}

void rqa__surrogates_free(struct rqa_surrogates *set)
{
    if (!set)
        return;
    for (size_t k = 0; set->series && k < set->count; k++)
        rqa__series_release(set->series[k]);
    rqa__series_release(set->original);
    rqa__free(set->series);
    rqa__free(set->error);
    rqa__free(set->n_iterations);
    rqa__free(set);
}
