/* stream.c - samples as they arrive: after creation nothing is allocated and no lock taken. */
#include "windows/stream_state.h"

#include <inttypes.h>
#include <math.h>

#include "base/error.h"
#include "base/fp_env.h"
#include "base/memory.h"

/* Squares below the bound stay in the range of double, so that no sample needs to be rescaled as a
 * recording is (docs/numerics.md): a square that leaves the range upwards is above the bound, and
 * one that leaves it downwards is too small to change a sum near the bound. Of the bound 0, which
 * squares that vanish would meet, the maximum norm says the same. */
static uint32_t norm_for(const rqa__stream_plan *plan)
{
    return plan->rules->norm == RQA_NORM_EUCLIDEAN && plan->bound <= 0
               ? RQA__NORM_MAXIMUM
               : (uint32_t)plan->rules->norm;
}

static rqa__task task_of(const rqa__stream_plan *plan, size_t n_samples, int skips)
{
    const rqa__side side = {
        .n_samples = n_samples,
        .n_channels = (uint32_t)plan->n_channels,
        .delay = plan->delay,
        .dims = &plan->dim,
    };
    return (rqa__task){
        .relation = RQA__RELATION_AUTO,
        .norm = norm_for(plan),
        .n_dims = 1,
        .n_thresholds = 1,
        .x = side,
        .y = side,
        .bounds = &plan->bound,
        .theiler_points = plan->rules->theiler_points,
        .theiler_diagonal = plan->rules->theiler_diagonal,
        .theiler_vertical = plan->rules->theiler_vertical,
        .tallies = rqa__measures_tallies(plan->rules->convention, plan->rules->measures),
        .upper_only = plan->rules->convention->upper_only,
        .band_is_white = plan->rules->convention->band_is_white,
        .skips = (uint32_t)skips,
    };
}

static int check_room(const rqa__stream_plan *plan, const rqa__task *task)
{
    if (plan->n_vectors > RQA__WINDOW_MOST_VECTORS)
        return rqa__fail(RQA_ERROR_VALUE,
                         "stream->window has %zu vectors; a stream takes at most %d",
                         plan->n_vectors, RQA__WINDOW_MOST_VECTORS);
    const size_t n_bytes = rqa__window_bytes(task, plan->n_vectors);
    if (n_bytes == 0)
        return rqa__fail(RQA_ERROR_OVERFLOW, "the stream does not fit the address space");
    return rqa__context_check_memory(plan->context, n_bytes, "the stream");
}

int rqa__stream_new(struct rqa_stream **out, const rqa__stream_plan *plan,
                    const rqa_stream_options *options)
{
    const rqa__task task =
        task_of(plan, (size_t)options->window, options->missing == RQA_MISSING_SKIP);
    int status = check_room(plan, &task);
    if (status)
        return status;
    struct rqa_stream *s = rqa__calloc(1, sizeof *s);
    if (!s)
        return rqa__fail_memory("a stream");
    s->rules = *plan->rules;
    s->how = plan->how;
    s->how.rules = &s->rules;
    s->n_channels = plan->n_channels;
    s->n_samples = (size_t)options->window;
    s->missing = options->missing;
    s->on_sample = options->on_sample;
    s->user = options->user;
    s->absent = rqa__alloc_array(s->n_channels, sizeof *s->absent);
    s->scratch = rqa__alloc_array(2 * plan->n_vectors, sizeof *s->scratch);
    status = s->absent && s->scratch ? RQA_OK : rqa__fail_memory("a stream");
    if (!status)
        status = rqa__window_create(&s->window, &task, plan->n_vectors, plan->context->cpu);
    if (status) {
        rqa__stream_free(s);
        return status;
    }
    for (size_t c = 0; c < s->n_channels; c++)
        s->absent[c] = NAN;
    s->has_trend = rqa__window_trend_range(&s->how, &s->trend);
    if (rqa__window_reads_white_together(&s->how))
        rqa__window_join_white(s->window);
    *out = s;
    return RQA_OK;
}

void rqa__stream_free(struct rqa_stream *s)
{
    if (!s)
        return;
    rqa__window_destroy(s->window);
    rqa__free(s->absent);
    rqa__free(s->scratch);
    rqa__free(s);
}

static int refuse_calls(const struct rqa_stream *s)
{
    if (!s->is_calling)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_STATE, "on_sample may read the stream, not change it");
}

static int sample_is_finite(const struct rqa_stream *s, const double *sample)
{
    for (size_t c = 0; c < s->n_channels; c++)
        if (!isfinite(sample[c]))
            return 0;
    return 1;
}

static int check_finite(const struct rqa_stream *s, const double *samples, size_t n_samples)
{
    for (size_t k = 0; s->missing == RQA_MISSING_ERROR && k < n_samples; k++)
        if (!sample_is_finite(s, samples + k * s->n_channels))
            return rqa__fail(RQA_ERROR_NOT_FINITE,
                             "sample %" PRIu64
                             " of the stream is not finite; allowed with RQA_MISSING_SKIP",
                             s->n_taken + k);
    return RQA_OK;
}

static int tell(struct rqa_stream *s)
{
    s->is_calling = 1;
    const int was_inside = rqa__fp_lend();
    const int32_t answer = s->on_sample(s->user, s, s->n_taken);
    rqa__fp_take_back(was_inside);
    s->is_calling = 0;
    if (answer == 0)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_CANCELLED, "on_sample stopped the stream at sample %" PRIu64,
                     s->n_taken - 1);
}

int rqa__stream_push(struct rqa_stream *s, const double *samples, size_t n_samples)
{
    int status = refuse_calls(s);
    if (!status)
        status = check_finite(s, samples, n_samples);
    for (size_t k = 0; k < n_samples && !status; k++) {
        const double *sample = samples + k * s->n_channels;
        rqa__window_push(s->window, sample_is_finite(s, sample) ? sample : s->absent, NULL);
        s->n_taken++;
        s->is_read = 0;
        if (s->on_sample && s->n_taken >= s->n_samples)
            status = tell(s);
    }
    return status;
}

int rqa__stream_reset(struct rqa_stream *s)
{
    int status = refuse_calls(s);
    if (status)
        return status;
    rqa__window_reset(s->window);
    s->n_taken = 0;
    s->is_read = 0;
    return RQA_OK;
}

void rqa__stream_read(struct rqa_stream *s)
{
    if (s->is_read)
        return;
    s->is_read = 1;
    if (s->n_taken < s->n_samples || s->how.too_short) {
        rqa__window_no_values(&s->how, RQA_REASON_SERIES_TOO_SHORT, s->value, s->why);
    } else if (rqa__window_is_empty(s->window)) {
        rqa__window_no_values(&s->how, RQA_REASON_ALL_SKIPPED, s->value, s->why);
    } else {
        rqa__tally tally;
        rqa__window_tally(s->window, &tally);
        rqa__window_values(&s->how, &tally, s->scratch, s->value, s->why);
        if (s->has_trend) {
            const double *density = rqa__window_densities(s->window, 0);
            rqa__trends(&s->trend, &density, 1, &s->value[RQA_MEASURE_TREND]);
            s->why[RQA_MEASURE_TREND] = RQA_REASON_DEFINED;
        }
    }
}
