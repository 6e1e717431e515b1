/* select.c - the built-in size table behind RQA_BACKEND_AUTO, and the backend list. */
#include "backend/select.h"

#include <stdio.h>

static const char gpu_missing[] = "this release of librqa has no GPU plugin";
static const char hybrid_missing[] = "needs a GPU, and this release of librqa has no GPU plugin";

/* The size table: operations below which each backend is the right one. With a GPU the second row
 * would go to it and the last to both; without one, threads take those rows. */
static const double sequential_below = 1e6;

static int choose(rqa__choice *out, const struct rqa_context *context, int32_t backend)
{
    out->backend = backend;
    out->n_threads = backend == RQA_BACKEND_THREADS ? context->n_threads : 1;
    return RQA_OK;
}

static int choose_named(rqa__choice *out, const struct rqa_context *context, int32_t backend,
                        const char *by)
{
    if (backend == RQA_BACKEND_GPU || backend == RQA_BACKEND_HYBRID)
        return rqa__fail(RQA_ERROR_BACKEND_MISSING, "backend '%s' (%s): %s",
                         rqa_backend_name(backend), by,
                         backend == RQA_BACKEND_GPU ? gpu_missing : hybrid_missing);
    snprintf(out->reason, sizeof out->reason, "%s", by);
    return choose(out, context, backend);
}

/* With a measured profile: whichever is predicted to be done first. */
static int choose_by_profile(rqa__choice *out, const struct rqa_context *context,
                             double predicted_ns)
{
    const rqa__profile *profile = &context->profile;
    double on_threads = predicted_ns / profile->thread_speedup + profile->thread_start_ns;
    int threads = context->n_threads > 1 && on_threads < predicted_ns;
    snprintf(out->reason, sizeof out->reason,
             "auto: measured profile predicts %.3g ms on one thread, %.3g ms on %u",
             1e-6 * predicted_ns, 1e-6 * on_threads, context->n_threads);
    return choose(out, context, threads ? RQA_BACKEND_THREADS : RQA_BACKEND_SEQUENTIAL);
}

static int choose_by_size(rqa__choice *out, const struct rqa_context *context, double operations)
{
    if (operations < sequential_below) {
        snprintf(out->reason, sizeof out->reason, "auto: %.3g operations, below %.0e", operations,
                 sequential_below);
        return choose(out, context, RQA_BACKEND_SEQUENTIAL);
    }
    if (context->n_threads == 1) {
        snprintf(out->reason, sizeof out->reason, "auto: %.3g operations, but one thread only",
                 operations);
        return choose(out, context, RQA_BACKEND_SEQUENTIAL);
    }
    snprintf(out->reason, sizeof out->reason, "auto: %.3g operations, from %.0e up, no GPU",
             operations, sequential_below);
    return choose(out, context, RQA_BACKEND_THREADS);
}

int rqa__select_backend(rqa__choice *out, const struct rqa_context *context, int32_t requested,
                        double operations, double predicted_ns)
{
    if (requested != RQA_BACKEND_AUTO)
        return choose_named(out, context, requested, "named by the caller");
    if (context->forced_backend != RQA_BACKEND_AUTO)
        return choose_named(out, context, context->forced_backend,
                            "named by RQA_BACKEND in the environment");
    if (context->calibrated)
        return choose_by_profile(out, context, predicted_ns);
    return choose_by_size(out, context, operations);
}

int rqa__backend_describe(rqa_backend_info *info, const struct rqa_context *context, size_t index)
{
    switch (index) {
    case 0:
        info->backend = RQA_BACKEND_SEQUENTIAL;
        info->available = 1;
        info->n_workers = 1;
        info->detail = context->one_thread;
        info->memory_bytes = context->memory_limit_bytes;
        break;
    case 1:
        info->backend = RQA_BACKEND_THREADS;
        info->available = 1;
        info->n_workers = context->n_threads;
        info->detail = context->all_threads;
        info->memory_bytes = context->memory_limit_bytes;
        break;
    case 2:
        info->backend = RQA_BACKEND_GPU;
        info->detail = gpu_missing;
        break;
    case 3:
        info->backend = RQA_BACKEND_HYBRID;
        info->detail = hybrid_missing;
        break;
    default:
        return rqa__fail(RQA_ERROR_VALUE, "index %zu is past the end of the backend list (4)",
                         index);
    }
    info->name = rqa_backend_name(info->backend);
    return RQA_OK;
}
