/* context_state.c - the context: threads, limits, log, kernel level. */
#include "plan/context_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/environment.h"
#include "base/memory.h"
#include "base/number.h"

static const char *const backend_names[] = {"auto", "sequential", "threads", "gpu", "hybrid"};

enum { MAX_THREADS = 1024 };

const char *rqa_backend_name(int32_t backend)
{
    return backend >= 0 && backend < 5 ? backend_names[backend] : NULL;
}

rqa_status rqa_backend_from_name(int32_t *out, const char *name)
{
    if (!out)
        return rqa__fail_null("out");
    if (!name)
        return rqa__fail_null("name");
    for (int32_t k = 0; k < 5; k++)
        if (strcmp(name, backend_names[k]) == 0) {
            *out = k;
            return RQA_OK;
        }
    return rqa__fail(RQA_ERROR_UNKNOWN_NAME,
                     "unknown backend '%.40s'; known are auto, sequential, threads, gpu, hybrid",
                     name);
}

/* RQA_NUM_THREADS, 0 where it is not set: for a context that leaves the number to the library. */
static int threads_of_environment(uint32_t *n_threads)
{
    const char *said = rqa__environment("RQA_NUM_THREADS");
    uint32_t number = 0;
    for (const char *c = said; c && *c; c++) {
        number = *c >= '0' && *c <= '9' ? 10 * number + (uint32_t)(*c - '0') : MAX_THREADS + 1;
        if (number > MAX_THREADS)
            return rqa__fail(RQA_ERROR_VALUE,
                             "RQA_NUM_THREADS='%.40s' in the environment; allowed is 1..%d, or 0 "
                             "for as many as the affinity mask allows",
                             said, MAX_THREADS);
    }
    *n_threads = number;
    return RQA_OK;
}

static int read_environment(struct rqa_context *context)
{
    if (!context->n_threads) {
        int status = threads_of_environment(&context->n_threads);
        if (status)
            return status;
    }
    if (!context->n_threads)
        context->n_threads = rqa__n_processors();
    const char *backend = rqa__environment("RQA_BACKEND");
    if (backend && *backend && rqa_backend_from_name(&context->forced_backend, backend))
        return rqa__fail(RQA_ERROR_UNKNOWN_NAME,
                         "RQA_BACKEND='%.40s' in the environment; known are auto, sequential, "
                         "threads, gpu, hybrid",
                         backend);
    const char *level = rqa__environment("RQA_CPU");
    if (level && *level && rqa__cpu_lower(&context->cpu, level))
        return rqa__fail(RQA_ERROR_UNKNOWN_NAME,
                         "RQA_CPU='%.40s' in the environment; known are ref, avx2, avx512, neon",
                         level);
    return RQA_OK;
}

static int check_options(const rqa_context_options *options)
{
    if (options->n_threads > MAX_THREADS)
        return rqa__fail(RQA_ERROR_VALUE,
                         "options->n_threads is %u; allowed are 0 (automatic) and 1..%d",
                         options->n_threads, MAX_THREADS);
    if (!(options->device_memory_share >= 0 && options->device_memory_share <= 1))
        return rqa__fail(RQA_ERROR_VALUE,
                         "options->device_memory_share is %s; allowed is 0 (automatic) to 1",
                         rqa__shortest(options->device_memory_share).text);
    if (options->log_level < 0 || options->log_level > RQA_LOG_DEBUG)
        return rqa__fail(RQA_ERROR_VALUE, "options->log_level is %d; allowed is 0..%d",
                         options->log_level, RQA_LOG_DEBUG);
    return RQA_OK;
}

static int create_device_slot(rqa__device_slot **out)
{
    rqa__device_slot *slot = rqa__calloc(1, sizeof *slot);
    if (!slot)
        return rqa__fail_memory("the context");
    int status = rqa__mutex_init(&slot->mutex);
    if (status)
        rqa__free(slot);
    else
        *out = slot;
    return status;
}

static void destroy_device_slot(rqa__device_slot *slot)
{
    if (!slot)
        return;
    if (slot->list)
        slot->destroy(slot->list);
    rqa__mutex_destroy(&slot->mutex);
    rqa__free(slot);
}

