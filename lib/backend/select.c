/* select.c - the built-in size table behind RQA_BACKEND_AUTO, and the backend list. */
#include "backend/select.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

static const char hybrid_needs_gpu[] = "needs a GPU";
static const char hybrid_shares[] = "every GPU and all threads, from one queue";

/* The size table: operations below which each backend is the right one. Without a GPU, threads take
 * its rows. */
static const double sequential_below = 1e6, gpu_below = 1e7, threads_below = 1e8;

/* Of what devices and threads could do together, what is left after they have waited for the last. */
static const double hybrid_share = 0.9;

double rqa__device_ns(const rqa__profile *profile, const rqa__device *device, double operations)
{
    unsigned n = device->info.n_processors ? device->info.n_processors : 1;
    return profile->gpu_start_ns + operations / (profile->gpu_rate * n);
}

static int choose(rqa__choice *out, const struct rqa_context *context, int32_t backend)
{
    int threads = backend == RQA_BACKEND_THREADS || backend == RQA_BACKEND_HYBRID;
    out->backend = backend;
    out->n_threads = threads ? context->n_threads : 1;
    return RQA_OK;
}

static int refuse(int32_t backend, const char *by, int status, const char *why)
{
    return rqa__fail(status, "backend '%s' (%s): %.400s", rqa_backend_name(backend), by, why);
}

/* Why no device of the context can be used. */
static const char *no_device(const rqa__device_list *list)
{
    return !list             ? "there is no memory for a list of devices"
           : list->n_devices ? "every device has failed before"
                             : list->reason;
}

static int choose_named(rqa__choice *out, const struct rqa_context *context, int32_t backend,
                        const char *by, unsigned work)
{
    snprintf(out->reason, sizeof out->reason, "%s", by);
    if (backend != RQA_BACKEND_GPU && backend != RQA_BACKEND_HYBRID)
        return choose(out, context, backend);
    const rqa__device_list *list = rqa__devices_of(context);
    out->device = rqa__device_usable(list);
    if (!out->device)
        return refuse(backend, by, RQA_ERROR_BACKEND_MISSING, no_device(list));
    if (backend == RQA_BACKEND_GPU && !(work & RQA__WORK_ON_GPU))
        return refuse(backend, by, RQA_ERROR_BACKEND_MISSING,
                      "this work runs on threads alone in this release");
    if (backend == RQA_BACKEND_HYBRID && !(work & RQA__WORK_HYBRID))
        return refuse(backend, by, RQA_ERROR_BACKEND_MISSING,
                      "this work is not shared out in this release; gpu and threads are there");
    return choose(out, context, backend);
}

/* All devices together, or the first alone. */
static double devices_ns(const struct rqa_context *context, double operations, int all)
{
    const rqa__device_list *list = rqa__devices_of(context);
    double rate = 0;
    for (size_t k = 0; k < list->n_devices && (all || rate == 0); k++)
        if (!rqa__device_has_failed(&list->device[k]))
            rate += 1 / rqa__device_ns(&context->profile, &list->device[k], operations);
    return 1 / rate;
}

/* With a measured profile: whichever is predicted to be done first. */
static int choose_by_profile(rqa__choice *out, const struct rqa_context *context, double operations,
                             double predicted_ns, unsigned work)
{
    const rqa__profile *profile = &context->profile;
    double on_threads = predicted_ns / profile->thread_speedup + profile->thread_start_ns;
    int threads = context->n_threads > 1 && on_threads < predicted_ns;
    double best = threads ? on_threads : predicted_ns, on_gpu = INFINITY, on_both = INFINITY;
    if (work & RQA__WORK_ON_GPU && best > profile->gpu_start_ns)
        out->device = rqa__device_usable(rqa__devices_of(context));
    if (out->device)
        on_gpu = devices_ns(context, operations, (work & RQA__WORK_HYBRID) != 0);
    if (out->device && work & RQA__WORK_HYBRID)
        on_both = 1 / (hybrid_share * (1 / on_gpu + 1 / on_threads));
    int used = snprintf(out->reason, sizeof out->reason,
                        "auto: measured profile predicts %s ms on one thread, %s ms on %u",
                        rqa__rounded(1e-6 * predicted_ns, 3).text,
                        rqa__rounded(1e-6 * on_threads, 3).text, context->n_threads);
    if (out->device)
        snprintf(out->reason + used, sizeof out->reason - (size_t)used, "; %s ms on the GPU",
                 rqa__rounded(1e-6 * on_gpu, 3).text);
    if (on_both < best && on_both < on_gpu)
        return choose(out, context, RQA_BACKEND_HYBRID);
    if (on_gpu < best)
        return choose(out, context, RQA_BACKEND_GPU);
    return choose(out, context, threads ? RQA_BACKEND_THREADS : RQA_BACKEND_SEQUENTIAL);
}

/* "auto: 3.2e+06 operations, ..." */
static void give_size(rqa__choice *out, double operations)
{
    snprintf(out->reason, sizeof out->reason, "auto: %s operations",
             rqa__rounded(operations, 3).text);
}

