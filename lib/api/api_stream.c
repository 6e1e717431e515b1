/* api_stream.c - rqa/stream.h. */
#include "rqa/stream.h"

#include <inttypes.h>
#include <math.h>

#include "base/error.h"
#include "base/fp_env.h"
#include "base/number.h"
#include "batch/metrics_result.h"
#include "data/delay_embedding.h"
#include "data/recording.h"
#include "plan/cell_rules.h"
#include "plan/neighbourhood.h"
#include "plan/unit_names.h"
#include "windows/stream_state.h"

/* Size of rqa_stream_options in the release that brought it. */
enum { OPTIONS_SMALLEST = RQA__SIZE_THROUGH(rqa_stream_options, user) };

void rqa_stream_options_init_sized(rqa_stream_options *options, size_t size)
{
    const rqa_stream_options defaults = {.struct_size = sizeof defaults};
    rqa__options_fill(options, size, &defaults, sizeof defaults);
}

static int check_shape(const rqa__stream_plan *plan, const rqa_stream_options *stream)
{
    if (plan->n_channels < 1 || plan->n_channels > RQA__SERIES_MAX_CHANNELS)
        return rqa__fail(RQA_ERROR_VALUE, "n_channels is %zu; allowed is 1..%d", plan->n_channels,
                         RQA__SERIES_MAX_CHANNELS);
    if (plan->dim < 1 || plan->dim > RQA__MAX_DIM)
        return rqa__fail(RQA_ERROR_VALUE, "dim is %u; allowed is 1..%d", plan->dim, RQA__MAX_DIM);
    if (plan->delay < 1 || plan->delay > RQA__MAX_DELAY)
        return rqa__fail(RQA_ERROR_VALUE, "delay is %u; allowed is 1..%d", plan->delay,
                         RQA__MAX_DELAY);
    if (stream->missing < 0 || stream->missing > RQA_MISSING_SKIP)
        return rqa__fail(RQA_ERROR_VALUE, "stream->missing is %d; allowed is 0..%d",
                         stream->missing, RQA_MISSING_SKIP);
    if (stream->window < 1 || stream->window > RQA__SERIES_MAX_SAMPLES)
        return rqa__fail(RQA_ERROR_VALUE, "stream->window is %" PRIu64 "; allowed is 1..%d samples",
                         stream->window, RQA__SERIES_MAX_SAMPLES);
    if (plan->n_vectors < 2)
        return rqa__fail(RQA_ERROR_TOO_SHORT,
                         "a window of %" PRIu64
                         " samples has %zu vectors at dim %u and delay %u; it needs 2",
                         stream->window, plan->n_vectors, plan->dim, plan->delay);
    return RQA_OK;
}

static int check_rules(const rqa__rules *rules, const rqa_analysis_options *options)
{
    if (rules->relation != RQA_RELATION_AUTO)
        return rqa__fail(RQA_ERROR_UNSUPPORTED,
                         "options->relation is not auto; a stream is compared with itself alone");
    if (rules->threshold_unit != RQA_THRESHOLD_DATA)
        return rqa__fail(RQA_ERROR_UNSUPPORTED,
                         "options->threshold_unit is %s; of a stream, whose samples are yet to "
                         "come, only data is known",
                         rqa__threshold_unit_name(rules->threshold_unit));
    if (rules->corridor)
        return rqa__fail(RQA_ERROR_UNSUPPORTED,
                         "options->corridor is %d; a stream has no corridor, only 0 is allowed",
                         rules->corridor);
    if (rqa__cell_rules_name(rules))
        return rqa__cell_rules_refuse(rules, "a stream");
    if (rules->border != RQA_BORDER_ALL)
        return rqa__fail(RQA_ERROR_UNSUPPORTED,
                         "options->border is %s; in a stream only all is allowed",
                         rqa_border_name(rules->border));
    if (rules->measures & ~RQA__LINE_MEASURES)
        return rqa__fail(RQA_ERROR_UNSUPPORTED,
                         "options->measures is 0x%" PRIx64
                         "; a stream has the measures of lines and points, bits 0..%d",
                         rules->measures, RQA_MEASURE_LAM_DET);
    const double least = ldexp(1, -400), most = ldexp(1, 480), threshold = options->threshold;
    if (rules->norm == RQA_NORM_EUCLIDEAN && threshold != 0 &&
        (threshold < least || threshold > most))
        return rqa__fail(RQA_ERROR_VALUE,
                         "options->threshold is %s; allowed in a stream is 0, or 2^-400 to 2^480, "
                         "with the Euclidean norm",
                         rqa__shortest(threshold).text);
    return RQA_OK;
}