int rqa__context_new(struct rqa_context **out, const rqa_context_options *options)
{
    int status = check_options(options);
    if (status)
        return status;
    struct rqa_context *context = rqa__calloc(1, sizeof *context);
    if (!context)
        return rqa__fail_memory("the context");
    context->n_threads = options->n_threads;
    context->memory_limit_bytes = options->memory_limit_bytes
                                      ? options->memory_limit_bytes
                                      : rqa__physical_memory() / 4 * 3;
    /* So that what passes the check fits a size_t. */
    if (context->memory_limit_bytes > SIZE_MAX)
        context->memory_limit_bytes = SIZE_MAX;
    context->device_memory_share =
        options->device_memory_share > 0 ? options->device_memory_share : 0.8;
    context->device_batch = options->device_batch;
    context->log = options->log;
    context->log_user = options->log_user;
    context->log_level = options->log_level ? options->log_level : RQA_LOG_WARNING;
    context->process_id = rqa__process_id();
    context->cpu = rqa__cpu_detect();
    status = read_environment(context);
    if (!status)
        status = create_device_slot(&context->devices);
    if (!status && context->log)
        status = rqa__log_queue_create(&context->log_queue);
    if (!status)
        status = rqa__mutex_init(&context->mutex);
    if (status) {
        rqa__log_queue_destroy(context->log_queue);
        destroy_device_slot(context->devices);
        rqa__free(context);
        return status;
    }
    context->profile = rqa__profile_assumed(context->cpu, context->n_threads);
    const char *level = rqa__level_name(context->cpu.level);
    snprintf(context->one_thread, sizeof context->one_thread, "1 thread, %s kernels", level);
    snprintf(context->all_threads, sizeof context->all_threads, "%u thread%s, %s kernels",
             context->n_threads, context->n_threads == 1 ? "" : "s", level);
    *out = context;
    return RQA_OK;
}

void rqa__context_free(struct rqa_context *context)
{
    if (!context)
        return;
    /* In a forked child the pool's threads do not exist and its locks may be held for ever; what
     * devices hold belongs to the parent. */
    if (context->process_id == rqa__process_id()) {
        rqa__pool_destroy(context->idle_pool);
        rqa__mutex_destroy(&context->mutex);
        destroy_device_slot(context->devices);
        rqa__log_queue_destroy(context->log_queue);
    }
    rqa__free(context);
}

int rqa__context_check_process(const struct rqa_context *context)
{
    int64_t here = rqa__process_id();
    if (context->process_id == here)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_FORKED,
                     "the context was made in process %" PRId64 ", this is its fork %" PRId64
                     "; make a new context here",
                     context->process_id, here);
}

int rqa__context_check_memory(const struct rqa_context *context, uint64_t n_bytes,
                              const char *what)
{
    if (n_bytes <= context->memory_limit_bytes)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_MEMORY_LIMIT,
                     "%s needs %" PRIu64 " bytes; the context's memory limit is %" PRIu64 " bytes",
                     what, n_bytes, context->memory_limit_bytes);
}

int rqa__context_take_pool(struct rqa_context *context, int some, rqa__pool **out)
{
    rqa__mutex_lock(&context->mutex);
    *out = context->idle_pool;
    context->idle_pool = NULL;
    rqa__mutex_unlock(&context->mutex);
    if (*out && rqa__pool_n_workers(*out) == context->n_threads)
        return RQA_OK;
    rqa__pool_destroy(*out); /* of a time when fewer could be started */
    return some ? rqa__pool_create_some(out, context->n_threads)
                : rqa__pool_create(out, context->n_threads);
}

void rqa__context_return_pool(struct rqa_context *context, rqa__pool *pool)
{
    rqa__mutex_lock(&context->mutex);
    if (!context->idle_pool) {
        context->idle_pool = pool;
        pool = NULL;
    }
    rqa__mutex_unlock(&context->mutex);
    rqa__pool_destroy(pool);
}

const atomic_int *rqa__context_enter(struct rqa_context *context)
{
    rqa__mutex_lock(&context->mutex);
    if (context->n_analyses++ == 0)
        atomic_store(&context->cancel, 0);
    rqa__mutex_unlock(&context->mutex);
    return &context->cancel;
}

void rqa__context_leave(struct rqa_context *context)
{
    rqa__mutex_lock(&context->mutex);
    context->n_analyses--;
    rqa__mutex_unlock(&context->mutex);
    rqa__context_log_flush(context);
}

void rqa__context_cancel(struct rqa_context *context)
{
    rqa__mutex_lock(&context->mutex);
    if (context->n_analyses)
        atomic_store(&context->cancel, 1);
    rqa__mutex_unlock(&context->mutex);
}
