/* api_context.c - rqa/context.h. */
#include "backend/calibrate.h"
#include "backend/select.h"
#include "base/fp_env.h"
#include "base/number.h"
#include "measures/ln_count.h"
#include "plan/context_state.h"

#include <math.h>
#include <string.h>

/* Sizes of the structs in release 0.1.0. */
enum {
    OPTIONS_SMALLEST = RQA__SIZE_THROUGH(rqa_context_options, device_batch),
    INFO_SMALLEST = RQA__SIZE_THROUGH(rqa_backend_info, memory_bytes),
    PROFILE_SMALLEST = RQA__SIZE_THROUGH(rqa_profile, thread_start_s),
};

void rqa_context_options_init_sized(rqa_context_options *options, size_t size)
{
    const rqa_context_options defaults = {.struct_size = sizeof defaults};
    rqa__options_fill(options, size, &defaults, sizeof defaults);
}

/* What callers of release 0.1.0 call, whose struct ended there. */
void(rqa_context_options_init)(rqa_context_options *options)
{
    rqa_context_options_init_sized(options, OPTIONS_SMALLEST);
}

rqa_status rqa_context_create(rqa_context **out, const rqa_context_options *options)
{
    RQA__ENTRY;
    if (!out)
        return rqa__fail_null("out");
    *out = NULL;
    rqa_context_options full;
    rqa_context_options_init(&full);
    int status = rqa__options_read(&full, sizeof full, OPTIONS_SMALLEST, options, "options");
    if (status)
        return status;
    rqa__ln_table_fill();
    return rqa__context_new(out, &full);
}

void rqa_context_destroy(rqa_context *context)
{
    RQA__ENTRY;
    rqa__context_free(context);
}

uint32_t rqa_context_n_threads(const rqa_context *context)
{
    return context ? context->n_threads : 0;
}

void rqa_context_cancel(rqa_context *context)
{
    RQA__ENTRY;
    /* A fork has no analysis to stop, and the lock may be held for ever. */
    if (context && rqa__context_check_process(context) == RQA_OK)
        rqa__context_cancel(context);
}

rqa_status rqa_context_backend_at(const rqa_context *context, size_t index, rqa_backend_info *info)
{
    RQA__ENTRY;
    if (!context)
        return rqa__fail_null("context");
    if (!info)
        return rqa__fail_null("info");
    rqa_backend_info full;
    memset(&full, 0, sizeof full);
    int status = rqa__backend_describe(&full, context, index);
    return status ? status : rqa__output_write(info, &full, sizeof full, INFO_SMALLEST, "info");
}

rqa_status rqa_context_calibrate(rqa_context *context)
{
    RQA__ENTRY;
    if (!context)
        return rqa__fail_null("context");
    int status = rqa__context_check_process(context);
    rqa__profile profile;
    if (!status)
        status = rqa__calibrate(&profile, context);
    if (status)
        return status;
    context->profile = profile;
    context->calibrated = 1;
    return RQA_OK;
}

rqa_status rqa_context_get_profile(const rqa_context *context, rqa_profile *profile)
{
    RQA__ENTRY;
    if (!context)
        return rqa__fail_null("context");
    if (!profile)
        return rqa__fail_null("profile");
    const rqa__profile *own = &context->profile;
    const rqa_profile full = {
        .measured = context->calibrated,
        .bits_scale = own->bits_scale,
        .sweep_scale = own->sweep_scale,
        .thread_speedup = own->thread_speedup,
        .thread_start_s = 1e-9 * own->thread_start_ns,
        .gpu_rate = own->gpu_rate,
        .gpu_start_s = 1e-9 * own->gpu_start_ns,
    };
    return rqa__output_write(profile, &full, sizeof full, PROFILE_SMALLEST, "profile");
}

static int check_profile(const rqa_profile *profile)
{
    if (!(profile->bits_scale > 0 && profile->bits_scale < INFINITY))
        return rqa__fail(RQA_ERROR_VALUE, "profile->bits_scale is %s; it must be positive",
                         rqa__shortest(profile->bits_scale).text);
    if (!(profile->sweep_scale > 0 && profile->sweep_scale < INFINITY))
        return rqa__fail(RQA_ERROR_VALUE, "profile->sweep_scale is %s; it must be positive",
                         rqa__shortest(profile->sweep_scale).text);
    if (!(profile->thread_speedup >= 1 && profile->thread_speedup < INFINITY))
        return rqa__fail(RQA_ERROR_VALUE, "profile->thread_speedup is %s; it must be at least 1",
                         rqa__shortest(profile->thread_speedup).text);
    if (!(profile->thread_start_s >= 0 && profile->thread_start_s < INFINITY))
        return rqa__fail(RQA_ERROR_VALUE, "profile->thread_start_s is %s; it must not be negative",
                         rqa__shortest(profile->thread_start_s).text);
    if (!(profile->gpu_rate >= 0 && profile->gpu_rate < INFINITY))
        return rqa__fail(RQA_ERROR_VALUE, "profile->gpu_rate is %s; it must not be negative",
                         rqa__shortest(profile->gpu_rate).text);
    if (!(profile->gpu_start_s >= 0 && profile->gpu_start_s < INFINITY))
        return rqa__fail(RQA_ERROR_VALUE, "profile->gpu_start_s is %s; it must not be negative",
                         rqa__shortest(profile->gpu_start_s).text);
    return RQA_OK;
}

rqa_status rqa_context_set_profile(rqa_context *context, const rqa_profile *profile)
{
    RQA__ENTRY;
    if (!context)
        return rqa__fail_null("context");
    if (!profile) {
        context->profile = rqa__profile_assumed(context->cpu, context->n_threads);
        context->calibrated = 0;
        return RQA_OK;
    }
    rqa_profile full;
    memset(&full, 0, sizeof full);
    int status = rqa__options_read(&full, sizeof full, PROFILE_SMALLEST, profile, "profile");
    if (!status)
        status = check_profile(&full);
    if (status)
        return status;
    rqa__profile *own = &context->profile;
    if (full.gpu_rate > 0) {
        own->gpu_rate = full.gpu_rate;
        own->gpu_start_ns = 1e9 * full.gpu_start_s;
    } else {
        *own = rqa__profile_assumed(context->cpu, context->n_threads);
    }
    own->bits_scale = full.bits_scale;
    own->sweep_scale = full.sweep_scale;
    own->thread_speedup = full.thread_speedup;
    own->thread_start_ns = 1e9 * full.thread_start_s;
    context->calibrated = 1;
    return RQA_OK;
}