static int create(rqa_stream **out, rqa__stream_plan *plan, const rqa_analysis_options *options,
                  const rqa_stream_options *stream)
{
    rqa__rules rules;
    int status = rqa__context_check_process(plan->context);
    if (!status && options->relation != RQA_RELATION_AUTO && options->relation >= 0 &&
        options->relation <= RQA_RELATION_JOINT)
        return check_rules(&(rqa__rules){.relation = options->relation}, options);
    if (!status)
        status = rqa__rules_resolve(&rules, options, 0);
    if (!status)
        status = rqa__threshold_check(options->threshold, "options->threshold");
    if (!status)
        status = check_rules(&rules, options);
    if (!status)
        status = rqa__neighbourhood_check(&rules, options);
    plan->n_vectors = rqa__n_vectors((size_t)stream->window, plan->dim, plan->delay);
    if (!status)
        status = check_shape(plan, stream);
    if (status)
        return status;
    plan->rules = &rules;
    plan->bound = rqa__bound(rules.norm, rules.compare, options->threshold);
    plan->how.reading = rqa__reading_of(&rules, plan->n_vectors, plan->n_vectors);
    plan->how.too_short =
        rqa__too_short(&rules, stream->window, stream->window, plan->n_vectors, plan->n_vectors);
    return rqa__stream_new(out, plan, stream);
}

rqa_status rqa_stream_create(rqa_stream **out, rqa_context *context, size_t n_channels,
                             uint32_t dim, uint32_t delay, const rqa_analysis_options *options,
                             const rqa_stream_options *stream)
{
    RQA__ENTRY;
    if (!out)
        return rqa__fail_null("out");
    *out = NULL;
    if (!context)
        return rqa__fail_null("context");
    if (!stream)
        return rqa__fail_null("stream");
    rqa_analysis_options full;
    rqa_stream_options full_stream;
    rqa_stream_options_init(&full_stream);
    int status = rqa__analysis_options_read(&full, options);
    if (!status)
        status =
            rqa__options_read(&full_stream, sizeof full_stream, OPTIONS_SMALLEST, stream, "stream");
    rqa__stream_plan plan = {
        .context = context, .n_channels = n_channels, .dim = dim, .delay = delay};
    return status ? status : create(out, &plan, &full, &full_stream);
}

void rqa_stream_destroy(rqa_stream *stream)
{
    RQA__ENTRY;
    rqa__stream_free(stream);
}

rqa_status rqa_stream_push(rqa_stream *stream, const double *samples, size_t n_samples)
{
    RQA__ENTRY;
    if (!stream)
        return rqa__fail_null("stream");
    if (!samples)
        return rqa__fail_null("samples");
    return rqa__stream_push(stream, samples, n_samples);
}

rqa_status rqa_stream_get(rqa_stream *stream, int32_t measure, double *out)
{
    RQA__ENTRY;
    if (!stream)
        return rqa__fail_null("stream");
    if (!out)
        return rqa__fail_null("out");
    if (measure < 0 || measure >= RQA_MEASURE_COUNT)
        return rqa__fail(RQA_ERROR_VALUE, "measure is %d; allowed is 0..%d", measure,
                         RQA_MEASURE_COUNT - 1);
    rqa__stream_read(stream);
    *out = stream->value[measure];
    return RQA_OK;
}

int32_t rqa_stream_reason(rqa_stream *stream, int32_t measure)
{
    RQA__ENTRY;
    if (!stream || measure < 0 || measure >= RQA_MEASURE_COUNT)
        return RQA_REASON_NOT_COMPUTED;
    rqa__stream_read(stream);
    return stream->why[measure];
}

rqa_status rqa_stream_values(rqa_stream *stream, double *values, uint8_t *reasons,
                             size_t n_measures)
{
    RQA__ENTRY;
    if (!stream)
        return rqa__fail_null("stream");
    if (!values)
        return rqa__fail_null("values");
    rqa__stream_read(stream);
    for (size_t m = 0; m < n_measures && m < RQA_MEASURE_COUNT; m++) {
        values[m] = stream->value[m];
        if (reasons)
            reasons[m] = stream->why[m];
    }
    return RQA_OK;
}

uint64_t rqa_stream_n_samples(const rqa_stream *stream)
{
    return stream ? stream->n_taken : 0;
}

rqa_status rqa_stream_reset(rqa_stream *stream)
{
    RQA__ENTRY;
    if (!stream)
        return rqa__fail_null("stream");
    return rqa__stream_reset(stream);
}