static void add_reason(rqa__choice *out, const char *format, ...) RQA__PRINTF(2, 3);

static void add_reason(rqa__choice *out, const char *format, ...)
{
    size_t used = strlen(out->reason);
    va_list args;
    va_start(args, format);
    vsnprintf(out->reason + used, sizeof out->reason - used, format, args);
    va_end(args);
}

static int choose_with_gpu(rqa__choice *out, const struct rqa_context *context, double operations,
                           unsigned work)
{
    if (operations < gpu_below) {
        add_reason(out, ", %s to %s", rqa__rounded(sequential_below, 1).text,
                   rqa__rounded(gpu_below, 1).text);
        return choose(out, context, RQA_BACKEND_GPU);
    }
    if (operations < threads_below && context->n_threads > 1) {
        add_reason(out, ", %s to %s", rqa__rounded(gpu_below, 1).text,
                   rqa__rounded(threads_below, 1).text);
        return choose(out, context, RQA_BACKEND_THREADS);
    }
    int hybrid = (work & RQA__WORK_HYBRID) != 0;
    add_reason(out, ", from %s up%s", rqa__rounded(threads_below, 1).text,
               hybrid ? "" : "; one analysis is not shared out");
    return choose(out, context, hybrid ? RQA_BACKEND_HYBRID : RQA_BACKEND_GPU);
}

static int choose_by_size(rqa__choice *out, const struct rqa_context *context, double operations,
                          unsigned work)
{
    give_size(out, operations);
    if (operations < sequential_below) {
        add_reason(out, ", below %s", rqa__rounded(sequential_below, 1).text);
        return choose(out, context, RQA_BACKEND_SEQUENTIAL);
    }
    if (work & RQA__WORK_ON_GPU)
        out->device = rqa__device_usable(rqa__devices_of(context));
    if (out->device)
        return choose_with_gpu(out, context, operations, work);
    if (context->n_threads == 1) {
        add_reason(out, ", but one thread only");
        return choose(out, context, RQA_BACKEND_SEQUENTIAL);
    }
    add_reason(out, ", from %s up, no GPU", rqa__rounded(sequential_below, 1).text);
    return choose(out, context, RQA_BACKEND_THREADS);
}

int rqa__select_backend_for(rqa__choice *out, const struct rqa_context *context, int32_t requested,
                            double operations, double predicted_ns, unsigned work)
{
    out->device = NULL;
    if (requested != RQA_BACKEND_AUTO)
        return choose_named(out, context, requested, "named by the caller", work);
    if (context->forced_backend != RQA_BACKEND_AUTO)
        return choose_named(out, context, context->forced_backend,
                            "named by RQA_BACKEND in the environment", work);
    if (context->calibrated)
        return choose_by_profile(out, context, operations, predicted_ns, work);
    return choose_by_size(out, context, operations, work);
}

int rqa__select_backend(rqa__choice *out, const struct rqa_context *context, int32_t requested,
                        double operations, double predicted_ns)
{
    return rqa__select_backend_for(out, context, requested, operations, predicted_ns, 0);
}

static void describe_device(rqa_backend_info *info, const struct rqa_context *context,
                            const rqa__device_list *list, size_t index)
{
    info->backend = RQA_BACKEND_GPU;
    if (!list || list->n_devices == 0) {
        info->detail = no_device(list);
        return;
    }
    const rqa__device *device = &list->device[index];
    info->available = 1;
    info->n_workers = 1;
    info->detail = device->detail;
    /* What is free may not be known before it is opened. */
    const uint64_t most =
        device->info.memory_free ? device->info.memory_free : device->info.memory_total;
    info->memory_bytes = (uint64_t)(context->device_memory_share * (double)most);
}

int rqa__backend_describe(rqa_backend_info *info, const struct rqa_context *context, size_t index)
{
    const rqa__device_list *list = index < 2 ? NULL : rqa__devices_of(context);
    size_t n_gpu =
        list && list->n_devices > 0 ? list->n_devices : 1; /* its line if there is none */
    if (index < 2) {
        info->backend = index == 0 ? RQA_BACKEND_SEQUENTIAL : RQA_BACKEND_THREADS;
        info->available = 1;
        info->n_workers = index == 0 ? 1 : context->n_threads;
        info->detail = index == 0 ? context->one_thread : context->all_threads;
        info->memory_bytes = context->memory_limit_bytes;
    } else if (index < 2 + n_gpu) {
        describe_device(info, context, list, index - 2);
    } else if (index == 2 + n_gpu) {
        info->backend = RQA_BACKEND_HYBRID;
        info->detail = hybrid_needs_gpu;
        if (list && rqa__device_usable(list)) {
            info->available = 1;
            info->n_workers = (uint32_t)list->n_devices + context->n_threads;
            info->detail = hybrid_shares;
            info->memory_bytes = context->memory_limit_bytes;
        }
    } else {
        return rqa__fail(RQA_ERROR_VALUE, "index %zu is past the end of the backend list (%zu)",
                         index, 3 + n_gpu);
    }
    info->name = rqa_backend_name(info->backend);
    return RQA_OK;
}
